import assert from "node:assert/strict"
import { test } from "node:test"
import { browser, parts, settled } from "./widget_parts.js"

const WANTED = `write, confirm, refuse, retry, discard, ground, resend, load, isFull, pauseLeft, pump,
  items: () => items, itemOf, open: () => pump(canSend = true), setOwn: (yes) => pump(own = yes)`

// One tab: what it sent, what lies in its store, what it told other tabs.
function tab({ stored = [], own = true, online = true, rows = [] } = {}) {
  const seen = { sent: [], drops: 0, notes: [], claims: 0, rows, store: new Map(stored.map((item) => [item.cid, item])) }
  const inStore = async (method, argument) => {
    if (method === "put") seen.store.set(argument.cid, { ...argument })
    if (method === "delete") seen.store.delete(argument)
    return method === "getAll" ? [...seen.store.values()].map((item) => ({ ...item })) : undefined
  }
  const given = {
    ...browser(), inStore, rows, conv: "cv_00000001", touched: true,
    send: (frame) => seen.sent.push(frame), drop: () => (seen.drops += 1), changed() {},
    tellTabs: (note) => seen.notes.push(note), claim: () => (seen.claims += 1),
  }
  const it = Object.assign(parts(["page", "outbox"], given, WANTED), seen, {
    bodies: () => seen.sent.map((frame) => frame.body || frame.t),
    cids: () => seen.sent.map((frame) => frame.cid),
    seen,
  })
  it.setOwn(own)
  if (online) it.open()
  return it
}

const item = (cid, fields) => ({ site: "st_1", visitor: "vs_1", cid, body: cid, at: Date.now(), ...fields })

async function write(it, ...bodies) {
  for (const body of bodies) await it.write(body)
}

test("a message lies in the store before it is sent", async () => {
  const it = tab()
  const writing = it.write("Hello")
  assert.deepEqual(it.bodies(), [])
  await writing
  assert.deepEqual(it.bodies(), ["Hello"])
  assert.equal(it.seen.store.size, 1)
})

test("what was written offline goes out in order when the line is there", async () => {
  const it = tab({ online: false })
  await write(it, "one", "two", "three")
  assert.deepEqual(it.bodies(), [])
  it.open()
  assert.deepEqual(it.bodies(), ["one", "two", "three"])
})

test("a row that comes after its confirmation takes the place of the unsent message", async () => {
  const it = tab()
  await write(it, "Hello")
  const row = { cid: it.cids()[0], seq: 1, ts: 1 }
  it.confirm(row)
  assert.equal(it.items().length, 1)
  it.seen.rows.push(row)
  it.confirm(row)
  assert.deepEqual(it.items(), [])
})

test("a message written while the store is being read is not forgotten", async () => {
  for (const turns of [0, 1, 2, 3]) {
    const it = tab()
    const loading = it.load("vs_1")
    for (let turn = 0; turn < turns; turn++) await null
    await Promise.all([loading, it.write("Hello")])
    assert.deepEqual(it.bodies(), ["Hello"])
    assert.equal(it.items().length, 1)
  }
})

test("never more than sixteen are on their way", async () => {
  const it = tab()
  await write(it, ...Array.from({ length: 20 }, (_, index) => `m${index}`))
  assert.equal(it.sent.length, 16)
  it.confirm({ cid: it.cids()[0], seq: 1, ts: 1 })
  assert.equal(it.bodies()[16], "m16")
})

test("a stored message leaves the store and stays on screen until its row comes", async () => {
  const it = tab()
  await it.write("Hello")
  const [cid] = it.cids()
  it.confirm({ cid, seq: 4, ts: 9 })
  assert.equal(it.seen.store.size, 0)
  assert.equal(it.items()[0].seq, 4)
  it.rows.push({ cid, seq: 4 })
  it.pump()
  await it.load("")
  assert.deepEqual(it.items(), [])
})

test("a row that overtakes its ack is shown once", async () => {
  const it = tab()
  await it.write("Hello")
  const [cid] = it.cids()
  it.rows.push({ cid, seq: 4 })
  it.confirm({ cid, seq: 4, ts: 9 })
  it.confirm({ cid, seq: 4, ts: 9 })
  assert.deepEqual(it.items(), [])
})

test("after a cut everything unconfirmed goes out again under its own name", async () => {
  const it = tab()
  await write(it, "one", "two")
  const first = it.cids()
  it.ground(1006)
  it.open()
  assert.deepEqual(it.cids(), [...first, ...first])
})

test("no answer for ten seconds gives the line up", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] })
  const it = tab()
  await it.write("Hello")
  context.mock.timers.tick(9_999)
  assert.equal(it.seen.drops, 0)
  context.mock.timers.tick(1)
  assert.equal(it.seen.drops, 1)
})

test("a refusal for a while holds back what follows, then goes first", async (context) => {
  const it = tab()
  await write(it, "one", "two", "three")
  context.mock.timers.enable({ apis: ["setTimeout"] })
  const [one, two, three] = it.cids()
  it.refuse({ cid: one, code: "rate", retry: true, after_ms: 3_000 })
  it.refuse({ cid: two, code: "blocked", retry: true, after_ms: 0 })
  it.refuse({ cid: three, code: "blocked", retry: true, after_ms: 0 })
  assert.equal(it.sent.length, 3)
  assert.ok(it.pauseLeft() >= 3)
  context.mock.timers.tick(3_000)
  assert.deepEqual(it.bodies().slice(3), ["one", "two", "three"])
  assert.equal(it.seen.drops, 0)
})

test("blocked by nothing we know of starts the line anew", async () => {
  const it = tab()
  await it.write("Hello")
  it.refuse({ cid: it.cids()[0], code: "blocked", retry: true })
  assert.equal(it.seen.drops, 1)
})

test("a refused message stays, lets others pass, and is sent again under a new name", async () => {
  const it = tab()
  await write(it, "bad", "good")
  const [cid] = it.cids()
  it.refuse({ cid, code: "forbidden", retry: false, text: "No." })
  assert.equal(it.itemOf(cid).failed, "forbidden")
  assert.equal(it.seen.store.get(cid).why, "No.")
  it.retry(it.itemOf(cid))
  await settled()
  assert.equal(it.bodies()[2], "bad")
  assert.notEqual(it.cids()[2], cid)
})

test("giving up what the server waits for is told to it", async () => {
  const it = tab()
  await write(it, "one", "two")
  const [cid] = it.cids()
  it.refuse({ cid, code: "rate", retry: true, after_ms: 60_000 })
  it.discard(it.itemOf(cid))
  assert.deepEqual(it.sent[2], { t: "skip", conv: "cv_00000001", cid })
  assert.equal(it.seen.store.has(cid), false)
  it.ground(1006) // ends the pause, and with it this test's timer
})

test("after a day the writer is asked, and the old name is kept", async () => {
  const it = tab({ stored: [item("yesterday", { at: Date.now() - 90_000_000 })] })
  await it.load("vs_1")
  assert.deepEqual(it.bodies(), [])
  assert.equal(it.items()[0].failed, "old")
  it.retry(it.items()[0])
  await settled()
  assert.deepEqual(it.cids(), ["yesterday"])
})

test("a reload goes on where the page before stopped", async () => {
  const it = tab({ stored: [item("b", { at: 2e12 }), item("a", { at: 1.9e12 })] })
  await it.load("vs_1")
  assert.deepEqual(it.bodies(), ["a", "b"])
})

test("another visitor's and another site's messages stay where they are", async () => {
  const it = tab({ stored: [item("a", { visitor: "vs_2" }), item("b", { site: "st_2" })] })
  await it.load("vs_1")
  assert.deepEqual(it.items(), [])
  assert.equal(it.seen.store.size, 2)
})

test("what was written before the visitor had a name moves to that name", async () => {
  const it = tab({ online: false })
  await it.write("early")
  await it.load("vs_1")
  assert.deepEqual([...it.seen.store.values()].map((kept) => kept.visitor), ["vs_1"])
  it.open()
  assert.deepEqual(it.bodies(), ["early"])
})

test("a tab that does not own the outbox hands its message over, and takes it back from a sleeper", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] })
  const it = tab({ own: false })
  await it.write("Hello")
  assert.deepEqual(it.sent, [])
  assert.deepEqual(it.seen.notes, [{}])
  context.mock.timers.tick(3_000)
  assert.equal(it.seen.claims, 1)
  it.setOwn(true)
  assert.deepEqual(it.bodies(), ["Hello"])
})

test("a frame too big for the server fails the oldest on its way", async () => {
  const it = tab()
  await write(it, "huge", "small")
  it.ground(1009)
  assert.deepEqual(it.items().map((each) => each.failed), ["too_long", undefined])
})

test("after a reset of the server, what it confirmed of late goes out again", async () => {
  const it = tab()
  await it.write("Hello")
  const [cid] = it.cids()
  it.rows.push({ cid, seq: 1 })
  it.confirm({ cid, seq: 1, ts: 1 })
  it.rows.length = 0
  it.ground(1006)
  it.resend()
  it.open()
  assert.deepEqual(it.cids(), [cid, cid])
})

test("two hundred messages fill the outbox", async () => {
  const it = tab({ online: false })
  await write(it, ...Array.from({ length: 199 }, () => "x"))
  assert.equal(it.isFull(), false)
  await it.write("x")
  assert.equal(it.isFull(), true)
})
