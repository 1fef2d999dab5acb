// The socket: opens, says hello, notices silence, waits and opens again. It knows no messages.
// Uses hello(), hear(frame), lost(code, hint), isIdle() and paint().

// Close codes that end the link, and the word for it that the screen understands.
const ENDS = {
  1000: "gone",
  4401: "identity",
  4403: "gone",
  4404: "gone",
  4406: "version",
  4409: "replaced",
}
// Codes that ask for patience before the next try.
const PATIENCE = { 1011: 5000, 4400: 60000, 4429: 60000 }

let linkState = ""
let socket, quiet, since, hint, notBefore
let tries = 0

// What follows a close: an end for good, or the wait before the next try.
// `hint` is the last `error` or `drain` of the server.
function afterClose(code, reason, hint, tries, idle) {
  const least = Math.max(PATIENCE[code] || 0, hint.after_ms || 0)
  const spread = idle ? 30000 : hint.spread_ms || Math.min(30000, 500 * 2 ** tries)
  const end = reason !== "slow_consumer" && ENDS[code]
  return { end, least, wait: least + Math.random() * spread }
}

function connect() {
  hangUp("connecting")
  hint = {}
  alarm("silence", 15000, drop)
  const server = location.origin.replace("http", "ws")
  const mine = (socket = new WebSocket(`${server}/ws/v1/visitor?site=${site}`, "gofly.v1"))
  mine.onopen = () => {
    alarm("silence", 8000, drop)
    put(hello())
  }
  mine.onmessage = (event) => mine === socket && listen(JSON.parse(event.data))
  mine.onclose = (event) => mine === socket && ended(event.code, event.reason)
}

function listen(frame) {
  if (frame.t === "welcome") {
    quiet = frame.heartbeat.every_ms + frame.heartbeat.timeout_ms
    since = performance.now()
    linkState = "online"
  }
  // Longer silence means the line is dead, whatever the browser believes.
  if (quiet) alarm("silence", quiet, drop)
  if (frame.t === "ping") put({ t: "pong" })
  if (frame.t === "error" || frame.t === "drain") hint = frame
  hear(frame)
}

function put(frame) {
  if (socket && socket.readyState === 1) socket.send(JSON.stringify(frame))
}

function send(frame) {
  if (linkState === "online") put(frame)
}

// Gives the socket up at once: on a dead line its own close event may take minutes.
function drop() {
  if (socket) ended(4000)
}

function ended(code, reason) {
  // Thirty good seconds make up for earlier failures.
  if (since && performance.now() - since > 30000) tries = 0
  const { end, least, wait } = afterClose(code, reason, hint, tries++, isIdle())
  notBefore = performance.now() + least
  hangUp(end || "waiting")
  if (!end) alarm("connect", wait, connect)
  lost(code, hint.code)
}

function hangUp(state) {
  const old = socket
  socket = quiet = since = 0
  alarm("connect")
  alarm("silence")
  if (old) old.close(4000)
  linkState = state
  paint()
}

// Network or reader came back: one early try, spread so that a crowd does not arrive at once.
function wake(spread) {
  const wait = Math.max(0, notBefore - performance.now()) + Math.random() * spread
  if (linkState === "replaced") connect()
  if (linkState === "waiting") alarm("connect", wait, connect)
  if (linkState !== "online") return
  // A line that may have died in its sleep is asked for a sign of life.
  put({ t: "ping" })
  alarm("silence", 3000, drop)
}
