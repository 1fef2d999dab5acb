import assert from "node:assert/strict"
import { test } from "node:test"
import { browser, parts } from "./widget_parts.js"

const words = {
  agent: "Support", removed: "Deleted", edited: "edited", bot: "Assistant",
  events: { assigned: "%s joined the chat" },
}
const NOON = new Date(2026, 4, 4, 12).getTime()
const stub = { addEventListener() {} }
const page = browser({ words })
const given = {
  document: { ...page.document, getElementById: (id) => (id === "config" ? page.document.getElementById() : stub) },
  localStorage: page.localStorage, window: {}, seenTo: 2, loadOlder() {}, look() {}, tryAgain() {}, discard() {},
}
const { linesOf } = parts(["page", "log"], given, "linesOf")

const row = (seq, fields) => ({
  conv: "cv_1", seq, cid: `c${seq}`, kind: "text", body: `row ${seq}`, ts: NOON + seq * 1_000,
  from: { k: "agent", id: "ag_1", name: "Ana" }, ...fields,
})
const own = { from: { k: "visitor", id: "vs_1" } }

test("one writer's messages within two minutes are one group", () => {
  const lines = linesOf([row(1), row(2), row(3, own), row(4, { ts: NOON + 900_000 })], [])
  assert.deepEqual(lines.map((line) => line.follows), ["", "follows", "", ""])
  assert.deepEqual(lines.map((line) => line.followed), ["followed", "", "", undefined])
})

test("own messages are sent, and read as far as the agent has read", () => {
  const lines = linesOf([row(2, own), row(3, own)], [])
  assert.deepEqual(lines.map((line) => line.state), ["read", "sent"])
})

test("unsent ones stand last and say how it is with them", () => {
  const at = NOON + 60_000
  const items = [{ cid: "x", body: "x", at }, { cid: "y", body: "y", at, failed: "rate" }, { cid: "z", body: "z", at, seq: 9, ts: at }]
  assert.deepEqual(linesOf([row(1)], items).map((line) => line.state), [undefined, "queued", "failed", "sent"])
})

test("a confirmed message keeps the key it had while it waited", () => {
  const [waiting] = linesOf([], [{ cid: "c1", body: "row 1", at: NOON }])
  const [stored] = linesOf([row(1, own)], [])
  assert.equal(stored.key, waiting.key)
})

test("each day is named once", () => {
  const lines = linesOf([row(1), row(2), row(3, { ts: NOON + 86_400_000 })], [])
  assert.deepEqual(lines.map((line) => line.day), [true, false, true])
})

test("events speak with the agent's name, unknown ones are silent", () => {
  const event = { kind: "event", from: { k: "system" } }
  const lines = linesOf([
    row(1, { ...event, body: "assigned", data: { agent: { name: "$& Ana" } } }),
    row(2, { ...event, body: "assigned" }),
    row(3, { ...event, body: "exploded" }),
  ], [])
  assert.deepEqual(lines.map((line) => line.body), ["$& Ana joined the chat", "Support joined the chat"])
})

test("edits and deletions change what an older row reads like", () => {
  const lines = linesOf([
    row(1), row(2),
    row(3, { kind: "edit", body: "better", reply_to: 1 }),
    row(4, { kind: "delete", body: "", reply_to: 2 }),
  ], [])
  assert.deepEqual(lines.map((line) => [line.body, line.note]), [
    ["better", "edited"], ["Deleted", undefined],
  ])
})

test("an unknown kind shows its text, and holes nothing", () => {
  const lines = linesOf([row(1, { kind: "hologram" }), { conv: "cv_1", from: 2, to: 5 }], [])
  assert.deepEqual(lines.map((line) => line.body), ["row 1"])
})
