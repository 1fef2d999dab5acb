// What the log shows, as plain data: one line for each message and event, with its day and its group.

const GROUP_MS = 120000

// Rows of the threads, oldest thread first, then what still waits in the outbox.
function linesOf(threads, items, words) {
  const rows = threads.map((thread) => thread.rows.map((row) => lineOfRow(thread, row, words)))
  const lines = [].concat(...rows, items.map(lineOfItem)).filter(Boolean)
  lines.forEach((line, index) => join(lines[index - 1], line))
  return lines
}

function lineOfRow(thread, row, words) {
  const { k, id, name } = row.from
  const own = k === "visitor"
  const line = { key: (own && row.cid) || row.conv + row.seq, own, by: k + id, ts: row.ts, body: row.body }
  line.name = own ? "" : name || words[k]
  line.state = own && (row.seq > thread.seen ? "sent" : "read")
  // An event without words for it is not for this reader.
  if (row.kind === "event") line.event = words.events[row.body]
  if (!row.body || (row.kind === "event" && !line.event)) return null
  if (row.kind === "event") line.body = fill(line.event, ((row.data || {}).agent || {}).name || words.agent)
  return change(line, thread.changes[row.seq], words)
}

// The log is never rewritten: a later row says what an earlier one reads like now.
function change(line, row, words) {
  if (!row) return line
  const edited = row.kind === "edit"
  return Object.assign(line, { edited, dim: !edited, body: edited ? row.body : words.removed })
}

function lineOfItem(item) {
  const state = item.failed ? "failed" : item.seq ? "sent" : "queued"
  return { key: item.cid, own: true, body: item.body, ts: item.ts || item.at, state, item }
}

// A new day gets its name; one writer's messages within two minutes are one group.
function join(before, line) {
  const same = before && dayOf(before.ts) === dayOf(line.ts)
  const hand = same && !before.event && !line.event && before.own === line.own && (line.own || before.by === line.by)
  line.day = !same
  line.follows = hand && line.ts - before.ts < GROUP_MS
  if (before) before.followed = line.follows && before.state === line.state
}

const dayOf = (ts) => new Date(ts).toDateString()
