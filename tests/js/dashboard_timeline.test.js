import assert from "node:assert/strict"
import { test } from "node:test"
import { timeline } from "../../static/dashboard/timeline.js"

const NOON = new Date(2026, 10, 23, 12).getTime()
const VISITOR = { k: "visitor", id: "vs_1", name: "Nora" }
const ANA = { k: "agent", id: "ag_1", name: "Ana" }

const row = (seq, news = {}) =>
  ({ seq, cid: `cid-${seq}`, from: VISITOR, kind: "text", body: `row ${seq}`, ts: NOON + seq, ...news })
const shown = (lines) => lines.filter((one) => one.type !== "day")

test("a new day begins with its date", () => {
  const lines = timeline([row(1), row(2, { ts: NOON + 24 * 3_600_000 })])
  assert.deepEqual(lines.map((one) => one.type), ["day", "message", "day", "message"])
})

test("messages of one author within two minutes are one group", () => {
  const lines = shown(timeline([row(1), row(2), row(3, { from: ANA }), row(4, { ts: NOON + 200_000 })]))
  assert.deepEqual(lines.map((one) => one.follows), [false, true, false, false])
  assert.deepEqual(lines.map((one) => one.last), [false, true, true, true])
})

test("an edit changes the words, a deletion takes them away; neither is a line", () => {
  const lines = shown(timeline([row(1), row(2),
    row(3, { kind: "edit", reply_to: 1, body: "better" }), row(4, { kind: "delete", reply_to: 2 })]))
  assert.equal(lines.length, 2)
  assert.deepEqual([lines[0].body, lines[0].edited], ["better", true])
  assert.equal(lines[1].deleted, true)
})

test("notes stand apart from replies", () => {
  const lines = shown(timeline([row(1, { from: ANA }), row(2, { from: ANA, note: true })]))
  assert.deepEqual(lines.map((one) => one.side), ["agent", "note"])
  assert.equal(lines[1].follows, false)
})

test("an unsent message stands last, and only once when its row has come", () => {
  const entry = { cid: "cid-9", conv: "cv", body: "on the way", at: NOON + 50, state: "queued" }
  const before = shown(timeline([row(1)], [{ entry }], "ag_1"))
  assert.deepEqual(before.map((one) => [one.key, one.state]), [["cid-1", "stored"], ["cid-9", "queued"]])
  const landed = row(9, { from: ANA, body: "on the way" })
  assert.equal(shown(timeline([row(1), landed], [{ entry }], "ag_1")).length, 2)
})

test("events and ratings are lines of their own", () => {
  const lines = shown(timeline([row(1, { kind: "event", body: "assigned", from: { k: "system" } }),
    row(2, { kind: "rating", data: { score: 5 } })]))
  assert.deepEqual(lines.map((one) => one.type), ["event", "rating"])
})
