import assert from "node:assert/strict"
import { test } from "node:test"
import { Order } from "../../static/dashboard/order.js"
import { Rows } from "../../static/dashboard/rows.js"
import { Clock } from "./dashboard_clock.js"

const ME = "ag_1"
const ANA = { id: ME, name: "Ana" }
const BEN = { id: "ag_2", name: "Ben" }

function row(conv, news = {}) {
  return { conv, site: "st_1", status: "assigned", version: 1, last: 1, unread: 0,
    visitor: { id: `vs_${conv}`, name: `Visitor ${conv}`, online: true, verified: false },
    agent: ANA, team: null, preview: { k: "visitor", text: "Hello", kind: "text" },
    ts: 1000, queued_at: null, opened_at: 900, episode: 1, lang: "en", ...news }
}

function inbox(...rows) {
  const made = new Rows()
  made.page({ rev: 7, rows, counts: countsOf(rows), more: false })
  return made
}

const countsOf = (rows) => ({
  mine: rows.filter((one) => one.agent?.id === ME).length,
  queue: rows.filter((one) => one.status === "waiting").length,
  all: rows.length,
})

const waiting = (conv, queued_at) => row(conv, { status: "waiting", agent: null, queued_at })
const names = (list) => list.map((one) => one.conv)

test("the queue shows the longest wait first", () => {
  const { byConv } = inbox(waiting("b", 300), waiting("a", 100), row("c"), waiting("d", 200))
  const list = new Order().arrange(byConv, { tab: "queue", me: ME, query: "" })
  assert.deepEqual(names(list), ["a", "d", "b"])
})

test("the other tabs show the newest first, mine only mine", () => {
  const { byConv } = inbox(row("a", { ts: 1 }), row("b", { ts: 3 }), row("c", { ts: 2, agent: BEN }))
  const order = new Order()
  assert.deepEqual(names(order.arrange(byConv, { tab: "all", me: ME, query: "" })), ["b", "c", "a"])
  assert.deepEqual(names(order.arrange(byConv, { tab: "mine", me: ME, query: "" })), ["b", "a"])
})

test("rows do not move for 1.2 s after the pointer moved, but what they say is new", async () => {
  const clock = new Clock()
  const order = new Order(clock.now)
  const rows = inbox(row("a", { ts: 2 }), row("b", { ts: 1 }))
  const view = { tab: "mine", me: ME, query: "" }
  assert.deepEqual(names(order.arrange(rows.byConv, view)), ["a", "b"])
  order.hold()
  rows.change({ t: "inbox_delta", rev: 8, ...row("b", { ts: 9, version: 2, unread: 3 }) })
  const held = order.arrange(rows.byConv, view)
  assert.deepEqual(names(held), ["a", "b"])
  assert.equal(held[1].unread, 3)
  await clock.pass(1_201)
  assert.deepEqual(names(order.arrange(rows.byConv, view)), ["b", "a"])
})

test("another tab or other words are shown at once, also under a moving pointer", () => {
  const order = new Order(() => 0)
  const { byConv } = inbox(row("a"), waiting("b", 1))
  order.arrange(byConv, { tab: "all", me: ME, query: "" })
  order.hold()
  assert.deepEqual(names(order.arrange(byConv, { tab: "queue", me: ME, query: "" })), ["b"])
})

test("search looks at names and last words, whatever their case", () => {
  const { byConv } = inbox(row("a", { preview: { k: "visitor", text: "Where is my INVOICE?" } }), row("b"))
  const order = new Order()
  assert.deepEqual(names(order.arrange(byConv, { tab: "all", me: ME, query: "invoice" })), ["a"])
  assert.deepEqual(names(order.arrange(byConv, { tab: "all", me: ME, query: "visitor B" })), ["b"])
})

test("a change without the one before it asks for the list again", () => {
  const rows = inbox(row("a"))
  assert.notEqual(rows.change({ t: "inbox_delta", rev: 8, ...row("a", { version: 2 }) }), "hole")
  assert.equal(rows.change({ t: "inbox_delta", rev: 10, ...row("a", { version: 4 }) }), "hole")
})

test("counts follow claims, closings and newcomers", () => {
  const rows = inbox(row("a"), waiting("b", 1))
  rows.change({ t: "inbox_delta", rev: 8, ...row("b", { version: 2 }) })
  assert.deepEqual(rows.counts(ME), { mine: 2, queue: 0, all: 2 })
  rows.change({ t: "inbox_delta", rev: 9, ...row("a", { status: "closed", agent: null, version: 2 }) })
  rows.change({ t: "inbox_delta", rev: 10, ...waiting("c", 5) })
  assert.deepEqual(rows.counts(ME), { mine: 1, queue: 1, all: 2 })
})

test("the old list stays in use until a snapshot in pages is whole", () => {
  const rows = inbox(row("a"))
  rows.expect()
  const counts = { mine: 2, queue: 0, all: 2 }
  assert.equal(rows.page({ rev: 1, rows: [row("b")], counts, more: true }), false)
  assert.deepEqual([...rows.byConv.keys()], ["a"])
  assert.equal(rows.page({ rev: 1, rows: [row("c")], counts, more: false }), true)
  assert.deepEqual([...rows.byConv.keys()], ["b", "c"])
})

test("counts of a list that was cut at its limit move with what is seen", () => {
  const rows = new Rows()
  rows.page({ rev: 1, rows: [row("a")], counts: { mine: 40, queue: 5, all: 3000 }, more: false })
  rows.change({ t: "inbox_delta", rev: 2, ...waiting("b", 5) })
  assert.deepEqual(rows.counts(ME), { mine: 40, queue: 6, all: 3001 })
})
