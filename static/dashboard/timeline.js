// Turns rows and unsent messages into what a thread shows: days, events and grouped bubbles.
import { midnight, ms } from "./words.js";

const GROUP_MS = 120_000

// Lines: {type:"day"|"event"|"rating"|"message", key, ...}.
export function timeline(rows, pending = [], me = "") {
  const changes = changesOf(rows)
  const shown = new Set(rows.map((row) => row.cid).filter(Boolean))
  const unsent = pending.filter(({ entry }) => !shown.has(entry.cid))
  const lines = []
  for (const line of [...rows.filter(isShown).map((row) => rowLine(row, changes, me)),
    ...unsent.map((one) => pendingLine(one, me))]) {
    addDay(lines, line)
    lines.push(line)
  }
  return grouped(lines)
}

const isShown = (row) => row.kind !== "edit" && row.kind !== "delete"

// The last edit or deletion of a row wins; both refer to it by its number.
function changesOf(rows) {
  const changes = new Map()
  for (const row of rows) if (!isShown(row)) changes.set(row.reply_to, row)
  return changes
}

function rowLine(row, changes, me) {
  const change = changes.get(row.seq)
  return {
    type: row.kind === "event" || row.kind === "rating" ? row.kind : "message",
    key: row.cid || `seq-${row.seq}`,
    row,
    ts: ms(row.ts),
    side: sideOf(row),
    mine: row.from?.id === me,
    author: row.note ? `note:${row.from?.id}` : `${row.from?.k}:${row.from?.id}`,
    body: change?.kind === "edit" ? change.body : row.body,
    edited: change?.kind === "edit",
    deleted: change?.kind === "delete",
    state: "stored",
  }
}

const SIDES = { visitor: "visitor", bot: "bot" }
const sideOf = (row) => (row.note ? "note" : SIDES[row.from?.k] ?? "agent")

function pendingLine({ entry, ts, seq }, me) {
  const { cid, body, note, at, state, code } = entry
  return {
    type: "message",
    key: cid,
    cid,
    mine: true,
    row: { seq, note, from: { k: "agent" } },
    ts: ts ?? at,
    side: note ? "note" : "agent",
    author: `${note ? "note" : "agent"}:${me}`,
    body,
    state: ts ? "stored" : state,
    code,
  }
}

function addDay(lines, line) {
  const date = midnight(line.ts)
  const before = lines.findLast((one) => one.ts !== undefined)
  if (!before || midnight(before.ts) !== date) {
    lines.push({ type: "day", key: `day-${date}`, ts: line.ts })
  }
}

// Messages of one author within two minutes are one group: one name above, one time below.
function grouped(lines) {
  lines.forEach((line, at) => {
    line.follows = joins(lines[at - 1], line)
    line.last = !joins(line, lines[at + 1])
  })
  return lines
}

function joins(before, line) {
  return before?.type === "message" && line?.type === "message"
    && before.author === line.author && line.ts - before.ts < GROUP_MS
}
