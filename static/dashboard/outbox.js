// Messages this agent has written and the server has not confirmed yet, in the order written.
import { uuid } from "./ids.js";
import { memoryShelf } from "./shelf.js";

const ANSWER_MS = 10_000
const KEPT_MS = 60_000
const STALE_MS = 24 * 60 * 60_000
const RETRY_MS = 1_000
const MOST_ENTRIES = 200
const MOST_LETTERS = 500_000 // about 1 MiB

export class Outbox {
  entries = []
  acked = new Map() // cid -> {entry, seq, ts, at}: shown until its row comes, resent after a reset
  #shelf = memoryShelf() // until the durable one is open
  #send
  #options
  #sent = new Map() // cid -> timer of its answer
  #up = false
  #window = 16

  // options: send(frame) -> boolean, changed(conv), stalled(); timers, now, tab and id for tests.
  constructor(options) {
    this.#send = options.send
    this.#options = { timers: globalThis, now: Date.now, id: uuid, tab: "", ...options }
  }

  get durable() { return this.#shelf.durable }
  get idle() { return !this.entries.some((entry) => entry.state === "queued") }
  of(conv) { return this.entries.filter((entry) => entry.conv === conv) }

  get full() {
    const letters = this.entries.reduce((sum, entry) => sum + entry.body.length, 0)
    return this.entries.length >= MOST_ENTRIES || letters >= MOST_LETTERS
  }

  // Takes over what earlier tabs of this agent left behind; `alive` are the tabs that still write.
  async load(shelf, alive) {
    this.#shelf = shelf
    const left = (await shelf.all()).filter((entry) => !alive.has(entry.tab))
    for (const entry of this.entries) await this.#keep(entry)
    left.sort((a, b) => a.at - b.at)
    for (const entry of left) await this.#adopt(entry)
    this.#pump()
  }

  async add({ conv, body, note = false }) {
    const { now, id, tab } = this.#options
    const entry = { cid: id(), conv, body, note, at: now(), tab, state: "queued" }
    this.entries.push(entry)
    this.#options.changed(conv)
    await this.#keep(entry) // before the first send: protocol.md, section 5
    this.#pump()
    return entry
  }

  connected(window = 16) {
    this.#window = window
    this.#up = true
    this.#pump()
  }

  disconnected() {
    this.#up = false
    for (const cid of [...this.#sent.keys()]) this.#settle(cid)
  }

  // True when the answer was for one of our messages.
  async ack({ cid, seq, ts }) {
    const entry = this.#settle(cid)
    if (!entry) return false
    this.acked.set(cid, { entry, seq, ts, at: this.#options.now() })
    await this.#forget(entry)
    this.#pump()
    return true
  }

  async nack(frame) {
    const entry = this.#settle(frame.cid)
    if (!entry) return false
    if (frame.code === "blocked") this.#unblock(entry)
    else if (frame.retry) this.#postpone(entry, frame.after_ms)
    else await this.#fail(entry, frame.code)
    this.#pump()
    return true
  }

  // Close 1009 does not say which frame was too big: it was the longest one.
  async tooBig() {
    const sent = this.entries.filter((entry) => this.#sent.has(entry.cid))
    const longest = sent.sort((a, b) => b.body.length - a.body.length)[0]
    if (longest) await this.#fail(longest, "too_long")
  }

  // A refused text goes out again under a new name, as the last one written.
  async retry(cid) {
    const entry = this.entries.find((one) => one.cid === cid)
    if (!entry) return
    await this.#forget(entry)
    await this.add(entry)
  }

  async remove(cid) {
    const entry = this.entries.find((one) => one.cid === cid)
    if (!entry) return
    if (entry.notBefore) this.#skip(entry)
    this.#settle(cid)
    await this.#forget(entry)
    this.#pump()
  }

  // The conversation was restored or erased: what was acked lately may be gone on the server.
  async resend(conv) {
    for (const [cid, { entry, at }] of [...this.acked]) {
      if (entry.conv !== conv || at < this.#options.now() - KEPT_MS) continue
      this.acked.delete(cid)
      await this.#adopt({ ...entry, state: "queued" })
    }
    this.entries.sort((a, b) => a.at - b.at)
    this.#pump()
  }

  // Called when a row of ours has come, so that it is shown once.
  landed(cid) {
    const old = this.#options.now() - KEPT_MS
    for (const [key, { at }] of this.acked) if (at < old) this.acked.delete(key)
    const acked = this.acked.get(cid)
    if (acked) acked.landed = true
  }

  async #adopt(entry) {
    const stale = entry.at < this.#options.now() - STALE_MS
    const state = stale ? { state: "failed", code: "stale" } : {}
    const ours = { ...entry, ...state, tab: this.#options.tab, notBefore: undefined }
    await this.#keep(ours)
    this.entries.push(ours)
    this.#options.changed(entry.conv)
  }

  // A full disk must not stop the conversation: we go on in memory, and `durable` says so.
  async #keep(entry) {
    try {
      await this.#shelf.put({ ...entry })
    } catch (error) {
      console.warn("gofly: unsent messages can no longer be kept", error)
      this.#shelf = memoryShelf()
    }
    entry.kept = true
  }

  #pump() {
    const stuck = new Set()
    for (const entry of this.entries) {
      if (!this.#up || this.#sent.size >= this.#window) return
      if (stuck.has(entry.conv) || this.#sent.has(entry.cid)) continue
      if (entry.state !== "queued") continue
      if (!this.#ready(entry)) stuck.add(entry.conv) // nothing overtakes
      else this.#transmit(entry)
    }
  }

  #ready(entry) { return entry.kept && !(entry.notBefore > this.#options.now()) }

  #transmit({ cid, conv, body, note }) {
    const frame = { t: "send", conv, cid, kind: "text", body, ...(note ? { note } : {}) }
    if (!this.#send(frame)) return
    const timer = this.#options.timers.setTimeout(() => this.#options.stalled(), ANSWER_MS)
    this.#sent.set(cid, timer)
  }

  #settle(cid) {
    this.#options.timers.clearTimeout(this.#sent.get(cid))
    this.#sent.delete(cid)
    return this.entries.find((entry) => entry.cid === cid)
  }

  #postpone(entry, after) {
    const wait = after || RETRY_MS
    entry.notBefore = this.#options.now() + wait
    this.#options.timers.setTimeout(() => this.#pump(), wait + 1)
  }

  // Behind a message that waits for its retry there is nothing to do; behind one that failed for
  // good the server must be told that it will not come again.
  #unblock(entry) {
    const earlier = this.of(entry.conv).filter((one) => one.at <= entry.at && one !== entry)
    if (earlier.some((one) => one.state === "queued")) return
    for (const failed of earlier) this.#skip(failed)
    this.#postpone(entry)
  }

  #skip({ conv, cid }) { this.#send({ t: "skip", conv, cid }) }

  async #fail(entry, code) {
    Object.assign(entry, { state: "failed", code })
    this.#options.changed(entry.conv)
    await this.#keep(entry)
  }

  async #forget(entry) {
    this.entries = this.entries.filter((one) => one !== entry)
    this.#options.changed(entry.conv)
    await this.#shelf.remove(entry.cid)
  }
}
