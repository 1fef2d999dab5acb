import assert from "node:assert/strict"
import { test } from "node:test"
import { Chat } from "../../static/dashboard/chat.js"
import { Cursor } from "../../static/dashboard/cursor.js"

const row = (seq) => ({ t: "msg", seq, from: { k: "visitor", id: "vs_1" }, body: `row ${seq}` })
const hole = (from, to) => ({ t: "hole", from, to })
const seqs = (rows) => rows.map((one) => one.seq ?? `${one.from}-${one.to}`)

test("the first row tells where this copy begins", () => {
  const cursor = new Cursor()
  assert.deepEqual(seqs(cursor.take(row(111))), [111])
  assert.equal(cursor.last, 111)
})

test("a row that came before is ignored", () => {
  const cursor = new Cursor()
  cursor.take(row(1))
  assert.deepEqual(cursor.take(row(1)), [])
})

test("rows beyond a gap wait, and come in order when it is filled", () => {
  const cursor = new Cursor()
  cursor.take(row(1))
  assert.deepEqual(cursor.take(row(4)), [])
  assert.deepEqual(cursor.take(row(3)), [])
  assert.equal(cursor.gap, true)
  assert.deepEqual(seqs(cursor.take(row(2))), [2, 3, 4])
  assert.equal(cursor.gap, false)
})

test("a hole moves the cursor on", () => {
  const cursor = new Cursor()
  cursor.take(row(1))
  assert.deepEqual(seqs(cursor.take(hole(2, 4))), ["2-4"])
  assert.deepEqual(seqs(cursor.take(row(5))), [5])
})

test("rows doubled and out of order are shown once and in order", () => {
  const cursor = new Cursor()
  const shown = []
  for (const seq of [1, 3, 3, 2, 2, 5, 1, 4, 6, 5]) shown.push(...seqs(cursor.take(row(seq))))
  assert.deepEqual(shown, [1, 2, 3, 4, 5, 6])
})

test("a chat joins older pages without doubling rows and knows its beginning", () => {
  const chat = new Chat("cv_12345678")
  for (const seq of [4, 5]) chat.take(row(seq))
  assert.equal(chat.prepend({ rows: [row(2), hole(3, 3), row(4)] }), true)
  assert.deepEqual(seqs(chat.rows), [2, 4, 5])
  assert.equal(chat.prepend({ rows: [row(1)] }), false)
  assert.equal(chat.beginning, true)
})

test("receipts never go back", () => {
  const chat = new Chat("cv_12345678")
  chat.receipt({ who: "visitor", got: 9, read: 8 })
  chat.receipt({ who: "visitor", got: 7, read: 7 })
  assert.deepEqual(chat.receipts.visitor, { got: 9, read: 8 })
})
