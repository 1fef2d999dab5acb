// What each frame of the server means for the store: one method a frame, under the frame's name.
import { setServerTime } from "./words.js";
import * as store from "./store.js";

const TYPING_MS = 6_000

const FRAMES = new Set(["welcome", "inbox", "inbox_delta", "opened", "msg", "hole", "synced", "page",
  "heads", "receipt", "typing", "presence", "ack", "nack", "error"])

export class Receiver {
  #session

  // `session` is the sending side: outbox, calls, and the questions that some frames lead to.
  constructor(session) { this.#session = session }

  receive(frame) {
    if (FRAMES.has(frame.t)) this[frame.t](frame)
  }

  welcome(frame) {
    setServerTime(frame.now)
    store.me.value = frame.me
    store.sites.value = frame.sites
    store.agents.value = new Map(frame.agents.map((agent) => [agent.id, agent]))
    this.#resume(frame.heads)
    this.#session.welcomed(frame)
  }

  inbox(frame) {
    if (!store.rows.page(frame)) return
    store.inboxState.value = "ready"
    store.listChanged()
    this.#session.inboxReady()
  }

  inbox_delta(frame) {
    const change = store.rows.change(frame)
    if (change === "hole") return this.#session.watch()
    this.#rowChanged(change)
  }

  opened(frame) {
    this.#session.calls.answer(frame.rid, frame)
    store.chats.get(frame.conv)?.opened(frame)
    store.threadChanged(frame.conv)
  }

  msg(frame) { this.#take(frame) }
  hole(frame) { this.#take(frame) }

  synced(frame) {
    this.#session.synced(frame)
    const chat = store.chats.get(frame.conv)
    if (!chat) return
    if (frame.reset || (chat.epoch && frame.epoch !== chat.epoch)) return this.#restart(chat)
    chat.cursor.last ??= frame.last
    if (chat.have < frame.last) return this.#session.sync(chat)
    chat.state = "ready"
    store.threadChanged(frame.conv)
    this.#session.read()
  }

  page(frame) {
    const chat = store.chats.get(frame.conv)
    if (!chat) return
    const more = chat.prepend(frame)
    chat.older = frame.reason ? "error" : more ? "idle" : "end"
    store.threadChanged(frame.conv)
  }

  heads({ heads }) {
    for (const [conv, last] of Object.entries(heads)) {
      const chat = store.chats.get(conv)
      if (chat && last > chat.have) this.#session.sync(chat)
    }
  }

  receipt(frame) {
    store.chats.get(frame.conv)?.receipt(frame)
    store.threadChanged(frame.conv)
  }

  typing({ conv, on, who, name, preview }) {
    this.#stopTyping(conv)
    if (!on) return
    const timer = setTimeout(() => this.#stopTyping(conv), TYPING_MS)
    store.typing.set(conv, { who, name, preview, timer })
    this.#changed(conv)
  }

  presence(frame) {
    if (frame.agent) this.#agentPresence(frame)
    else this.#visitorPresence(frame)
  }

  async ack(frame) {
    if (this.#session.calls.answer(frame.cid ?? frame.rid, frame)) return
    if (await this.#session.outbox.ack(frame)) store.threadChanged(frame.conv)
  }

  async nack(frame) {
    if (this.#session.calls.refuse(frame.cid ?? frame.rid, frame)) return
    if (await this.#session.outbox.nack(frame)) store.threadChanged()
  }

  error(frame) {
    if (!this.#session.calls.refuse(frame.rid, frame)) console.warn("gofly: refused", frame.code)
  }

  #take(frame) {
    const chat = store.chats.get(frame.conv)
    if (!chat) return
    const rows = chat.take(frame)
    if (chat.cursor.gap) this.#session.sync(chat)
    for (const row of rows) this.#landed(chat, row)
    store.threadChanged(frame.conv)
  }

  #landed(chat, row) {
    this.#session.received(chat)
    if (row.cid) this.#session.outbox.landed(row.cid)
    if (row.from?.k === "visitor") this.#stopTyping(chat.conv)
  }

  // After a break: our copy is continued, or begun again where the server says that it must be.
  #resume(heads) {
    for (const [conv, { resume, epoch }] of Object.entries(heads)) {
      const chat = store.chats.get(conv)
      if (!chat || resume === "ok") continue
      chat.reset(epoch)
      if (resume === "reset") this.#session.outbox.resend(conv)
    }
  }

  #restart(chat) {
    chat.reset(null)
    this.#session.outbox.resend(chat.conv)
    this.#session.subscribe(chat)
  }

  #rowChanged({ before, after }) {
    const wasClosed = store.closed.peek().rows.has(after.conv)
    if (wasClosed || after.status === "closed") this.#closedChanged(after)
    if (after.status === "waiting" && before?.status !== "waiting") {
      this.#session.callsForAttention(after, "waits")
    } else if (store.isMyRow(after) && after.unread > (before?.unread ?? 0)) {
      this.#session.callsForAttention(after, "wrote")
    }
    if (after.conv === store.activeConv.peek()) this.#session.read()
    store.listChanged()
  }

  #closedChanged(row) {
    const rows = new Map(store.closed.peek().rows)
    if (row.status === "closed") rows.set(row.conv, row)
    else rows.delete(row.conv)
    store.closed.value = { ...store.closed.peek(), rows }
  }

  #stopTyping(conv) {
    clearTimeout(store.typing.get(conv)?.timer)
    if (store.typing.delete(conv)) this.#changed(conv)
  }

  #agentPresence({ agent, state }) {
    const known = store.agents.peek().get(agent)
    if (known) store.agents.value = new Map(store.agents.peek()).set(agent, { ...known, state })
  }

  #visitorPresence({ conv, online, page }) {
    const row = store.rows.byConv.get(conv)
    if (row) store.rows.patch(conv, { visitor: { ...row.visitor, online } })
    store.chats.get(conv)?.visitorMoved(online, page)
    this.#changed(conv)
  }

  #changed(conv) {
    store.listChanged()
    store.threadChanged(conv)
  }
}
