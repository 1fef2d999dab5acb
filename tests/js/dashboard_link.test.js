import assert from "node:assert/strict"
import { test } from "node:test"
import { Link, NoTicket, backoff } from "../../static/dashboard/link.js"
import { Clock } from "./dashboard_clock.js"

class FakeSocket {
  sent = []
  closed = null
  send(text) { this.sent.push(JSON.parse(text)) }
  close(code) { this.closed = code }
  hear(frame) { this.onmessage?.({ data: JSON.stringify(frame) }) }
  end(code, reason = "") { this.onclose?.({ code, reason }) }
}

const WELCOME = { t: "welcome", heartbeat: { every_ms: 25_000, timeout_ms: 10_000 } }

function line(options = {}) {
  const clock = new Clock()
  const sockets = []
  const states = []
  const frames = []
  let tickets = 0
  const link = new Link({
    connect: () => { const socket = new FakeSocket(); sockets.push(socket); return socket },
    ticket: async () => `ticket-${(tickets += 1)}`,
    hello: (ticket) => ({ t: "hello", ticket }),
    onframe: (frame) => frames.push(frame.t),
    onstate: ({ name, reason }) => states.push(reason ?? name),
    timers: clock, now: clock.now, random: () => 0.5, online: () => true, ...options,
  })
  return { link, clock, sockets, states, frames, last: () => sockets.at(-1) }
}

async function online(options) {
  const made = line(options)
  await made.link.start()
  made.last().onopen()
  made.last().hear(WELCOME)
  return made
}

test("hello carries a fresh ticket, and frames go out after the welcome only", async () => {
  const { link, last, states } = line()
  await link.start()
  assert.equal(link.send({ t: "watch" }), false)
  last().onopen()
  last().hear(WELCOME)
  assert.equal(link.send({ t: "watch" }), true)
  assert.deepEqual(last().sent, [{ t: "hello", ticket: "ticket-1" }, { t: "watch" }])
  assert.deepEqual(states, ["online"])
})

test("a lost line comes back with a new ticket and without a person", async () => {
  const { clock, sockets, last, states } = await online()
  last().end(1006)
  await clock.pass(1_000)
  last().onopen()
  last().hear(WELCOME)
  assert.equal(sockets.length, 2)
  assert.deepEqual(last().sent, [{ t: "hello", ticket: "ticket-2" }])
  assert.deepEqual(states, ["online", "reconnecting", "online"])
})

test("pings are answered, silence closes with 4000", async () => {
  const { clock, last, states } = await online()
  const socket = last()
  socket.hear({ t: "ping" })
  assert.deepEqual(socket.sent.at(-1), { t: "pong" })
  await clock.pass(35_001)
  assert.equal(socket.closed, 4000)
  assert.equal(states.at(-1), "reconnecting")
})

test("open without a welcome for eight seconds is a failure", async () => {
  const { link, clock, last } = line()
  await link.start()
  const socket = last()
  socket.onopen()
  await clock.pass(8_001)
  assert.equal(socket.closed, 4000)
})

test("a laptop that wakes after hours drops the dead line at once", async () => {
  let time = 0
  const { link, last } = await online({ now: () => time })
  time += 8 * 3_600_000
  link.wake()
  assert.equal(last().closed, 4000)
})

test("coming online while waiting tries within two seconds", async () => {
  const { link, clock, sockets, last } = await online({ random: () => 1 })
  for (let failures = 0; failures < 6; failures += 1) {
    last().end(1006)
    await clock.pass(31_000)
  }
  last().end(1006)
  const before = sockets.length
  link.wake()
  await clock.pass(2_001)
  assert.equal(sockets.length, before + 1)
})

test("without a network nothing is tried until it is back", async () => {
  let network = true
  const { link, clock, sockets, last, states } = await online({ online: () => network })
  network = false
  last().end(1006)
  await clock.pass(60_000)
  assert.equal(states.at(-1), "offline")
  assert.equal(sockets.length, 1)
  network = true
  link.wake()
  await clock.pass(2_000)
  assert.equal(sockets.length, 2)
})

for (const [code, reason] of [[4440, "login"], [4406, "version"], [4403, "denied"], [1000, "ended"]]) {
  test(`close ${code} stops: ${reason}`, async () => {
    const { clock, sockets, last, states } = await online()
    last().end(code)
    await clock.pass(120_000)
    assert.equal(states.at(-1), reason)
    assert.equal(sockets.length, 1)
  })
}

test("close 4409 stops when a newer socket took the place, not for a slow reader", async () => {
  const replaced = await online()
  replaced.last().end(4409, "replaced")
  assert.equal(replaced.states.at(-1), "replaced")
  const slow = await online()
  slow.last().end(4409, "slow_consumer")
  assert.equal(slow.states.at(-1), "reconnecting")
})

test("close 4401 takes one new ticket, the second time it asks to sign in", async () => {
  const { clock, last, states } = await online()
  last().end(4401)
  await clock.pass(1_000)
  last().end(4401)
  assert.equal(states.at(-1), "login")
})

test("a refused ticket leads to the login page, a silent server to another try", async () => {
  let login = false
  const { link, clock, sockets, states } = line({ ticket: async () => { throw new NoTicket(login) } })
  await link.start()
  assert.equal(states.at(-1), "reconnecting")
  login = true
  await clock.pass(1_000)
  assert.equal(states.at(-1), "login")
  assert.equal(sockets.length, 0)
})

for (const [code, least] of [[4429, 60_000], [4400, 60_000], [1011, 5_000]]) {
  test(`close ${code} waits ${least} ms at least, also for an impatient person`, async () => {
    const { link, clock, sockets, last } = await online()
    last().end(code)
    link.retryNow()
    await clock.pass(least - 1)
    assert.equal(sockets.length, 1)
    await clock.pass(2)
    assert.equal(sockets.length, 2)
  })
}

test("close 1013 waits as long as the server asks", async () => {
  const { clock, sockets, last } = await online()
  last().hear({ t: "error", code: "busy", after_ms: 9_000 })
  last().end(1013)
  await clock.pass(8_999)
  assert.equal(sockets.length, 1)
  await clock.pass(3_000)
  assert.equal(sockets.length, 2)
})

test("a drain spreads the return", async () => {
  const { clock, sockets, last } = await online()
  last().hear({ t: "drain", spread_ms: 15_000 })
  last().end(1012)
  await clock.pass(7_400)
  assert.equal(sockets.length, 1)
  await clock.pass(200)
  assert.equal(sockets.length, 2)
})

test("the delay grows to 30 seconds and no further", () => {
  assert.deepEqual([0, 1, 3, 6, 20].map((failures) => backoff(failures, () => 1)),
    [500, 1_000, 4_000, 30_000, 30_000])
})
