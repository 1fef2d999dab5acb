// The rows of one conversation, each once and in the order of their numbers.

const firstOf = (row) => row.seq || row.from
const lastOf = (row) => row.seq || row.to
const byFirst = (a, b) => firstOf(a) - firstOf(b)

// `ask(have)` requests what is missing; `stuck()` is called when no answer came in 5 s.
function makeThread(conv, ask, stuck) {
  // `last` is null until the first row: a fresh page takes the newest rows wherever they begin.
  const thread = { conv, epoch: "e1", rows: [], changes: {}, last: null, oldest: 0 }
  let held = []
  let asking = 0

  // A `msg`, or a `hole` of rows that are not for us.
  thread.take = (row) => {
    if (thread.last === null) thread.last = firstOf(row) - 1
    if (held.length < 100) held.push(row)
    held.sort(byFirst)
    while (held.length && firstOf(held[0]) <= thread.last + 1) accept(held.shift())
    if (held.length) thread.behind(Infinity)
  }

  function accept(row) {
    if (lastOf(row) <= thread.last) return
    thread.last = lastOf(row)
    thread.oldest = thread.oldest || firstOf(row)
    keep(row)
  }

  function keep(row) {
    if (row.kind === "edit" || row.kind === "delete") thread.changes[row.reply_to] = row
    else if (row.seq) thread.rows.push(row)
  }

  // The server has rows up to `last`: ask once if ours end earlier.
  thread.behind = (last) => {
    if (asking || !(last > thread.last)) return
    asking = setTimeout(stuck, 5000)
    ask(thread.last)
  }

  // The answer came, or the socket that would have brought it is gone.
  thread.rest = () => {
    clearTimeout(asking)
    asking = 0
  }

  // A page of history: rows before the oldest one.
  thread.older = (page) => {
    thread.rest()
    const rows = page.rows.filter((row) => !thread.oldest || firstOf(row) < thread.oldest).sort(byFirst)
    if (rows.length) thread.oldest = firstOf(rows[0])
    else if (page.complete) thread.oldest = 1
    if (thread.last === null && rows.length) thread.last = lastOf(rows[rows.length - 1])
    rows.forEach(keep)
    thread.rows.sort(byFirst)
  }

  return thread
}
