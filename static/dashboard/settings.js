// What an agent prefers on this machine: theme, sound, single-letter keys, desktop notices.
import { effect } from "../vendor/signals-core/signals-core.js";
import * as store from "./store.js";

const PLACE = "gofly-settings"
const KEPT = { theme: store.theme, sound: store.sound, singleKeys: store.singleKeys,
  notices: store.notices }

const dark = matchMedia("(prefers-color-scheme: dark)")

export function rememberSettings() {
  const saved = JSON.parse(localStorage.getItem(PLACE) ?? "{}")
  for (const [name, value] of Object.entries(KEPT)) value.value = saved[name] ?? value.value
  effect(() => {
    const now = Object.entries(KEPT).map(([name, value]) => [name, value.value])
    localStorage.setItem(PLACE, JSON.stringify(Object.fromEntries(now)))
  })
  effect(() => paint(store.theme.value))
  dark.addEventListener("change", () => paint(store.theme.peek()))
}

function paint(theme) {
  const painted = theme === "system" ? (dark.matches ? "dark" : "light") : theme
  document.documentElement.dataset.theme = painted
}

const NEXT = { system: "light", light: "dark", dark: "system" }
export const nextTheme = () => { store.theme.value = NEXT[store.theme.peek()] }
