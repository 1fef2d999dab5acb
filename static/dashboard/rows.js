// The inbox: every conversation that is not closed, kept by a snapshot and numbered changes.
import { ms } from "./words.js";

export class Rows {
  byConv = new Map()
  total = null // counts of the server, exact also when not every row was sent
  #rev = null
  #incoming = null

  // A new snapshot follows, maybe in several pages; the old rows stay in use until it is whole.
  expect() { this.#incoming = new Map() }
  get expecting() { return this.#incoming !== null }

  // One page; true when the snapshot is whole.
  page({ rev, rows, counts, more }) {
    this.#incoming ??= new Map()
    for (const row of rows) this.#incoming.set(row.conv, tidy(row, this.#incoming.get(row.conv)))
    this.#rev = rev
    if (more) return false
    this.byConv = this.#incoming
    this.#incoming = null
    this.total = counts
    return true
  }

  // One change. "hole" says that changes were lost and the list must be asked for again.
  change({ t, rev, ...news }) {
    if (this.#incoming) return this.#changeIncoming(rev, news)
    if (rev !== this.#rev + 1) return "hole"
    this.#rev = rev
    return this.#put(this.byConv, news)
  }

  patch(conv, news) {
    const row = this.byConv.get(conv)
    if (row) this.byConv.set(conv, { ...row, ...news })
  }

  // Exact also when the list was cut at its limit: the server's counts, moved by what we saw.
  counts(me) {
    if (!this.total) return {} // nobody knows yet
    if (this.byConv.size >= this.total.all) return tally(this.byConv.values(), me)
    return this.total
  }

  #changeIncoming(rev, news) {
    this.#rev = rev
    return this.#put(this.#incoming, news)
  }

  #put(rows, news) {
    const before = rows.get(news.conv)
    const after = tidy(news, before)
    if (before && after.version < before.version) return { before, after: before }
    if (after.status === "closed") rows.delete(news.conv)
    else rows.set(news.conv, after)
    this.#count(before, after)
    return { before, after }
  }

  #count(before, after) {
    if (!this.total) return
    const open = after.status !== "closed"
    const all = this.total.all + (open && !before ? 1 : 0) - (!open && before ? 1 : 0)
    const queue = this.total.queue + waits(after) - waits(before)
    this.total = { ...this.total, all, queue }
  }
}

const waits = (row) => (row?.status === "waiting" ? 1 : 0)

export function tally(rows, me) {
  const counts = { mine: 0, queue: 0, all: 0 }
  for (const row of rows) {
    counts.all += 1
    if (row.status === "waiting") counts.queue += 1
    if (isMine(row, me)) counts.mine += 1
  }
  return counts
}

export const isMine = (row, me) => row.status === "assigned" && row.agent?.id === me

// Changes may carry only what changed, times may be numbers or ISO 8601.
export function tidy(news, before) {
  const row = { unread: 0, preview: null, agent: null, queued_at: null, ...before, ...news }
  row.visitor = { name: "", online: false, verified: false, ...before?.visitor, ...news.visitor }
  row.ts = ms(row.ts) ?? ms(row.opened_at) ?? 0
  row.queued_at = ms(row.queued_at)
  return row
}
