// The socket of the agent: opens, proves who we are, notices silence, comes back after any break.
const WELCOME_MS = 8_000
const HEALTHY_MS = 30_000
const LONGEST_MS = 30_000
const FIRST_MS = 500
const WAKE_SPREAD_MS = 2_000
const PROBE_MS = 5_000

// protocol.md, section 11: what each close code asks of us. Other codes mean a lost line.
const SPREAD = new Set([1001, 1012])
const STOPS = { 1000: "ended", 4403: "denied", 4404: "denied" }
const LEAST_WAIT_MS = { 1011: 5_000, 1013: 1_000, 4400: 60_000, 4429: 60_000 }

export const backoff = (failures, random) =>
  random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** failures)

// The server answered no ticket: `login` when people must sign in again, else a try later.
export class NoTicket extends Error {
  constructor(login, options) {
    super("no ticket", options)
    this.login = login
  }
}

export class Link {
  state = { name: "connecting" }
  #options
  #timers
  #socket = null
  #failures = 0
  #ticketRefused = false
  #heartbeat = { every_ms: 25_000, timeout_ms: 10_000 }
  #heard = 0
  #hint = {}
  #notBefore = 0
  #retry
  #silence
  #healthy

  // options: connect() -> WebSocket, ticket() -> Promise, hello(ticket) -> frame, onframe(frame),
  // onstate(state), onclose(code), quiet() -> boolean; timers, random and now are for tests.
  constructor(options) {
    this.#options = { timers: globalThis, random: Math.random, now: Date.now, quiet: () => false,
      onclose: () => {}, online: () => globalThis.navigator?.onLine !== false, ...options }
    this.#timers = this.#options.timers
  }

  start() { return this.#open() }

  // Sends when the server has welcomed us; says whether it did.
  send(frame) {
    if (this.state.name !== "online") return false
    this.#socket.send(JSON.stringify(frame))
    return true
  }

  // The client's own doubt: no answer came, so this line is as good as cut.
  drop() { this.#lose(this.#socket, 4000) }

  // The machine woke up, came online or the page is looked at: one immediate try or probe.
  wake() {
    if (this.state.name === "stopped") return
    if (this.state.name === "online") return this.#probe()
    if (this.#socket) return
    this.#retryIn(this.#options.random() * WAKE_SPREAD_MS)
  }

  wentOffline() {
    if (this.state.name === "online") this.#probe()
    else this.#wait()
  }

  // A person asked: no delay, and a stop is forgiven.
  retryNow() {
    this.#ticketRefused = false
    if (this.#socket) return
    this.#wait()
    this.#retryIn(0)
  }

  stop(reason) {
    this.#leave()
    this.#set({ name: "stopped", reason })
  }

  bye() {
    this.send({ t: "bye", reason: "unload" })
  }

  async #open() {
    this.#timers.clearTimeout(this.#retry)
    this.#hint = {}
    if (!this.#options.online()) return this.#sitOut()
    const attempt = this.#socket = { close: () => {} } // so that wake() opens no second one
    let ticket
    try {
      ticket = await this.#options.ticket()
    } catch (error) {
      return this.#ticketFailed(attempt, error)
    }
    if (this.#socket === attempt) this.#connect(ticket)
  }

  // Without a network a try is certain to fail; `online` wakes us, this is for a missed event.
  #sitOut() {
    this.#wait()
    this.#retryIn(LONGEST_MS)
  }

  #ticketFailed(attempt, error) {
    if (!(error instanceof NoTicket)) throw error
    if (this.#socket !== attempt) return
    if (error.login) return this.stop("login")
    this.#lose(attempt, 1006)
  }

  #connect(ticket) {
    const socket = this.#socket = this.#options.connect()
    socket.onopen = () => socket.send(JSON.stringify(this.#options.hello(ticket)))
    socket.onmessage = (event) => this.#socket === socket && this.#receive(event.data)
    socket.onclose = (event) => this.#lose(socket, event.code, event.reason)
    this.#listenFor(WELCOME_MS)
  }

  #receive(text) {
    this.#heard = this.#options.now()
    const frame = JSON.parse(text)
    if (frame.t === "welcome") this.#welcomed(frame)
    if (this.state.name === "online") this.#listen()
    if (frame.t === "ping") return this.send({ t: "pong" })
    if (frame.t === "error" || frame.t === "drain") this.#hint = { ...this.#hint, ...frame }
    this.#options.onframe(frame)
  }

  #welcomed(frame) {
    this.#heartbeat = frame.heartbeat ?? this.#heartbeat
    this.#ticketRefused = false
    this.#healthy = this.#timers.setTimeout(() => { this.#failures = 0 }, HEALTHY_MS)
    this.#set({ name: "online" })
  }

  #listen() { this.#listenFor(this.#heartbeat.every_ms + this.#heartbeat.timeout_ms) }

  #listenFor(patience) {
    this.#timers.clearTimeout(this.#silence)
    const socket = this.#socket
    this.#silence = this.#timers.setTimeout(() => this.#lose(socket, 4000), patience)
  }

  // Timers sleep with the laptop: after a long silence by the clock the line is dead for certain.
  #probe() {
    const silent = this.#options.now() - this.#heard
    if (silent > this.#heartbeat.every_ms + this.#heartbeat.timeout_ms) return this.drop()
    this.send({ t: "ping" })
    this.#listenFor(PROBE_MS)
  }

  #leave() {
    const socket = this.#socket
    this.#socket = null
    const timers = [this.#retry, this.#silence, this.#healthy]
    for (const timer of timers) this.#timers.clearTimeout(timer)
    if (!socket) return
    socket.onmessage = socket.onclose = null
    socket.close(4000)
  }

  #lose(socket, code, reason = "") {
    if (!socket || this.#socket !== socket) return
    this.#leave()
    this.#options.onclose(code)
    const stop = this.#reasonToStop(code, reason)
    if (stop) return this.#set({ name: "stopped", reason: stop })
    this.#wait()
    this.#retryIn(this.#delay(code))
  }

  // Without `slow_consumer` a 4409 means that a newer socket of this agent took the place.
  #reasonToStop(code, reason) {
    if (code === 4440) return "login"
    if (code === 4406) return "version"
    if (code === 4409 && !reason.includes("slow")) return "replaced"
    if (code === 4401) return this.#refuseTicket()
    return STOPS[code]
  }

  #refuseTicket() {
    const again = this.#ticketRefused
    this.#ticketRefused = true
    return again ? "login" : undefined
  }

  #delay(code) {
    const { random, quiet } = this.#options
    if (SPREAD.has(code) && this.#hint.spread_ms) return random() * this.#hint.spread_ms
    const least = Math.max(LEAST_WAIT_MS[code] ?? 0, this.#hint.after_ms ?? 0)
    this.#notBefore = this.#options.now() + least
    const wait = quiet() ? LONGEST_MS : backoff(this.#failures, random)
    this.#failures += 1
    return least ? least * (1 + random() / 4) : wait
  }

  #wait() {
    this.#set({ name: this.#options.online() ? "reconnecting" : "offline" })
  }

  // Neither a person nor a waking laptop may shorten a wait that the server asked for.
  #retryIn(delay) {
    this.#timers.clearTimeout(this.#retry)
    const wait = Math.max(delay, this.#notBefore - this.#options.now())
    this.#retry = this.#timers.setTimeout(() => this.#open(), wait)
  }

  #set(state) {
    this.state = state
    this.#options.onstate(state)
  }
}
