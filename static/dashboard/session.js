// The sending side: what this agent asks of the server, over one link that heals itself.
import { batch } from "../vendor/signals-core/signals-core.js";
import { Calls } from "./calls.js";
import { Chat } from "./chat.js";
import { Receiver } from "./events.js";
import { uuid } from "./ids.js";
import { Link, NoTicket } from "./link.js";
import { Outbox } from "./outbox.js";
import { holdTab, livingTabs, openShelf } from "./shelf.js";
import * as store from "./store.js";

const PAGE = 50
const GOT_MS = 2_000
const GOT_ROWS = 32
const READ_MS = 250
const TYPING_MS = 2_000
const SYNC_MS = 5_000
const REWATCH_MS = 1_000

// A lost connection refuses nothing: what was asked is asked again after the next welcome.
export function ignoreLoss(refused) {
  if (refused.code !== "lost") throw refused
}

export class Session {
  tab = uuid()
  calls = new Calls((frame) => this.link.send(frame))
  #boot
  #syncs = new Map() // conv -> timer of the answer
  #gotTimer = 0
  #typedAt = 0
  #typingIn = null
  #watchedAt = 0
  #begun = false
  #state = null
  #readTimer = 0

  // hooks: login(), reload(), callsForAttention(row, why), for what concerns the page alone.
  constructor(boot, hooks) {
    this.#boot = boot
    this.hooks = hooks
    this.outbox = new Outbox({
      send: (frame) => this.link.send(frame),
      changed: (conv) => store.threadChanged(conv),
      stalled: () => this.link.drop(),
      tab: this.tab,
    })
    const receiver = new Receiver(this)
    this.link = new Link({
      connect: () => new WebSocket(boot.socket_url, boot.protocol),
      ticket: () => this.#ticket(),
      hello: (ticket) => this.#hello(ticket),
      onframe: (frame) => receiver.receive(frame),
      onstate: (state) => this.#linkChanged(state),
      onclose: (code) => this.#closed(code),
      quiet: () => document.hidden && this.outbox.idle,
    })
  }

  async start() {
    holdTab(this.tab)
    const shelf = await openShelf(`gofly-outbox-${this.#boot.user.id}`)
    await this.outbox.load(shelf, await livingTabs())
    store.durable.value = this.outbox.durable
    await this.link.start()
  }

  // What the receiver asks for.

  welcomed({ limits, me }) {
    if (this.#state && this.#state !== me.state) this.setState(this.#state).catch(ignoreLoss)
    this.watch()
    for (const chat of store.chats.values()) this.subscribe(chat)
    this.outbox.connected(limits?.window)
  }

  watch() {
    if (store.rows.expecting && Date.now() - this.#watchedAt < REWATCH_MS) return
    this.#watchedAt = Date.now()
    store.rows.expect()
    this.link.send({ t: "watch", inbox: "all", have_rev: 0, rid: uuid() })
  }

  // Who has no conversation of their own yet looks at the queue first.
  inboxReady() {
    if (!this.#begun && !store.rows.counts(store.me.peek().id).mine) store.tab.value = "queue"
    this.#begun = true
  }

  subscribe(chat) {
    const have = chat.have === null ? {} : { have: chat.have }
    const answer = this.calls.ask({ t: "open", conv: chat.conv, rid: uuid(), ...have })
    answer.catch((refused) => this.#openRefused(chat, refused))
  }

  sync(chat) {
    if (this.#syncs.has(chat.conv)) return
    const timer = setTimeout(() => this.link.drop(), SYNC_MS)
    this.#syncs.set(chat.conv, timer)
    this.link.send({ t: "sync", conv: chat.conv, have: chat.have ?? 0, limit: 200 })
  }

  synced({ conv }) {
    clearTimeout(this.#syncs.get(conv))
    this.#syncs.delete(conv)
  }

  // Receipts: delivered now and then, read only while somebody looks.
  received(chat) {
    if (chat.have - chat.reported.got >= GOT_ROWS) this.reportGot()
    else this.#gotTimer ||= setTimeout(() => this.reportGot(), GOT_MS)
    this.read()
  }

  reportGot() {
    clearTimeout(this.#gotTimer)
    this.#gotTimer = 0
    for (const chat of store.chats.values()) this.#report("got", chat)
  }

  // A page of rows must not be answered by a page of receipts.
  read() {
    this.#readTimer ||= setTimeout(() => this.#readNow(), READ_MS)
  }

  #readNow() {
    this.#readTimer = 0
    const chat = store.chats.get(store.activeConv.peek())
    if (!chat || document.hidden || !this.atEnd) return
    this.#report("read", chat)
    const row = store.rows.byConv.get(chat.conv)
    if (!row?.unread) return
    store.rows.patch(chat.conv, { unread: 0 })
    store.listChanged()
  }

  callsForAttention(row, why) { this.hooks.callsForAttention(row, why) }

  // What the agent does.

  atEnd = true // the thread tells whether the newest row is in view

  show(conv) {
    if (store.activeConv.peek()) this.typing(false)
    const chat = conv && this.#chat(conv)
    batch(() => {
      store.activeConv.value = conv
      store.composing.value = "reply"
      store.threadRev.value += 1
    })
    if (!chat) return
    if (chat.state !== "ready") this.#begin(chat)
    for (const surplus of store.surplusChats()) this.#leave(surplus)
    this.read()
  }

  retryChat() { this.#begin(store.activeChat.peek()) }

  history() {
    const chat = store.activeChat.peek()
    if (!chat || chat.state !== "ready" || chat.older === "loading" || chat.first === null) return
    if (chat.beginning || chat.older === "end") return
    const sent = this.link.send({ t: "history", conv: chat.conv, before: chat.first, limit: PAGE })
    chat.older = sent ? "loading" : "error"
    store.threadChanged(chat.conv)
  }

  async write(body, note) {
    this.#typedAt = 0
    this.#typingIn = null
    await this.outbox.add({ conv: store.activeConv.peek(), body, note })
    store.durable.value = this.outbox.durable
  }

  typing(on) {
    const conv = store.activeConv.peek()
    const since = Date.now() - this.#typedAt
    if (on ? since < TYPING_MS : this.#typingIn !== conv) return
    this.#typedAt = on ? Date.now() : 0
    this.#typingIn = on ? conv : null
    this.link.send({ t: "typing", conv, on })
  }

  // The server forgets the state when it restarts; the agent did not.
  setState(state) {
    this.#state = state
    return this.calls.ask({ t: "presence", state, rid: uuid() })
      .then(() => { store.me.value = { ...store.me.value, state } })
  }

  // claim, assign, transfer, release, resolve, reopen: compare-and-set on the version we saw.
  async operate(type, conv, more = {}) {
    const version = store.rows.byConv.get(conv)?.version ?? store.chats.get(conv)?.info?.version
      ?? store.closed.value.rows.get(conv)?.version
    const done = await this.calls.ask({ t: type, conv, cid: uuid(), if_version: version, ...more })
    store.rows.patch(conv, { version: done.version }) // the next click may come before the row
  }

  pending(conv) {
    const waiting = this.outbox.of(conv).map((entry) => ({ entry }))
    const acked = [...this.outbox.acked.values()]
      .filter((one) => one.entry.conv === conv && !one.landed)
    return [...acked, ...waiting]
  }

  // Inner workings.

  async #ticket() {
    let answer
    try {
      answer = await fetch(this.#boot.ticket_url, {
        method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": this.#boot.csrf },
      })
    } catch (error) {
      throw new NoTicket(false, { cause: error })
    }
    if (answer.ok) return (await answer.json()).ticket
    throw new NoTicket(answer.status === 401 || answer.status === 403)
  }

  #hello(ticket) {
    const open = [...store.chats.values()].filter((chat) => chat.have !== null)
    const have = open.map((chat) => [chat.conv, { last: chat.have, epoch: chat.epoch }])
    return { t: "hello", v: 1, role: "agent", ticket, client: this.#boot.client, tab: this.tab,
      lang: this.#boot.language, have: Object.fromEntries(have) }
  }

  #linkChanged(state) {
    store.link.value = state
    if (state.name === "online") return
    if (store.inboxState.peek() === "loading" && state.name !== "connecting") {
      store.inboxState.value = "error"
    }
    if (state.reason === "login") this.hooks.login()
    if (state.reason === "version") this.hooks.reload()
  }

  #closed(code) {
    this.outbox.disconnected()
    this.calls.drop()
    for (const timer of this.#syncs.values()) clearTimeout(timer)
    this.#syncs.clear()
    for (const chat of store.chats.values()) if (chat.older === "loading") chat.older = "idle"
    if (code === 1009) this.outbox.tooBig()
    store.threadChanged()
  }

  // The chat shown last stands at the end, so that the one unused longest is left first.
  #chat(conv) {
    const chat = store.chats.get(conv) ?? new Chat(conv)
    store.chats.delete(conv)
    store.chats.set(conv, chat)
    return chat
  }

  #begin(chat) {
    chat.state = "loading"
    this.subscribe(chat)
  }

  #openRefused(chat, { code }) {
    if (code === "lost" && this.link.state.name !== "online") return
    chat.state = code === "not_found" || code === "forbidden" ? "denied" : "error"
    store.threadChanged(chat.conv)
  }

  #leave(conv) {
    store.chats.delete(conv)
    this.link.send({ t: "leave", conv })
  }

  #report(kind, chat) {
    if (chat.have === null || chat.have <= chat.reported[kind]) return
    const sent = this.link.send({ t: kind, conv: chat.conv, up_to: chat.have })
    if (sent) chat.reported[kind] = chat.have
  }
}
