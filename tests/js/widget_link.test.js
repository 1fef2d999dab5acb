import assert from "node:assert/strict"
import { afterEach, beforeEach, mock, test } from "node:test"
import { browser, parts } from "./widget_parts.js"

const WELCOME = { t: "welcome", heartbeat: { every_ms: 25_000, timeout_ms: 10_000 } }
const NAMES = "connect, send, drop, wake, hangUp, afterClose, state: () => linkState"

class Socket {
  static all = []
  sent = []
  readyState = 0

  constructor(url, protocol) {
    Object.assign(this, { url, protocol })
    Socket.all.push(this)
  }

  send(data) { this.sent.push(JSON.parse(data)) }
  close(code) { this.closed = code }
  open() { this.readyState = 1; this.onopen() }
  say(frame) { this.onmessage({ data: JSON.stringify(frame) }) }
  end(code, reason = "") { this.readyState = 3; this.onclose({ code, reason }) }
}

function link({ idle = false } = {}) {
  const heard = []
  const losses = []
  const given = {
    ...browser(), WebSocket: Socket, location: { origin: "https://chat.example" },
    hello: () => ({ t: "hello" }), hear: (frame) => heard.push(frame), isIdle: () => idle, paint() {},
    lost: (code, why) => losses.push([code, why]),
  }
  const it = Object.assign(parts(["page", "link"], given, NAMES), { heard, losses })
  it.connect()
  return it
}

function online(options) {
  const it = link(options)
  latest().open()
  latest().say(WELCOME)
  return it
}

const latest = () => Socket.all[Socket.all.length - 1]

beforeEach(() => {
  Socket.all = []
  mock.timers.enable({ apis: ["setTimeout"] })
  mock.method(Math, "random", () => 1)
})
afterEach(() => { mock.timers.reset(); mock.restoreAll() })

test("it opens our own address with our protocol and says hello first", () => {
  online()
  assert.equal(latest().url, "wss://chat.example/ws/v1/visitor?site=st_1")
  assert.equal(latest().protocol, "gofly.v1")
  assert.deepEqual(latest().sent, [{ t: "hello" }])
})

test("nothing is sent before the welcome", () => {
  const it = link()
  latest().open()
  it.send({ t: "got" })
  latest().say(WELCOME)
  it.send({ t: "read" })
  assert.deepEqual(latest().sent.map((frame) => frame.t), ["hello", "read"])
})

test("a ping is answered", () => {
  online()
  latest().say({ t: "ping" })
  assert.deepEqual(latest().sent[1], { t: "pong" })
})

test("no welcome for eight seconds starts anew", () => {
  const it = link()
  latest().open()
  mock.timers.tick(8_000)
  assert.equal(it.state(), "waiting")
  assert.equal(latest().closed, 4000)
})

test("silence of one heartbeat and its grace starts anew", () => {
  const it = online()
  mock.timers.tick(34_999)
  assert.equal(it.state(), "online")
  mock.timers.tick(1)
  assert.equal(it.state(), "waiting")
  assert.deepEqual(it.losses, [[4000, undefined]])
})

test("waits double up to half a minute", () => {
  const it = link()
  const waits = [0, 1, 2, 3, 4, 5, 6, 20].map((tries) => it.afterClose(1006, "", {}, tries, false).wait)
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
})

test("each close code has its own consequence", () => {
  const it = link()
  const after = (code, hint = {}, reason = "") => it.afterClose(code, reason, hint, 0, false)
  const ends = [1000, 4401, 4403, 4404, 4406, 4409].map((code) => after(code).end)
  assert.deepEqual(ends, ["gone", "identity", "gone", "gone", "version", "replaced"])
  for (const code of [1001, 1002, 1006, 1007, 1009, 1012, 4000, 4408]) assert.equal(after(code).end, undefined)
  assert.equal(after(4409, {}, "slow_consumer").end, false)
  assert.equal(after(1011).least, 5_000)
  assert.equal(after(1013, { after_ms: 7_000 }).least, 7_000)
  assert.equal(after(4400).least, 60_000)
  assert.equal(after(4429).least, 60_000)
  assert.equal(after(1012, { spread_ms: 15_000 }).wait, 15_000)
})

test("a hidden tab with nothing to send takes the longest wait", () => {
  const it = link()
  assert.equal(it.afterClose(1006, "", {}, 0, true).wait, 30_000)
})

test("a lost line comes back by itself", () => {
  const it = online()
  latest().end(1006)
  mock.timers.tick(500)
  assert.equal(Socket.all.length, 2)
  latest().open()
  latest().say(WELCOME)
  assert.equal(it.state(), "online")
})

test("the network's return brings one early try, but never earlier than the server allows", () => {
  const it = online()
  latest().say({ t: "error", code: "busy", after_ms: 60_000 })
  latest().end(1013)
  it.wake(0)
  mock.timers.tick(50_000)
  assert.equal(Socket.all.length, 1)
  mock.timers.tick(10_001)
  assert.equal(Socket.all.length, 2)
})

test("a line that may have died asleep is asked for a sign of life", () => {
  const it = online()
  it.wake(0)
  assert.deepEqual(latest().sent[1], { t: "ping" })
  mock.timers.tick(3_000)
  assert.equal(it.state(), "waiting")
})

test("replaced by a newer window, it waits for the reader", () => {
  const it = online()
  latest().end(4409)
  mock.timers.tick(120_000)
  assert.equal(Socket.all.length, 1)
  it.wake(0)
  assert.equal(Socket.all.length, 2)
})

test("an old socket's last words are not heard", () => {
  const it = online()
  const old = latest()
  it.drop()
  old.say({ t: "msg" })
  old.end(4403)
  assert.deepEqual(it.heard.map((frame) => frame.t), ["welcome"])
  assert.equal(it.state(), "waiting")
})
