// Hands out the rows of one conversation in the order of their numbers, each of them once.
const MOST_HELD = 100

export const isHole = (row) => typeof row.from === "number"
export const firstOf = (row) => (isHole(row) ? row.from : row.seq)
export const lastOf = (row) => (isHole(row) ? row.to : row.seq)

export class Cursor {
  last = null // until the first row tells where this copy begins
  #held = new Map()

  // Returns the rows that may be shown now; a row beyond a gap waits until the gap is filled.
  take(row) {
    this.last ??= firstOf(row) - 1
    if (lastOf(row) <= this.last) return []
    if (firstOf(row) > this.last + 1) return this.#hold(row)
    return [row, ...this.#release(lastOf(row))]
  }

  get gap() { return this.#held.size > 0 }

  #hold(row) {
    if (this.#held.size < MOST_HELD) this.#held.set(firstOf(row), row)
    return []
  }

  #release(last) {
    this.last = last
    const rows = []
    for (const seq of [...this.#held.keys()].sort((a, b) => a - b)) {
      if (seq > this.last + 1) break
      const row = this.#held.get(seq)
      this.#held.delete(seq)
      if (lastOf(row) > this.last) rows.push(row)
      this.last = Math.max(this.last, lastOf(row))
    }
    return rows
  }
}
