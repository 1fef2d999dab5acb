// The socket: opens, says hello, notices silence, waits and opens again. It knows no messages.

const LONGEST_MS = 30000

// Close codes that end the link, and the word for it that the screen understands.
const ENDS = { 1000: "closed", 4401: "identity", 4403: "gone", 4404: "gone", 4406: "version" }
// Codes that ask for patience before the next try.
const PATIENCE = { 1011: 5000, 4400: 60000, 4429: 60000 }

// What follows a close: an end for good, or the wait before the next try. `hint` is the last `error` or `drain`.
function afterClose(code, reason, hint, tries, idle) {
  const end = reason === "replaced" ? reason : ENDS[code]
  const least = Math.max(PATIENCE[code] || 0, hint.after_ms || 0)
  const spread = idle ? LONGEST_MS : hint.spread_ms || Math.min(LONGEST_MS, 500 * 2 ** tries)
  return { end, least, wait: least + Math.random() * spread }
}

// `on` has hello(), frame(frame), lost(code, hint), state() and idle().
function makeLink(url, on) {
  const link = { state: "", connect, send, drop, wake, stop }
  let socket, timer, pulse, quiet, since, hint, notBefore
  let tries = 0

  function connect() {
    stop("connecting")
    hint = {}
    expect(15000)
    const mine = (socket = new WebSocket(url, "gofly.v1"))
    mine.onopen = () => {
      expect(8000)
      write(on.hello())
    }
    mine.onmessage = (event) => mine === socket && read(JSON.parse(event.data))
    mine.onclose = (event) => mine === socket && lost(event.code, event.reason)
  }

  function read(frame) {
    if (frame.t === "welcome") {
      quiet = frame.heartbeat.every_ms + frame.heartbeat.timeout_ms
      since = performance.now()
      show("online")
    }
    if (quiet) expect(quiet)
    if (frame.t === "ping") write({ t: "pong" })
    if (frame.t === "error" || frame.t === "drain") hint = frame
    on.frame(frame)
  }

  function write(frame) {
    if (socket && socket.readyState === 1) socket.send(JSON.stringify(frame))
  }

  function send(frame) {
    if (link.state === "online") write(frame)
  }

  // Silence longer than this means the line is dead, whatever the browser believes.
  function expect(ms) {
    clearTimeout(pulse)
    pulse = setTimeout(drop, ms)
  }

  // Gives the socket up at once: on a dead line its own close event may take minutes.
  function drop() {
    if (socket) lost(4000)
  }

  function lost(code, reason) {
    // Thirty good seconds make up for earlier failures.
    if (since && performance.now() - since > 30000) tries = 0
    const next = afterClose(code, reason, hint, tries++, on.idle())
    stop(next.end || "waiting")
    if (!next.end) retry(next.wait)
    notBefore = performance.now() + next.least
    on.lost(code, hint)
  }

  function retry(ms) {
    clearTimeout(timer)
    timer = setTimeout(connect, ms)
  }

  function stop(state) {
    clearTimeout(timer)
    clearTimeout(pulse)
    const old = socket
    socket = quiet = since = 0
    if (old) old.close(4000)
    show(state)
  }

  // Network or reader came back: one early try, spread so that a crowd does not arrive at once.
  function wake(spread) {
    if (link.state === "replaced") connect()
    if (link.state === "waiting") retry(Math.max(0, notBefore - performance.now()) + Math.random() * spread)
    if (link.state !== "online") return
    // A line that may have died in its sleep is asked for a sign of life.
    write({ t: "ping" })
    expect(3000)
  }

  function show(state) {
    link.state = state
    on.state()
  }

  return link
}
