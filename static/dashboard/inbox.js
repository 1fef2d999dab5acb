// The list of conversations: search, tabs with counts, and rows that live.
import { View, avatar, classMap, highlight, html, icon, nothing, signal } from "./view.js";
import { loadClosed } from "./closed.js";
import * as store from "./store.js";
import { ago, count, span, t, visitorName } from "./words.js";
import "./vlist.js";

const LONG_WAIT_MS = 60_000
const SKELETON_MS = 150
const ROW_HEIGHT = 68

const TABS = [
  ["mine", () => t("Mine")],
  ["queue", () => t("Queue")],
  ["all", () => t("All")],
  ["closed", () => t("Closed")],
]

const EMPTY = {
  mine: ["user-check", () => t("No conversation is yours"),
    () => t("Claim one from the queue and it appears here.")],
  queue: ["circle-check", () => t("Nobody is waiting"),
    () => t("New visitors appear here the moment they write.")],
  all: ["inbox", () => t("No open conversations"),
    () => t("New visitors appear here the moment they write.")],
  closed: ["archive", () => t("Nothing closed yet"),
    () => t("Resolved conversations are kept here.")],
}

class Inbox extends View {
  late = signal(false)

  setup() {
    this.addEventListener("pointermove", () => store.order.hold(), { passive: true })
    this.timer = setTimeout(() => { this.late.value = true }, SKELETON_MS)
  }

  teardown() { clearTimeout(this.timer) }

  view() {
    return html`<section class="inbox" aria-label=${t("Inbox")}>
      <header class="inbox-head"><h2>${t("Inbox")}</h2>${this.waiting()}</header>
      ${this.search()} ${this.tabs()}
      <div class="inbox-body" role="tabpanel" aria-label=${t("Conversations")}>${this.body()}</div>
    </section>`
  }

  waiting() {
    const { queue } = store.counts.value
    if (!queue) return nothing
    return html`<button class="chip warn num" @click=${() => this.actions.selectTab("queue")}>
      ${icon("clock", "sm")}${t("{n} waiting", { n: count(queue) })}</button>`
  }

  search() {
    const type = (event) => { store.query.value = event.target.value }
    const leave = (event) => {
      if (event.key !== "Escape") return
      store.query.value = ""
      event.target.blur()
    }
    return html`<label class="search">${icon("search", "sm")}
      <span class="sr">${t("Search conversations")}</span>
      <input class="field" type="search" placeholder=${t("Search conversations")} autocomplete="off"
        .value=${store.query.value} @input=${type} @keydown=${leave}>
      <kbd class="hide-sm" aria-hidden="true">/</kbd></label>`
  }

  tabs() {
    return html`<div class="tabs" role="tablist" aria-label=${t("Conversations")}
        @keydown=${(event) => this.turn(event)}>
      ${TABS.map(([id, label]) => this.tab(id, label()))}</div>`
  }

  tab(id, label) {
    const chosen = store.tab.value === id
    const number = store.counts.value[id]
    return html`<button role="tab" aria-selected=${chosen} tabindex=${chosen ? 0 : -1}
      @click=${() => this.actions.selectTab(id)}>${label}
      ${number === undefined ? nothing : html`<span class="num">${count(number)}</span>`}</button>`
  }

  turn(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!step) return
    const now = TABS.findIndex(([id]) => id === store.tab.value)
    this.actions.selectTab(TABS[(now + step + TABS.length) % TABS.length][0])
    this.$('[aria-selected="true"]').focus()
  }

  body() {
    const closed = store.tab.value === "closed"
    const state = closed ? closedState() : store.inboxState.value
    if (state === "loading") return this.late.value ? skeleton() : nothing
    if (state === "error") return failure(closed ? loadClosed : () => this.session.link.retryNow())
    const items = store.visible.value
    if (!items.length) return this.empty()
    store.second.value
    return html`<gf-vlist .data=${{ items, row, rowHeight: ROW_HEIGHT, key: (one) => one.conv,
      selected: store.activeConv.value, label: t("Conversations"),
      onselect: (one) => this.actions.open(one.conv),
      onend: closed ? loadClosed : () => {} }}></gf-vlist>`
  }

  empty() {
    if (store.query.value.trim()) {
      return notice("search", t("Nothing found"), t("No loaded conversation matches “{words}”.",
        { words: store.query.value.trim() }), t("Clear search"), () => { store.query.value = "" })
    }
    const [name, title, text] = EMPTY[store.tab.value]
    if (store.tab.value !== "mine") return notice(name, title(), text())
    return notice(name, title(), text(), t("Show the queue"), () => this.actions.selectTab("queue"))
  }

  // Once for each conversation that is opened, so that scrolling on stays possible.
  updated() {
    const conv = store.activeConv.peek()
    if (conv === this.revealed) return
    if (!conv || this.$("gf-vlist")?.reveal(conv)) this.revealed = conv
  }
}
customElements.define("gf-inbox", Inbox)

function closedState() {
  const { state, rows } = store.closed.value
  return rows.size || !["idle", "loading", "error"].includes(state) ? "ready"
    : state === "error" ? "error" : "loading"
}

export const notice = (name, title, text, label, run) => html`<div class="empty">
  ${icon(name, "lg")}<h3>${title}</h3><p>${text}</p>
  ${label ? html`<button class="btn outline" @click=${run}>${label}</button>` : nothing}</div>`

const failure = (retry) => notice("triangle-alert", t("The conversations did not load"),
  t("The server gave no answer. We keep trying; nothing is lost."), t("Retry"), retry)

const skeleton = () => html`<div class="skeletons" role="status" aria-busy="true">
  <span class="sr">${t("Loading conversations")}</span>
  ${Array.from({ length: 9 }, () => html`<div class="conv"><span class="skeleton sk-a"></span>
    <span class="skeleton sk-b"></span><span class="skeleton sk-c"></span></div>`)}</div>`

function row(one) {
  const name = visitorName(one.visitor)
  return html`<div class=${classMap({ conv: true, unread: one.unread > 0 })}>
    ${avatar(name, "", one.visitor.online ? "online" : "offline")}
    <div class="conv-top">
      <span class="conv-name"><bdi>${highlight(name, store.query.value)}</bdi></span>
      ${one.visitor.verified ? html`<span class="verified">${icon("badge-check", "sm")}
        <span class="sr">${t("Verified")}</span></span>` : nothing}
      <time class="num">${ago(one.ts)}</time></div>
    <div class="conv-sub">${lastWords(one)}${mark(one)}${unread(one)}</div></div>`
}

function lastWords(one) {
  const typing = store.typing.get(one.conv)
  if (typing?.who === "visitor") {
    return html`<span class="conv-typing">${t("is typing")}<i class="dots"></i></span>`
  }
  const own = one.preview?.k === "agent" ? html`${icon("undo-2", "sm")}` : nothing
  const text = one.preview?.text || t("No message yet")
  return html`<span class="conv-last">${own}<bdi>${highlight(text, store.query.value)}</bdi></span>`
}

// One mark at most: how long somebody waits, else whose conversation it is.
function mark(one) {
  if (one.status === "waiting") {
    const wait = store.waitOf(one)
    return html`<span class="chip num ${wait >= LONG_WAIT_MS ? "warn" : ""}">${icon("clock", "sm")}
      <span class="sr">${t("Waiting")} </span>${span(wait)}</span>`
  }
  if (one.status === "bot") {
    return html`<span class="chip bot">${icon("bot", "sm")}<span class="sr">${t("Bot")}</span></span>`
  }
  const other = one.status === "assigned" && !store.isMyRow(one) && one.agent
  return other ? html`<span class="chip owner"><bdi>${other.name}</bdi></span>` : nothing
}

function unread({ unread: number }) {
  if (!number) return nothing
  return html`<b class="badge num"><span class="sr">${t("unread")} </span>
    ${number > 99 ? "99+" : number}</b>`
}
