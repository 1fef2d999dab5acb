// The list of messages on screen: draws rows and unsent items, and keeps the reader's place.
// Uses words, config.lang, seenTo, loadOlder(), look(), tryAgain(item) and discard(item).

const [logBox, list, newest] = [$("log"), $("rows"), $("newest")]
const nodes = new Map()
let pinned = true
let lastTop = 0

// What the log shows, as plain data: one line for each row that has something to say, then each item.
function linesOf(rows, items) {
  const changes = {}
  rows.forEach((row) => (changes[row.conv + row.reply_to] = row))
  const lines = rows.map((row) => lineOf(row, changes[row.conv + row.seq])).concat(items.map(lineOfItem)).filter(Boolean)
  lines.forEach((line, index) => join(lines[index - 1] || {}, line))
  return lines
}

// The log is never rewritten: a later row, an edit or a deletion, says what this one reads like now.
function lineOf({ seq, conv, cid, kind, from, body, ts, data }, change = {}) {
  const key = conv + seq
  const agent = (data && data.agent) || from
  if (kind === "event") return words.events[body] && { key, ts, event: true, body: fill(words.events[body], agent.name || words.agent) }
  if (!body || kind === "edit") return null
  const line = from.k === "visitor" ? { key: cid, by: "me", state: seq > seenTo ? "sent" : "read" } : { key, by: from.k + from.id, name: from.name || words[from.k] }
  Object.assign(line, { ts, body })
  if (change.kind === "edit") Object.assign(line, { body: change.body, note: words.edited })
  if (change.kind === "delete") Object.assign(line, { body: words.removed, dim: true })
  return line
}

function lineOfItem(item) {
  const { cid, body, failed, seq, ts, at } = item
  return { key: cid, by: "me", body, ts: ts || at, state: failed ? "failed" : seq ? "sent" : "queued", item }
}

// A new day gets its name; one writer's messages within two minutes are one group.
function join(before, line) {
  line.day = dayOf(before.ts) !== dayOf(line.ts)
  line.follows = !line.day && line.by && before.by === line.by && line.ts - before.ts < 120000
  before.followed = line.follows && before.state === line.state
}

const dayOf = (ts) => new Date(ts).toDateString()

// ---- on the screen

// `older`: a page of history came in above, which nobody wants read aloud.
function drawLog(older) {
  const lines = linesOf(rows, items)
  const fromEnd = logBox.scrollHeight - logBox.scrollTop
  const count = list.children.length
  logBox.setAttribute("aria-live", older ? "off" : "polite")
  lines.map(nodeOf).forEach((node, index) => list.children[index] === node || list.insertBefore(node, list.children[index]))
  while (list.children[lines.length]) list.lastChild.remove()
  if (pinned) toEnd()
  else if (older) logBox.scrollTop = lastTop = logBox.scrollHeight - fromEnd
  else if (list.children.length > count) newest.hidden = false
  if (logBox.scrollHeight <= logBox.clientHeight) loadOlder()
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
  const { event, by, state, day, ts, name, body } = line
  const flags = ["follows", "followed", "dim"].filter((flag) => line[flag])
  const text = pieces(body).map((piece) => (Array.isArray(piece) ? anchor(...piece) : piece))
  const paragraph = el("p", { class: event ? "event" : "bubble", dir: "auto" }, el("bdi", {}, ...text))
  node.className = ["msg", by, state, ...flags].join(" ")
  node.textContent = ""
  if (day) node.append(el("p", { class: "day" }, dayName(ts)))
  if (by) node.append(el("span", { class: "sr" }, `${name || words.you}: `), paragraph, meta(line))
  else node.append(paragraph)
}

const anchor = (href, label) => el("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, label)

// Not part of the spoken log: a tick that changes is no news.
function meta({ name, note, ts, state, item }) {
  const meta = el("div", { class: "meta", "aria-live": "off" }, el("bdi", {}, name || ""), note || "")
  if (state === "failed") {
    const why = item.failed === "old" ? words.old : item.why || words.failed
    meta.append(why, button(words.retry, () => tryAgain(item)), button(words.remove, () => discard(item)))
    return meta
  }
  meta.append(new Date(ts).toLocaleTimeString(config.lang, { timeStyle: "short" }))
  if (state) meta.append(el("span", { role: "img", "aria-label": words[state] }, icon(state)))
  return meta
}

function dayName(ts) {
  const today = dayOf(ts) === dayOf(Date.now())
  return today ? words.today : new Date(ts).toLocaleDateString(config.lang, { dateStyle: "full" })
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
