// The keyboard: Ctrl or Cmd K everywhere, Esc for the top layer, single letters outside fields.
import * as store from "./store.js";

const isField = (target) => target instanceof HTMLElement
  && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

export function listenToKeys(commands, actions) {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault()
      store.paletteOpen.value = !store.paletteOpen.peek()
    } else if (event.key === "Escape") escape(event, actions)
    else if (!isField(event.target)) single(event, commands)
  })
}

// Esc closes one layer at a time, the newest first; open menus handle it themselves.
function escape(event, actions) {
  if (store.paletteOpen.peek()) return
  if (isField(event.target)) return event.target.blur()
  if (store.detailsOpen.peek() && !store.wide()) store.detailsOpen.value = false
  else if (store.activeConv.peek()) actions.close()
}

function single(event, commands) {
  if (!store.singleKeys.peek() || store.paletteOpen.peek()) return
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const pressed = event.key.toLowerCase()
  const command = commands.find(({ key, when }) => key === pressed && (!when || when()))
  if (!command) return
  event.preventDefault()
  command.run()
}
