// The list of messages on screen: draws rows and unsent items, and keeps the reader's place.
// Uses words, config.lang, seenTo, loadOlder(), look(), tryAgain(item) and discard(item).

const [logBox, list, newest] = [$("log"), $("rows"), $("newest")]
const nodes = new Map()
let pinned = true
let lastTop = 0

// What the log shows, as plain data: one line for each row that has something to say, and for each
// unsent item.
function linesOf(rows, items) {
  const changes = {}
  rows.forEach((row) => (changes[row.conv + row.reply_to] = row))
  const ofRows = rows.map((row) => lineOf(row, changes[row.conv + row.seq]))
  const lines = ofRows.concat(items.map(lineOfItem)).filter(Boolean)
  lines.forEach((line, index) => join(lines[index - 1] || {}, line))
  return lines
}

// The log is never rewritten: a later row, an edit or a deletion, says how this one reads now.
function lineOf(row, change = {}) {
  if (row.kind === "event") return lineOfEvent(row)
  const { seq, conv, cid, kind, from, body, ts } = row
  if (!body || kind === "edit") return null
  const line = { key: conv + seq, by: from.k + from.id, name: from.name || words[from.k], ts, body }
  const own = { key: cid, by: "me", name: "", state: seq > seenTo ? "sent" : "read" }
  if (from.k === "visitor") Object.assign(line, own)
  if (change.kind === "edit") Object.assign(line, { body: change.body, note: words.edited })
  if (change.kind === "delete") Object.assign(line, { body: words.removed })
  return line
}

// An event without words for it is not for this reader.
function lineOfEvent({ seq, conv, body, ts, data }) {
  const agent = (data && data.agent) || {}
  const sentence = words.events[body]
  return sentence && { key: conv + seq, ts, body: fill(sentence, agent.name || words.agent) }
}

function lineOfItem(item) {
  const { cid, body, failed, seq, ts, at } = item
  const state = failed ? "failed" : seq ? "sent" : "queued"
  return { key: cid, by: "me", body, ts: ts || at, state, item }
}

// A new day gets its name; one writer's messages within two minutes are one group.
function join(before, line) {
  line.day = dayOf(before.ts) !== dayOf(line.ts)
  const soon = !line.day && line.ts - before.ts < 120000
  line.follows = soon && line.by && before.by === line.by ? "follows" : ""
  before.followed = line.follows && before.state === line.state ? "followed" : ""
}

const dayOf = (ts) => new Date(ts).toDateString()

// ---- on the screen

// `older`: a page of history came in above, which nobody wants read aloud.
function drawLog(older) {
  const lines = linesOf(rows, items)
  const fromEnd = logBox.scrollHeight - logBox.scrollTop
  const count = list.children.length
  logBox.setAttribute("aria-live", older ? "off" : "polite")
  lines.forEach((line, index) => place(nodeOf(line), list.children[index]))
  while (list.children[lines.length]) list.lastChild.remove()
  if (pinned) toEnd()
  else if (older) logBox.scrollTop = lastTop = logBox.scrollHeight - fromEnd
  else if (list.children.length > count) newest.hidden = false
  if (logBox.scrollHeight <= logBox.clientHeight) loadOlder()
}

function place(node, present) {
  if (node !== present) list.insertBefore(node, present)
}

// One node for one key: a message that is confirmed keeps its place and its node.
function nodeOf(line) {
  const node = nodes.get(line.key) || el("li", {})
  const print = JSON.stringify(line)
  if (node.print !== print) drawLine(node, line)
  node.print = print
  nodes.set(line.key, node)
  return node
}

function drawLine(node, line) {
  const { by, state, day, ts, name, body } = line
  const text = pieces(body).map((piece) => (Array.isArray(piece) ? anchor(...piece) : piece))
  const look = by ? "bubble" : "event"
  const paragraph = el("p", { class: look, dir: "auto" }, el("bdi", {}, ...text))
  node.className = ["msg", by, state, line.follows, line.followed].join(" ")
  node.textContent = ""
  if (day) node.append(el("p", { class: "day" }, dayName(ts)))
  if (by) node.append(el("span", { class: "sr" }, `${name || words.you}: `), paragraph, meta(line))
  else node.append(paragraph)
}

const anchor = (href, label) =>
  el("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, label)

// Not part of the spoken log: a tick that changes is no news.
function meta({ name, note, ts, state, item }) {
  const author = el("bdi", {}, name || "")
  const meta = el("div", { class: "meta", "aria-live": "off" }, author, note || "")
  if (state === "failed") {
    const why = item.failed === "old" ? words.old : item.why || words.failed
    meta.append(why, button(words.retry, () => tryAgain(item)))
    meta.append(button(words.remove, () => discard(item)))
    return meta
  }
  meta.append(new Date(ts).toLocaleTimeString(config.lang, { timeStyle: "short" }))
  if (state) meta.append(el("span", { role: "img", "aria-label": words[state] }, icon(state)))
  return meta
}

function dayName(ts) {
  if (dayOf(ts) === dayOf(Date.now())) return words.today
  return new Date(ts).toLocaleDateString(config.lang, { dateStyle: "full" })
}

// ---- the reader's place

// Only the reader's own scrolling up unpins, never content that grew.
logBox.onscroll = () => {
  const { scrollTop, scrollHeight, clientHeight } = logBox
  if (scrollHeight - scrollTop - clientHeight < 80) pin()
  else if (scrollTop < lastTop - 2) pinned = false
  if (scrollTop < 160 && scrollTop < lastTop) loadOlder()
  lastTop = scrollTop
}

function pin() {
  pinned = newest.hidden = true
  look()
}

function toEnd() {
  logBox.scrollTop = lastTop = logBox.scrollHeight
  pin()
}

newest.onclick = toEnd
// A keyboard that opens, or an agent who starts typing, must not hide the newest message.
if (window.ResizeObserver) new ResizeObserver(() => pinned && toEnd()).observe(logBox)
