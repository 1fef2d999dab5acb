// Messages the visitor has written and the server has not confirmed yet, in the order of writing.
// Uses inStore(), send(frame), drop(), changed(), tellTabs(note), claim(), and knows rows, touched,
// conv and site.

let items = []
let writer = "" // the visitor who wrote them
let own, canSend, refused
let pauseEnd = 0
let acked = []
const saving = new Set()
const flying = new Set()

const itemOf = (cid) => items.find((item) => item.cid === cid)
const isWaiting = (item) => !item.seq && items.includes(item)
const isFull = () => items.length > 199 || JSON.stringify(items).length > 1048576
const pauseLeft = () => Math.ceil((pauseEnd - Date.now()) / 1000)
const isRecent = (item) => item.ackedAt > Date.now() - 60000

// Sends what may be sent: in order, and never more than 16 at once. One tab sends for all.
function pump() {
  items.forEach((item) => {
    if (!own || !canSend || alarms.pause || flying.size > 15) return
    if (!item.failed && !item.seq && !flying.has(item.cid) && !saving.has(item.cid)) launch(item)
  })
}

function launch(item) {
  const { cid, body, at } = item
  // After a day the writer is asked whether it still matters.
  if (Date.now() - at > 86400000) return fail(item, "old")
  flying.add(cid)
  alarm(cid, 10000, drop)
  send({ t: "send", conv, cid, kind: "text", body })
}

function land(cid) {
  flying.delete(cid)
  alarm(cid)
}

// What is stored and has its row on screen is done with; in whatever order the two came.
function moved(note) {
  if (note) tellTabs(note)
  items = items.filter((item) => !item.seq || !rows.some((row) => row.cid === item.cid))
  pump()
  changed()
}

// Durable before the first try. An owner asleep in another tab loses the outbox to this one.
async function write(body, cid = newId()) {
  const newest = items[items.length - 1] || { at: 0 }
  const item = { site, visitor: writer, cid, body, at: Math.max(Date.now(), newest.at + 1) }
  items.push(item)
  saving.add(cid)
  changed()
  await inStore("put", item)
  saving.delete(cid)
  moved({})
  setTimeout(() => !own && isWaiting(item) && claim(), 3000)
}

// Stored: one tick. The item stays on screen until its row arrives, which says the same.
function confirm({ cid, seq, ts }) {
  const item = itemOf(cid)
  land(cid)
  if (item && !item.seq) {
    inStore("delete", cid)
    acked.push(Object.assign(item, { seq, ts, failed: "", ackedAt: Date.now() }))
  }
  moved()
}

function refuse({ cid, code, text, retry, after_ms }) {
  const item = itemOf(cid)
  land(cid)
  if (!item) return
  if (!retry) fail(item, code, text)
  else if (code !== "blocked") hold(cid, after_ms || 500)
  // Blocked by a message that we do not hold back: the server's memory and ours differ.
  else if (!alarms.pause) drop()
}

function fail(item, failed, why) {
  inStore("put", Object.assign(item, { failed, why }))
  moved({})
}

// A refusal for a while holds everything behind it back, so that nothing overtakes.
function hold(cid, ms) {
  refused = cid
  pauseEnd = Date.now() + ms
  alarm("pause", ms, moved)
  changed()
}

// A refused message goes out again under a new name; one that merely grew old keeps its own.
function retry(item) {
  discard(item)
  write(item.body, item.failed === "old" ? item.cid : undefined)
}

function discard(item) {
  land(item.cid)
  items = items.filter((other) => other !== item)
  if (refused === item.cid) send({ t: "skip", conv, cid: item.cid })
  inStore("delete", item.cid)
  moved({})
}

// The socket is gone. A frame that was too big for the server (1009) was the oldest on its way.
function ground(code) {
  const item = items.find((item) => flying.has(item.cid))
  canSend = refused = pauseEnd = 0
  alarm("pause")
  flying.forEach(land)
  if (code === 1009 && item) fail(item, "too_long")
}

// The server lost its newest rows: what it confirmed in the last minute goes out once more.
function resend() {
  const lost = acked.filter(isRecent)
  lost.forEach((item) => (item.seq = 0))
  items = Array.from(new Set(lost.concat(items)))
  acked = []
}

// Reads what an earlier page or another tab left.
// What was written before the visitor had a name moves to that name.
async function load(visitor) {
  const moving = visitor === writer ? [] : items.filter(isWaiting)
  writer = visitor
  if (!touched) return
  await Promise.all(moving.map((item) => inStore("put", Object.assign(item, { visitor }))))
  const stored = await inStore("getAll")
  // What only this page knows of an item stays with it.
  const known = (item) => Object.assign(itemOf(item.cid) || {}, item)
  const mine = (item) => item.site === site && item.visitor === visitor
  // What is being written is not in there yet.
  const kept = items.filter((item) => item.seq || saving.has(item.cid))
  if (stored) items = Array.from(new Set(kept.concat(stored.filter(mine).map(known))))
  items.sort((a, b) => a.at - b.at)
  moved()
}
