// One conversation as this agent has it open: its facts, its rows, and how far everybody has read.
import { Cursor, firstOf, isHole } from "./cursor.js";
import { serverNow } from "./words.js";

export class Chat {
  state = "loading" // loading, ready, error, denied
  info = null // the `opened` frame
  rows = []
  older = "idle" // idle, loading, error, end
  cursor = new Cursor()
  epoch = null
  receipts = { visitor: { got: 0, read: 0 }, agent: { got: 0, read: 0 } }
  reported = { got: 0, read: 0 } // what we have told the server
  #first = null

  constructor(conv) { this.conv = conv }

  get have() { return this.cursor.last }

  opened(frame) {
    this.info = frame
    this.epoch = frame.epoch
    for (const who of ["visitor", "agent"]) this.receipt({ who, ...frame.receipts?.[who] })
  }

  // The rows that may be shown now; notes of others and gaps are settled by the cursor.
  take(row) {
    const rows = this.cursor.take(row)
    for (const one of rows) this.#add(one)
    return rows
  }

  // An older page; false when it leads no further.
  prepend({ rows }) {
    const older = rows.filter((row) => this.#first === null || firstOf(row) < this.#first)
    older.sort((a, b) => firstOf(a) - firstOf(b))
    this.rows = [...older.filter((row) => !isHole(row)), ...this.rows]
    if (older.length) this.#first = firstOf(older[0])
    return older.length > 0 && !this.beginning
  }

  // Sequence numbers begin at 1 and have no holes.
  get beginning() { return this.#first !== null && this.#first <= 1 }
  get first() { return this.#first }

  // Our copy is wrong or too old: begin again with what the server sends.
  reset(epoch) {
    this.state = "loading"
    this.rows = []
    this.cursor = new Cursor()
    this.epoch = epoch
    this.older = "idle"
    this.reported = { got: 0, read: 0 }
    this.#first = null
  }

  // Receipts may come late or twice; they never go back.
  receipt({ who, got = 0, read = 0 }) {
    const known = this.receipts[who]
    if (!known) return
    this.receipts[who] = { got: Math.max(known.got, got), read: Math.max(known.read, read) }
  }

  // The visitor came, left or went to another page.
  visitorMoved(online, page) {
    const visitor = this.info?.visitor
    if (!visitor) return
    visitor.online = online
    if (!page || visitor.page?.url === page.url) return
    visitor.page = page
    visitor.trail = [...(visitor.trail ?? []), { at: serverNow(), ...page }]
  }

  #add(row) {
    this.#first ??= firstOf(row)
    if (!isHole(row)) this.rows.push(row)
  }
}
