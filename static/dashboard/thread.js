// The open conversation: its head with the actions, its messages, and the composer below.
import { View, avatar, html, icon, nothing, repeat, signal } from "./view.js";
import { line, preview } from "./message.js";
import { notice } from "./inbox.js";
import * as store from "./store.js";
import { timeline } from "./timeline.js";
import { t, visitorName } from "./words.js";
import "./composer.js";
import "./transfer.js";

const NEAR_END = 40
const NEAR_TOP = 120

class Thread extends View {
  pinned = signal(true)
  #shown = { conv: null, first: null }
  #lastTop = 0
  #leftAt = 0 // the newest row when the reader scrolled up
  #below = 0 // distance from the end of the log, kept while older rows are put above
  #sizes = new ResizeObserver(() => this.#stick())

  view() {
    store.threadRev.value // a chat changes inside; it stays the same object
    const conv = store.activeConv.value
    if (!conv) {
      return html`<section class="thread" aria-label=${t("Open conversation")}>
        ${notice("message-circle", t("Select a conversation"),
    t("Use the arrow keys, or Ctrl K to jump."))}</section>`
    }
    const log = this.$('[role="log"]')
    this.#below = log ? log.scrollHeight - log.scrollTop : 0
    return html`<section class="thread" aria-label=${t("Open conversation")}>
      ${this.head()} ${this.body(store.activeChat.value, conv)}</section>`
  }

  head() {
    const visitor = this.visitor()
    const name = visitorName(visitor)
    return html`<header class="thread-head">
      <button class="btn ghost icon only-sm" aria-label=${t("Back to the list")}
        @click=${() => this.actions.close()}>${icon("chevron-left")}</button>
      ${avatar(name, "", visitor.online ? "online" : "offline")}
      <div class="thread-who"><h2><bdi>${name}</bdi></h2><p>${this.subtitle(visitor)}</p></div>
      <div class="actions">${this.buttons()}
        <button class="btn ghost icon" aria-label=${t("Visitor details")}
          aria-pressed=${store.detailsOpen.value}
          @click=${() => { store.detailsOpen.value = !store.detailsOpen.value }}>
          ${icon("panel-right")}</button></div></header>`
  }

  visitor() {
    return { ...store.activeRow.value?.visitor, ...store.activeChat.value?.info?.visitor }
  }

  subtitle(visitor) {
    const state = visitor.online ? t("Online") : t("Offline")
    const page = visitor.page?.title || visitor.page?.url
    const row = store.activeRow.value
    const owner = row?.agent && !store.isMyRow(row) ? row.agent.name : ""
    return [owner, state, page ?? store.siteName(row?.site)].filter(Boolean).join(" · ")
  }

  buttons() {
    const can = this.actions.can
    const busy = store.busy.value !== ""
    const button = (kind, name, label, run, keys) => html`<button class="btn ${kind}" ?disabled=${busy}
      aria-keyshortcuts=${keys} @click=${run}>${icon(name, "sm")}
      <span class="label">${label}</span></button>`
    return html`
      ${can.claim ? button("primary", "hand", t("Claim"), () => this.actions.claim(), "a") : nothing}
      ${can.take ? button("outline", "user-plus", t("Assign to me"), () => this.actions.take(), "a")
    : nothing}
      ${can.transfer ? html`<gf-transfer></gf-transfer>` : nothing}
      ${can.resolve ? button("outline", "circle-check", t("Resolve"), () => this.actions.resolve(), "e")
    : nothing}
      ${can.reopen ? button("primary", "rotate-ccw", t("Reopen"), () => this.actions.reopen(), "e")
    : nothing}`
  }

  body(chat, conv) {
    if (!chat || (chat.state === "loading" && !chat.rows.length)) return skeleton()
    if (chat.state === "denied") {
      return notice("lock", t("You cannot see this conversation"),
        t("It belongs to another site, or it no longer exists."),
        t("Back to the list"), () => this.actions.close())
    }
    if (chat.state === "error") {
      return notice("triangle-alert", t("The conversation did not load"),
        t("The server gave no answer. We keep trying; nothing is lost."),
        t("Retry"), () => this.session.retryChat())
    }
    return html`${this.log(chat, conv)}<gf-composer></gf-composer>`
  }

  log(chat, conv) {
    const lines = timeline(chat.rows, this.session.pending(conv), store.me.value.id)
    const seen = chat.receipts.visitor
    return html`<div class="log-frame"><div class="log" role="log" aria-live="polite" tabindex="0"
        aria-label=${t("Messages")} @scroll=${(event) => this.scrolled(event.target)}>
      ${this.older(chat)}
      <div class="lines">${repeat(lines, (one) => one.key, (one) => line(one, seen, this.session))}
        ${preview(store.typing.get(conv), this.visitor().name)}</div></div>
      ${this.pinned.value ? nothing : html`<button class="btn outline to-end pop"
        @click=${() => this.toEnd()}>${icon("arrow-down", "sm")}
        ${chat.have > this.#leftAt ? t("New messages") : t("To the newest")}</button>`}</div>`
  }

  older(chat) {
    if (chat.older === "loading") {
      return html`<p class="older" role="status">${icon("loader-circle", "sm spin")}
        ${t("Loading older messages")}</p>`
    }
    if (chat.older === "error") {
      return html`<p class="older">${t("Older messages did not load.")}
        <button class="btn ghost" @click=${() => this.session.history()}>${t("Retry")}</button></p>`
    }
    return chat.beginning || chat.older === "end"
      ? html`<p class="older">${t("The conversation begins here")}</p>` : nothing
  }

  updated() {
    const log = this.$('[role="log"]')
    const chat = store.activeChat.peek()
    if (!log || !chat) { this.#shown = { conv: null }; return }
    this.#sizes.observe(log)
    this.#sizes.observe(this.$(".lines"))
    const { conv, first } = this.#shown
    this.#shown = { conv: chat.conv, first: chat.first }
    if (conv !== chat.conv) return this.toEnd()
    if (first !== chat.first) log.scrollTop = log.scrollHeight - this.#below
    else this.#stick()
    this.#fill(log)
  }

  teardown() { this.#sizes.disconnect() }

  // Only a reader who scrolls up lets go of the end; late layout must not.
  scrolled(log) {
    const up = log.scrollTop < this.#lastTop
    this.#lastTop = log.scrollTop
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END
    if (atEnd) this.#pin(true)
    else if (up) this.#pin(false)
    if (log.scrollTop < NEAR_TOP && !atEnd) this.session.history()
  }

  toEnd() {
    this.#pin(true)
    this.#stick()
    this.session.read()
  }

  #pin(pinned) {
    if (this.pinned.peek() && !pinned) this.#leftAt = store.activeChat.peek()?.have
    if (this.pinned.peek() !== pinned) this.pinned.value = pinned
    this.session.atEnd = pinned
    if (pinned) this.session.read()
  }

  #stick() {
    const log = this.$('[role="log"]')
    if (!log || !this.pinned.peek()) return
    log.scrollTop = log.scrollHeight
    this.#lastTop = log.scrollTop
  }

  // Few rows leave no scroll bar to reach older ones with.
  #fill(log) {
    if (log.scrollHeight <= log.clientHeight && store.activeChat.peek()?.older === "idle") {
      queueMicrotask(() => this.session.history())
    }
  }
}
customElements.define("gf-thread", Thread)

const skeleton = () => html`<div class="log-frame"><div class="log" role="status" aria-busy="true">
  <span class="sr">${t("Loading messages")}</span><div class="lines late">
  ${["w40", "w60", "mine w50", "w30", "mine w60"].map((kind) => html`
    <span class="skeleton sk-bubble ${kind}"></span>`)}</div></div></div>`
