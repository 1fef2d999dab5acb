// The rows of the conversation, each once and in the order of their numbers.
// Uses send(frame) and drop().

// `last` is null until the first row: a fresh page takes the newest rows wherever they begin.
let conv, epoch, last, oldest
// Up to which row: known when the page loaded, read here, reported as received, read by the agent.
let knownTo, readTo, gotTo, seenTo
let rows = []
let held = []

const firstOf = (row) => row.seq || row.from
const lastOf = (row) => row.seq || row.to
const inOrder = (a, b) => firstOf(a) - firstOf(b)

// Another conversation than the one we hold, or one whose past changed: it is taken anew.
function follow(next) {
  alarm("answer")
  rows = rows.filter((row) => row.conv !== next)
  held = []
  conv = next
  epoch = "e1"
  last = null
  oldest = knownTo = readTo = gotTo = seenTo = 0
}

// A `msg`, or a `hole` of rows that are not for us: it moves the cursor and is drawn as nothing.
function take(row) {
  if (row.conv !== conv) follow(row.conv)
  if (last === null) last = firstOf(row) - 1
  if (held.length < 100 || firstOf(row) <= last + 1) held.push(row)
  held.sort(inOrder)
  while (held.length && firstOf(held[0]) <= last + 1) accept(held.shift())
  if (held.length) catchUp(firstOf(held[0]))
}

function accept(row) {
  if (lastOf(row) <= last) return
  last = lastOf(row)
  oldest = oldest || firstOf(row)
  rows.push(row)
}

// The server has rows up to `head`: ask once if ours end earlier. Who has none wants the newest.
function catchUp(head) {
  if (alarms.answer || !(head > last)) return
  alarm("answer", 5000, drop)
  send(last === null ? { t: "history", conv, before: head + 1 } : { t: "sync", conv, have: last })
}

// A page of history: rows before the oldest one.
function addOlder(page) {
  const older = page.rows.filter((row) => !oldest || firstOf(row) < oldest).sort(inOrder)
  oldest = older.length ? firstOf(older[0]) : 1
  if (last === null && older.length) last = lastOf(older[older.length - 1])
  rows = older.concat(rows)
}
