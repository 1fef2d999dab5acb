// Where an agent writes: a reply or a note, with a draft for every conversation.
import { View, html, icon, nothing, signal } from "./view.js";
import { Drafts } from "./drafts.js";
import { EMOJI } from "./emoji.js";
import * as store from "./store.js";
import { count, t } from "./words.js";

const MOST = 4_000
const WARN_FROM = 3_600
const TALLEST = 200

class Composer extends View {
  emoji = signal(false)
  length = signal(0)
  #drafts = new Drafts(store.me.peek().id)
  #conv = null

  setup() {
    this.outside = (event) => { if (!this.contains(event.target)) this.emoji.value = false }
    addEventListener("pointerdown", this.outside)
    this.addEventListener("keydown", (event) => this.escape(event))
  }

  teardown() { removeEventListener("pointerdown", this.outside) }

  view() {
    store.threadRev.value
    if (store.activeConv.value && !this.actions.can.write) return this.closedBar()
    const note = store.composing.value === "note"
    const label = note ? t("Write a note that only your team can see") : t("Write a reply")
    const full = this.session.outbox.full
    const words = full ? t("Too many unsent messages. Wait until they are sent.") : label
    return html`<form class="composer ${note ? "note" : ""}"
        @submit=${(event) => { event.preventDefault(); this.submit() }}>
      <div class="composer-tabs" role="group" aria-label=${t("What to write")}>
        ${this.kind("reply", t("Reply"))}${this.kind("note", t("Note"), icon("lock", "sm"))}</div>
      <textarea rows="2" aria-label=${label} placeholder=${words} ?disabled=${full}
        @input=${(event) => this.typed(event.target)} @keydown=${(event) => this.key(event)} @blur=${() => this.session.typing(false)}></textarea>
      ${this.bar(note)} ${this.emoji.value ? this.emojiBox() : nothing}</form>`
  }

  kind(id, label, mark = nothing) {
    return html`<button type="button" aria-pressed=${store.composing.value === id}
      @click=${() => this.actions.compose(id)}>${mark}${label}</button>`
  }

  bar(note) {
    return html`<div class="composer-bar">
      <button type="button" class="btn ghost icon" aria-label=${t("Emoji")}
        aria-expanded=${this.emoji.value} aria-haspopup="true"
        @click=${() => { this.emoji.value = !this.emoji.value }}>${icon("smile")}</button>
      ${this.counter()}<span class="grow"></span>
      ${store.durable.value ? nothing : html`<span class="hint bad">${icon("triangle-alert", "sm")}
        ${t("Unsent messages are lost when this tab closes")}</span>`}
      <span class="hint hide-sm"><kbd>↵</kbd> ${t("to send")} <kbd>⇧↵</kbd> ${t("new line")}</span>
      <button class="btn primary" ?disabled=${!this.length.value || this.length.value > MOST}>
        ${icon(note ? "sticky-note" : "send-horizontal", "sm")}${note ? t("Add note") : t("Send")}
      </button></div>`
  }

  counter() {
    const length = this.length.value
    if (length < WARN_FROM) return nothing
    return html`<span class="hint num ${length > MOST ? "bad" : ""}" role="status">
      ${count(length)} / ${count(MOST)}</span>`
  }

  emojiBox() {
    return html`<div class="emoji pop" role="group" aria-label=${t("Emoji")}>
      ${EMOJI.map((one) => html`<button type="button" @click=${() => this.insert(one)}
        >${one}</button>`)}</div>`
  }

  closedBar() {
    return html`<div class="closed-bar"><span>${icon("archive", "sm")}
      ${t("This conversation is closed.")}</span>
      <button class="btn outline" @click=${() => this.actions.reopen()}>${t("Reopen")}</button></div>`
  }

  // Another conversation was opened: show what was begun there.
  updated() {
    const area = this.$("textarea")
    const conv = store.activeConv.peek()
    if (!area) { this.#conv = null; return }
    if (conv === this.#conv) return
    this.#conv = conv
    area.value = this.#drafts.read(conv)
    this.measure(area)
  }

  typed(area) {
    this.#drafts.write(this.#conv, area.value)
    this.measure(area)
    if (store.composing.peek() === "reply") this.session.typing(area.value !== "")
  }

  measure(area) {
    this.length.value = [...area.value.trim()].length
    area.style.height = "auto"
    area.style.height = `${Math.min(area.scrollHeight, TALLEST)}px`
  }

  // Enter confirms a word while Chinese is being composed, and must not send then.
  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return
    event.preventDefault()
    this.submit()
  }

  escape(event) {
    if (event.key !== "Escape" || !this.emoji.peek()) return
    this.emoji.value = false
    event.stopPropagation()
    this.$("textarea").focus()
  }

  insert(emoji) {
    const area = this.$("textarea")
    area.setRangeText(emoji, area.selectionStart, area.selectionEnd, "end")
    this.typed(area)
    area.focus()
  }

  submit() {
    const area = this.$("textarea")
    const text = area.value.trim()
    const length = [...text].length
    if (!length || length > MOST || this.session.outbox.full) return
    this.session.write(text, store.composing.peek() === "note")
    area.value = ""
    this.typed(area)
    this.emoji.value = false
    document.querySelector("gf-thread").toEnd()
    area.focus()
  }
}
customElements.define("gf-composer", Composer)
