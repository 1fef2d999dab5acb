// Which conversations a tab shows, and in which order.
import { isMine } from "./rows.js";

const HOLD_MS = 1_200

const belongs = {
  mine: (row, me) => isMine(row, me),
  queue: (row) => row.status === "waiting",
  all: () => true,
  closed: () => true,
}

const newest = (a, b) => b.ts - a.ts || compare(b.conv, a.conv)
const longestWait = (a, b) => waitedSince(a) - waitedSince(b) || compare(a.conv, b.conv)
const waitedSince = (row) => row.queued_at ?? row.ts
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0)

export const sorted = (rows, tab) => [...rows].sort(tab === "queue" ? longestWait : newest)

export function matches(row, query) {
  const needle = query.trim().toLowerCase()
  if (!needle) return true
  const texts = [row.visitor.name, row.preview?.text, row.agent?.name]
  return texts.some((text) => text?.toLowerCase().includes(needle))
}

// Rows do not move under a moving pointer: for 1.2 s after a movement the shown order stands,
// only what the rows say is new.
export class Order {
  #shown = { view: "", convs: [] }
  #heldUntil = 0
  #now

  constructor(now = () => performance.now()) { this.#now = now }

  hold() { this.#heldUntil = this.#now() + HOLD_MS }
  get heldFor() { return Math.max(0, this.#heldUntil - this.#now()) }

  // `rows` is a Map by conversation; `closed` replaces it where the tab is that of closed ones.
  arrange(rows, { tab, me, query }) {
    const view = `${tab} ${query}`
    if (this.heldFor && view === this.#shown.view) return this.#still(rows)
    const visible = [...rows.values()].filter((row) => belongs[tab](row, me) && matches(row, query))
    const list = sorted(visible, tab)
    this.#shown = { view, convs: list.map((row) => row.conv) }
    return list
  }

  #still(rows) {
    return this.#shown.convs.map((conv) => rows.get(conv)).filter(Boolean)
  }
}
