// Ctrl K: every command with its key, and every loaded conversation, found by a few letters.
import { View, avatar, highlight, html, icon, nothing, signal } from "./view.js";
import { matches, sorted } from "./order.js";
import * as store from "./store.js";
import { t, visitorName } from "./words.js";

const MOST_CONVERSATIONS = 8

class Palette extends View {
  words = signal("")
  at = signal(0)

  view() {
    const open = store.paletteOpen.value
    const items = open ? this.items() : []
    const at = Math.min(this.at.value, items.length - 1)
    return html`<dialog class="palette pop" aria-label=${t("Command palette")}
        @close=${() => { store.paletteOpen.value = false }}
        @click=${(event) => { if (event.target === event.currentTarget) this.close() }}>
      <div class="palette-in">${icon("search")}
        <input role="combobox" aria-expanded="true" aria-controls="palette-list" autocomplete="off"
          aria-activedescendant="palette-${at}" aria-label=${t("Type a command or a name")}
          placeholder=${t("Type a command or a name")}
          @input=${(event) => this.typed(event.target.value)}
          @keydown=${(event) => this.key(event, items, at)}><kbd>Esc</kbd></div>
      <div id="palette-list" role="listbox" aria-label=${t("Results")}>
        ${items.map((item, index) => this.item(item, index, index === at))}
        ${items.length ? nothing : html`<div class="palette-none" role="option"
          aria-selected="false">${t("Nothing found")}</div>`}</div></dialog>`
  }

  // Commands that are not possible now stand last: the palette is where keys are learned.
  items() {
    const words = this.words.value.trim().toLowerCase()
    const named = this.commands.filter(({ label }) => label().toLowerCase().includes(words))
    const possible = named.filter(({ when }) => !when || when())
    const others = named.filter((one) => !possible.includes(one))
      .map((one) => ({ ...one, off: true }))
    return words ? [...this.conversations(words), ...possible, ...others]
      : [...possible, ...this.conversations(words), ...others]
  }

  conversations(words) {
    const found = sorted([...store.rows.byConv.values()].filter((row) =>
      words ? matches(row, words) : store.isMyRow(row)), "all")
    return found.slice(0, MOST_CONVERSATIONS)
      .map((row) => ({ row, run: () => this.actions.open(row.conv) }))
  }

  item(item, index, selected) {
    const { row, label, keys, key, off = false } = item
    return html`<div class="palette-row" role="option" id="palette-${index}"
      aria-selected=${selected} aria-disabled=${off} @click=${() => this.choose(item)}>
      ${row ? avatar(visitorName(row.visitor), "sm") : icon(item.icon)}
      <span class="palette-label">${highlight(row ? visitorName(row.visitor) : label(),
    this.words.value)}</span>
      <span class="palette-sub"><bdi>${row?.preview?.text ?? ""}</bdi></span>
      ${keys || key ? html`<kbd>${keys ?? key.toUpperCase()}</kbd>` : nothing}</div>`
  }

  typed(words) {
    this.words.value = words
    this.at.value = 0
  }

  key(event, items, at) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) this.at.value = (at + step + items.length) % Math.max(1, items.length)
    else if (event.key === "Enter" && !event.isComposing) this.choose(items[at])
    else return
    event.preventDefault()
  }

  choose(item) {
    if (!item || item.off) return
    this.close()
    item.run()
  }

  close() { store.paletteOpen.value = false }

  updated() {
    const dialog = this.$("dialog")
    if (store.paletteOpen.peek() && !dialog.open) {
      dialog.showModal()
      this.$("input").value = ""
      queueMicrotask(() => this.typed(""))
    } else if (!store.paletteOpen.peek() && dialog.open) dialog.close()
    this.$('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" })
  }
}
customElements.define("gf-palette", Palette)
