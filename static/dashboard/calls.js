// Questions to the server that are answered by a frame with the same `cid` or `rid`.
const PATIENCE_MS = 10_000

export class Refused extends Error {
  constructor(frame) {
    super(frame.text || frame.code)
    this.code = frame.code
    this.frame = frame
  }
}

export class Calls {
  #open = new Map()
  #send
  #timers

  constructor(send, timers = globalThis) {
    this.#send = send
    this.#timers = timers
  }

  // Resolves with the answer, rejects with Refused: the server's reason, or `lost`.
  ask(frame) {
    const key = frame.cid ?? frame.rid
    return new Promise((resolve, reject) => {
      if (!this.#send(frame)) return reject(new Refused({ code: "lost" }))
      const timer = this.#timers.setTimeout(() => this.refuse(key, { code: "lost" }), PATIENCE_MS)
      this.#open.set(key, { resolve, reject, timer })
    })
  }

  answer(key, frame) { return this.#settle(key, "resolve", frame) }
  refuse(key, frame) { return this.#settle(key, "reject", new Refused(frame)) }

  // What was asked on a lost connection will never be answered.
  drop() {
    for (const key of [...this.#open.keys()]) this.refuse(key, { code: "lost" })
  }

  #settle(key, how, value) {
    const call = this.#open.get(key)
    if (!call) return false
    this.#open.delete(key)
    this.#timers.clearTimeout(call.timer)
    call[how](value)
    return true
  }
}
