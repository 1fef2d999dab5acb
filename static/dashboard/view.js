// The view layer: a custom element that draws itself again when a signal it read has changed.
import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { effect, untracked } from "../vendor/signals-core/signals-core.js";

export { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
export { repeat } from "../vendor/lit-html/directives/repeat.js";
export { classMap } from "../vendor/lit-html/directives/class-map.js";
export { live } from "../vendor/lit-html/directives/live.js";
export { batch, computed, effect, signal, untracked } from "../vendor/signals-core/signals-core.js";

// What views act through; main.js fills it before the first element is made.
export const app = { actions: null, session: null }

// Light DOM, so that global styles, forms and accessibility tools see one document.
export class View extends HTMLElement {
  #stop

  connectedCallback() {
    this.setup()
    this.#stop = effect(() => {
      render(this.view(), this)
      untracked(() => this.updated())
    })
  }

  disconnectedCallback() {
    this.#stop()
    this.teardown()
  }

  get actions() { return app.actions }
  get session() { return app.session }
  setup() {}
  view() { return nothing }
  updated() {}
  teardown() {}
  $(selector) { return this.querySelector(selector) }
}

// Static file names are hashed, so the template tells us where the sprite lies.
const sprite = globalThis.document?.documentElement.dataset.icons ?? ""

export const icon = (name, size = "") =>
  html`<svg class="i ${size}" aria-hidden="true"><use href="${sprite}#${name}"></use></svg>`

export const avatar = (name, size = "", state = "") =>
  html`<span class="avatar ${size}" data-state=${state} data-hue=${hue(name)} aria-hidden="true"
    >${initials(name)}</span>`

function hue(name) {
  let sum = 7
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 12
  return sum
}

// A Chinese given name stands at the end, so its last character tells people apart.
function initials(name) {
  if (/[\u4e00-\u9fff]/.test(name)) return [...name].at(-1)
  const words = name.split(/\s+/).filter(Boolean)
  return words.map((word) => [...word][0]).slice(0, 2).join("").toUpperCase() || "?"
}

// The text with every occurrence of the query marked, without building HTML from strings.
export function highlight(text, query) {
  const needle = query.trim().toLowerCase()
  if (!needle) return text
  const low = text.toLowerCase()
  const parts = []
  let from = 0
  for (let at = low.indexOf(needle); at >= 0; at = low.indexOf(needle, from)) {
    parts.push(text.slice(from, at), html`<mark>${text.slice(at, at + needle.length)}</mark>`)
    from = at + needle.length
  }
  return [...parts, text.slice(from)]
}

const ADDRESS = /https?:\/\/[^\s<>"'，。！？、）]+[^\s<>"'，。！？、）.,!?;:)]/g

// The text with its http and https addresses as links; everything else stays plain text.
export function linked(text) {
  const parts = []
  let from = 0
  for (const found of text.matchAll(ADDRESS)) {
    parts.push(text.slice(from, found.index), link(found[0], named(found[0])))
    from = found.index + found[0].length
  }
  return [...parts, text.slice(from)]
}

// The host is added as the browser reads it when the address hides it: look-alike letters or
// user@host.
function named(url) {
  if (!URL.canParse(url)) return url
  const { hostname, username } = new URL(url)
  const hidden = username || !url.toLowerCase().includes(hostname)
  return hidden ? `${url} (${hostname})` : url
}

export const link = (url, label) => html`<a href=${webAddress(url)} target="_blank"
  rel="noopener noreferrer nofollow"><bdi>${label}</bdi></a>`

// Visitors choose these addresses: anything but http and https leads nowhere.
function webAddress(url) {
  return /^https?:\/\//i.test(url) ? url : "about:blank"
}
