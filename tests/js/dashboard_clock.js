// A clock that tests move by hand: timers, and the time they are measured by.
export class Clock {
  #time = 1_000_000
  #timers = new Map()
  #next = 1

  now = () => this.#time

  setTimeout = (run, delay = 0) => {
    this.#timers.set(this.#next, { run, at: this.#time + delay })
    return this.#next++
  }

  clearTimeout = (id) => this.#timers.delete(id)

  // Runs what falls due on the way, in order, and lets promises settle in between.
  async pass(length) {
    const end = this.#time + length
    for (;;) {
      await settled()
      const [id, due] = [...this.#timers].sort((a, b) => a[1].at - b[1].at)[0] ?? []
      if (!due || due.at > end) break
      this.#timers.delete(id)
      this.#time = Math.max(this.#time, due.at)
      due.run()
    }
    this.#time = end
    await settled()
  }
}

export const settled = () => new Promise((resolve) => setImmediate(resolve))
