import assert from "node:assert/strict"
import { test } from "node:test"
import { browser, parts } from "./widget_parts.js"

const CONV = "cv_00000001"
const row = (seq, conv = CONV) => ({ t: "msg", conv, seq, body: `row ${seq}` })
const hole = (from, to) => ({ t: "hole", conv: CONV, from, to })

function thread() {
  const sent = []
  const drops = []
  const wanted = `take, catchUp, addOlder, follow, answered: () => alarm("answer"),
    seqs: () => rows.map((row) => row.seq).filter(Boolean), last: () => last, oldest: () => oldest, held: () => held.length`
  const given = { ...browser(), send: (frame) => sent.push(frame), drop: () => drops.push(1) }
  return { ...parts(["page", "thread"], given, wanted), sent, drops }
}

const takeAll = (it, ...rows) => rows.forEach(it.take)

test("rows are kept once and in order, whatever order they come in", () => {
  const it = thread()
  takeAll(it, row(1), row(3), row(2), row(2), row(5), row(4), row(3))
  assert.deepEqual(it.seqs(), [1, 2, 3, 4, 5])
})

test("a fresh page takes the newest rows wherever they begin", () => {
  const it = thread()
  takeAll(it, row(151), row(152))
  assert.deepEqual(it.seqs(), [151, 152])
  assert.equal(it.oldest(), 151)
})

test("a gap is asked for once, with what we have", () => {
  const it = thread()
  takeAll(it, row(1), row(4), row(6))
  assert.deepEqual(it.sent, [{ t: "sync", conv: CONV, have: 1 }])
  it.answered()
})

test("no answer to a gap gives the line up", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] })
  const it = thread()
  takeAll(it, row(1), row(3))
  context.mock.timers.tick(5_000)
  assert.equal(it.drops.length, 1)
})

test("holes move the cursor and show nothing", () => {
  const it = thread()
  takeAll(it, row(1), hole(2, 4), row(5))
  assert.deepEqual(it.seqs(), [1, 5])
  assert.equal(it.last(), 5)
})

test("a hole that overlaps what we have is no setback", () => {
  const it = thread()
  takeAll(it, row(1), row(2), hole(2, 3), row(4))
  assert.deepEqual(it.seqs(), [1, 2, 4])
})

test("at most 100 rows wait behind a gap, and the gap still closes", () => {
  const it = thread()
  it.take(row(1))
  for (let seq = 3; seq < 300; seq++) it.take(row(seq))
  assert.equal(it.held(), 100)
  it.take(row(2))
  assert.equal(it.last(), 102)
  it.answered()
})

test("who is behind the heads asks; who has nothing asks for the newest page", () => {
  const it = thread()
  it.take(row(1))
  it.catchUp(1)
  assert.deepEqual(it.sent, [])
  it.catchUp(9)
  it.answered()
  it.follow(CONV)
  it.catchUp(80)
  it.answered()
  assert.deepEqual(it.sent, [
    { t: "sync", conv: CONV, have: 1 },
    { t: "history", conv: CONV, before: 81 },
  ])
})

test("a page of history goes in front, without doubles", () => {
  const it = thread()
  takeAll(it, row(51), row(52))
  it.addOlder({ rows: [row(50), row(49), row(51), { t: "hole", conv: CONV, from: 1, to: 48 }] })
  assert.deepEqual(it.seqs(), [49, 50, 51, 52])
  assert.equal(it.oldest(), 1)
})

test("an empty page ends the history", () => {
  const it = thread()
  it.take(row(9))
  it.addOlder({ rows: [] })
  assert.equal(it.oldest(), 1)
})

test("a conversation taken anew keeps the rows of the one before", () => {
  const it = thread()
  takeAll(it, row(1), row(2), row(1, "cv_00000002"))
  assert.deepEqual(it.seqs(), [1, 2, 1])
  it.follow(CONV)
  assert.deepEqual(it.seqs(), [1])
})
