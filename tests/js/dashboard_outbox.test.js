import assert from "node:assert/strict"
import { test } from "node:test"
import { Outbox } from "../../static/dashboard/outbox.js"
import { memoryShelf, storageShelf } from "../../static/dashboard/shelf.js"
import { Clock } from "./dashboard_clock.js"

const CONV = "cv_00000001"
const OTHER = "cv_00000002"

async function desk({ shelf = memoryShelf(), alive = new Set(), tab = "t1" } = {}) {
  const clock = new Clock()
  const sent = []
  const stalls = []
  let number = 0
  const outbox = new Outbox({ send: (frame) => sent.push(frame), changed() {}, tab,
    stalled: () => stalls.push(clock.now()), timers: clock, now: clock.now,
    id: () => `${tab}-cid-${(number += 1)}` })
  await outbox.load(shelf, alive)
  return { outbox, clock, sent, stalls, shelf, bodies: () => sent.map((frame) => frame.body ?? frame.t) }
}

const write = (outbox, ...bodies) =>
  bodies.reduce((before, body) => before.then(() => outbox.add({ conv: CONV, body })), Promise.resolve())

test("a message is on the shelf before it is sent", async () => {
  const { outbox, sent, shelf } = await desk()
  outbox.connected()
  const put = shelf.put
  shelf.put = async (entry) => { assert.equal(sent.length, 0); await put(entry) }
  await write(outbox, "Hello")
  assert.deepEqual(sent, [{ t: "send", conv: CONV, cid: "t1-cid-1", kind: "text", body: "Hello" }])
})

test("what was written offline goes out in order when the line is there", async () => {
  const { outbox, bodies } = await desk()
  await write(outbox, "one", "two", "three")
  assert.deepEqual(bodies(), [])
  outbox.connected()
  assert.deepEqual(bodies(), ["one", "two", "three"])
})

test("no more than the window is under way", async () => {
  const { outbox, sent } = await desk()
  outbox.connected(2)
  await write(outbox, "one", "two", "three")
  assert.equal(sent.length, 2)
  await outbox.ack({ cid: "t1-cid-1", seq: 1, ts: 5 })
  assert.equal(sent.length, 3)
})

test("after a break everything that was not acked goes out again under its name", async () => {
  const { outbox, sent, shelf } = await desk()
  outbox.connected()
  await write(outbox, "one", "two")
  await outbox.ack({ cid: "t1-cid-1", seq: 1, ts: 5 })
  outbox.disconnected()
  sent.length = 0
  outbox.connected()
  assert.deepEqual(sent.map((frame) => frame.cid), ["t1-cid-2"])
  assert.equal((await shelf.all()).length, 1)
})

test("a refusal for now holds back later messages of that conversation only", async () => {
  const { outbox, clock, sent, bodies } = await desk()
  outbox.connected(1)
  await write(outbox, "one", "two")
  await outbox.add({ conv: OTHER, body: "elsewhere" })
  await outbox.nack({ cid: "t1-cid-1", code: "rate", retry: true, after_ms: 500 })
  assert.deepEqual(bodies(), ["one", "elsewhere"])
  await outbox.ack({ cid: "t1-cid-3", seq: 1, ts: 5 })
  await clock.pass(600)
  assert.deepEqual(bodies(), ["one", "elsewhere", "one"])
  await outbox.ack({ cid: "t1-cid-1", seq: 1, ts: 5 })
  assert.equal(sent.at(-1).body, "two")
})

test("a refusal for good is shown, and a retry has a new name", async () => {
  const { outbox, sent } = await desk()
  outbox.connected()
  await write(outbox, "bad")
  await outbox.nack({ cid: "t1-cid-1", code: "forbidden", retry: false })
  assert.equal(outbox.entries[0].state, "failed")
  await outbox.retry("t1-cid-1")
  assert.equal(sent.at(-1).cid, "t1-cid-2")
  assert.equal(outbox.entries.length, 1)
})

test("deleting a message that waits for its retry lets later ones pass", async () => {
  const { outbox, bodies } = await desk()
  outbox.connected(1)
  await write(outbox, "one", "two")
  await outbox.nack({ cid: "t1-cid-1", code: "rate", retry: true, after_ms: 60_000 })
  await outbox.remove("t1-cid-1")
  assert.deepEqual(bodies(), ["one", "skip", "two"])
})

test("no answer in ten seconds means that the line is dead", async () => {
  const { outbox, clock, stalls } = await desk()
  outbox.connected()
  await write(outbox, "Hello")
  await clock.pass(9_999)
  assert.equal(stalls.length, 0)
  await clock.pass(2)
  assert.equal(stalls.length, 1)
})

test("a tab takes over what a closed tab left, and leaves a living one alone", async () => {
  const shelf = memoryShelf()
  const first = await desk({ shelf, tab: "t1" })
  await write(first.outbox, "left behind")
  const second = await desk({ shelf, tab: "t2" })
  const third = await desk({ shelf, tab: "t3", alive: new Set(["t2"]) })
  assert.deepEqual(second.outbox.entries.map((one) => one.body), ["left behind"])
  assert.equal(second.outbox.entries[0].cid, "t1-cid-1")
  assert.deepEqual(third.outbox.entries, [])
})

test("what is older than a day is not sent without asking", async () => {
  const shelf = memoryShelf()
  const { outbox, clock } = await desk({ shelf })
  await write(outbox, "yesterday")
  await clock.pass(25 * 3_600_000)
  await outbox.load(shelf, new Set())
  const { state, code } = outbox.entries.at(-1)
  assert.deepEqual({ state, code }, { state: "failed", code: "stale" })
})

test("after a reset the messages acked in the last minute are sent once more", async () => {
  const { outbox, clock, sent } = await desk()
  outbox.connected()
  await write(outbox, "old")
  await outbox.ack({ cid: "t1-cid-1", seq: 1, ts: 5 })
  await clock.pass(61_000)
  await write(outbox, "fresh")
  await outbox.ack({ cid: "t1-cid-2", seq: 2, ts: 5 })
  sent.length = 0
  await outbox.resend(CONV)
  assert.deepEqual(sent.map((frame) => frame.cid), ["t1-cid-2"])
})

test("a full disk does not stop the conversation, and is told", async (context) => {
  context.mock.method(console, "warn", () => {})
  const { outbox, sent, shelf } = await desk()
  outbox.connected()
  shelf.put = async () => { throw new Error("quota") }
  await write(outbox, "Hello")
  assert.equal(sent.length, 1)
  assert.equal(outbox.durable, false)
})

test("localStorage keeps entries of one agent apart from those of another", async () => {
  const storage = fakeStorage()
  const ana = storageShelf("ana", storage)
  await ana.put({ cid: "c1", body: "Hello" })
  assert.deepEqual(await storageShelf("ben", storage).all(), [])
  assert.deepEqual(await ana.all(), [{ cid: "c1", body: "Hello" }])
  await ana.remove("c1")
  assert.deepEqual(await ana.all(), [])
})

function fakeStorage() {
  const items = {}
  return Object.create({
    setItem(key, value) { this[key] = value },
    getItem(key) { return this[key] ?? null },
    removeItem(key) { delete this[key] },
  }, Object.getOwnPropertyDescriptors(items))
}
