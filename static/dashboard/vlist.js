// A list that draws only the rows in view: a listbox whose rows all have the same height.
import { View, html, repeat, signal } from "./view.js";

const SPARE_ROWS = 4
const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -Infinity, End: Infinity }

class VirtualList extends View {
  #list = { items: [], rowHeight: 68, key: (item) => item, row() {}, onselect() {}, onend() {} }
  #changes = signal(0)
  #top = signal(0)
  #height = signal(600)
  #watch

  // items, row(item), key(item), rowHeight, label, selected, onselect(item), onend()
  set data(list) {
    this.#list = { ...this.#list, ...list }
    this.#changes.value = this.#changes.peek() + 1
  }

  setup() {
    this.className = "vlist"
    this.tabIndex = 0
    this.setAttribute("role", "listbox")
    this.addEventListener("scroll", () => this.#scrolled(), { passive: true })
    this.addEventListener("keydown", (event) => this.#key(event))
    this.#watch = new ResizeObserver(() => { this.#height.value = this.clientHeight || 600 })
    this.#watch.observe(this)
  }

  teardown() { this.#watch.disconnect() }

  view() {
    this.#changes.value
    const { items, rowHeight } = this.#list
    const first = Math.max(0, Math.floor(this.#top.value / rowHeight) - SPARE_ROWS)
    const end = Math.ceil((this.#top.value + this.#height.value) / rowHeight) + SPARE_ROWS
    return html`<div class="vlist-space" role="presentation"
        .style=${`height:${items.length * rowHeight}px`}>
      <div role="presentation" .style=${`transform:translateY(${first * rowHeight}px)`}>
        ${repeat(items.slice(first, end), this.#list.key,
    (item, at) => this.#option(item, first + at))}</div></div>`
  }

  #option(item, at) {
    const { key, row, items, selected, onselect } = this.#list
    return html`<div class="vrow" role="option" id="row-${key(item)}"
      aria-selected=${key(item) === selected} aria-setsize=${items.length} aria-posinset=${at + 1}
      @click=${() => onselect(item)}>${row(item)}</div>`
  }

  // A selected row outside the window is not in the document, so it cannot be named.
  updated() {
    this.setAttribute("aria-label", this.#list.label ?? "")
    const id = `row-${this.#list.selected}`
    if (this.querySelector(`#${CSS.escape(id)}`)) this.setAttribute("aria-activedescendant", id)
    else this.removeAttribute("aria-activedescendant")
  }

  // Scrolls a row into view; false when the list does not hold it.
  reveal(key) {
    const at = this.#list.items.findIndex((item) => this.#list.key(item) === key)
    if (at < 0) return false
    const top = at * this.#list.rowHeight
    const bottom = top + this.#list.rowHeight
    if (top < this.scrollTop) this.scrollTop = top
    else if (bottom > this.scrollTop + this.clientHeight) this.scrollTop = bottom - this.clientHeight
    return true
  }

  #scrolled() {
    this.#top.value = this.scrollTop
    if (this.scrollTop + this.clientHeight > this.scrollHeight - 2 * this.#list.rowHeight) {
      this.#list.onend()
    }
  }

  #key(event) {
    const { items, key, selected, onselect } = this.#list
    const step = STEPS[event.key]
    if (!step || !items.length) return
    event.preventDefault()
    const now = items.findIndex((item) => key(item) === selected)
    const to = Math.min(items.length - 1, Math.max(0, now + step))
    this.reveal(key(items[to]))
    onselect(items[to])
  }
}
customElements.define("gf-vlist", VirtualList)
