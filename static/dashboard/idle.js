// Ten minutes without input make an online agent away; the next input brings them back.
const IDLE_MS = 600_000
const NOTE_MS = 15_000
const PLACE = "gofly-active-at"

export class Idle {
  #options
  #away = false
  #notedAt = 0
  #timer

  // options: state() -> string, setState(state); storage, timers and now are for tests.
  constructor(options) {
    this.#options = { storage: globalThis.localStorage, timers: globalThis, now: Date.now, ...options }
  }

  // Any input: other tabs of this agent see it too, since they share the place.
  touch() {
    const { now, storage, setState } = this.#options
    if (this.#away) {
      this.#away = false
      setState("online")
    }
    if (now() - this.#notedAt < NOTE_MS) return
    this.#notedAt = now()
    storage.setItem(PLACE, String(now()))
    this.#wait(IDLE_MS)
  }

  #wait(length) {
    this.#options.timers.clearTimeout(this.#timer)
    this.#timer = this.#options.timers.setTimeout(() => this.#check(), length)
  }

  #check() {
    const { now, storage, state, setState } = this.#options
    const left = Number(storage.getItem(PLACE)) + IDLE_MS - now()
    if (left > 0) return this.#wait(left)
    if (state() !== "online") return
    this.#away = true
    setState("away")
  }
}
