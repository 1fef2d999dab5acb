// One visitor: who it is, what the server says, and what we tell it. It draws nothing.
// Uses the files before it, and changed(older), paint(), fresh(row), keepToken(), isLooking() and
// emit(name, detail).

let opening = {} // what the page around us told: page, embed, identity
let token = ""
let visitor = ""
let typist = ""
let refusal = ""
let facts = {}
let touched, alone, loadingOlder, renewed

function hello() {
  const { client, lang } = config
  const have = last ? { [conv]: { last, epoch } } : {}
  const tz = Intl.DateTimeFormat().resolvedOptions().timeZone
  const who = { site, client, lang, tz, have, tab: tabId, ...opening, token }
  return { t: "hello", v: 1, role: "visitor", ...who }
}

function hear(frame) {
  if (HEAR[frame.t]) HEAR[frame.t](frame)
}

// What each frame of the server does.
const HEAR = {
  welcome(frame) {
    const next = frame.conv || conv
    const head = frame.heads[next]
    if (frame.token) keepToken((token = frame.token))
    if (head) resume(next, head)
    else forgetRows()
    // Rows up to here are no news to someone who has just come.
    if (head && visitor !== frame.visitor) knownTo = head.last
    visitor = frame.visitor
    renewed = false
    share()
    load(visitor).then(() => pump((canSend = true)))
    HEAR.state(frame.state)
  },
  msg(row) {
    const isNew = row.conv !== conv || row.seq > Math.max(knownTo, last)
    take(row)
    if (row.from.k === "visitor") confirm(row)
    else HEAR.typing({})
    if (isNew) fresh(row)
    // Receipts: at most one in two seconds, but every 32 rows, or the server waits for us.
    if (last - gotTo > 31) tellGot()
    else if (!alarms.got) alarm("got", 2000, tellGot)
    look()
    changed()
  },
  hole: take,
  page(page) {
    alarm("answer")
    loadingOlder = false
    addOlder(page)
    changed(true)
  },
  synced(frame) {
    alarm("answer")
    if (frame.reset) resume(frame.conv, { ...frame, resume: "reset" })
    catchUp(frame.last)
  },
  heads: (frame) => catchUp(frame.heads[conv]),
  ack(ack) {
    confirm(ack)
    tellTabs({ ack })
  },
  nack(nack) {
    refuse(nack)
    HEAR.error(nack)
  },
  receipt({ who, read }) {
    if (who === "agent") seenTo = Math.max(seenTo, read)
    else readTo = Math.max(readTo, read)
    changed()
  },
  typing({ on, name }) {
    typist = on ? name || words.agent : ""
    alarm("typist", 6000, on && (() => HEAR.typing({})))
    paint()
  },
  state(news) {
    facts = news
    paint()
  },
  error: ({ code, after_ms }) => emit("error", { code, after_ms }),
}

// A conversation whose past changed is taken anew, and what was acked of late goes out again.
function resume(next, head) {
  if (next !== conv || head.resume !== "ok") follow(next)
  if (head.resume === "reset") resend()
  epoch = head.epoch
  alarm("behind", 2000, () => catchUp(head.last))
}

function tellGot() {
  alarm("got")
  if (last > gotTo) send({ t: "got", conv, up_to: (gotTo = last) })
}

// Read means that somebody looks at it: window open, tab visible, newest message in view.
function look() {
  alarm("read", 300, () => {
    if (!(last > readTo) || !isLooking()) return
    send({ t: "read", conv, up_to: (readTo = last) })
    changed()
  })
}

// Words of others; that somebody joined is no message to read.
const isForUs = (row) => row.from.k !== "visitor" && row.kind !== "event"
const isUnread = (row) => row.conv === conv && row.seq > readTo && isForUs(row)

function loadOlder() {
  if (loadingOlder || !(oldest > 1)) return
  loadingOlder = true
  send({ t: "history", conv, before: oldest })
}

function tellTyping(text) {
  const preview = config.preview ? text.slice(0, 1000) : ""
  if (conv) send({ t: "typing", conv, on: !isBlank(text), preview })
}

function start(given) {
  opening = given
  token = given.token || ""
  if (token) touch()
  connect()
}

function turnTo(page) {
  opening.page = page
  send({ t: "page", ...page })
}

function identify(identity) {
  opening.identity = identity
  connect()
}

const visitorOf = (token) => token.split(".")[1]

// Somebody else sits here now: nothing of the visitor before may stay on screen or on disk.
function become(other) {
  if (visitorOf(other) === visitorOf(token)) return (token = other)
  items.forEach((item) => inStore("delete", item.cid))
  items = acked = []
  forgetRows()
  forgetVisitor()
  start({ token: other, page: opening.page, embed: opening.embed })
}

function forgetVisitor() {
  closeTabs()
  follow()
  visitor = ""
}

// The server knows no conversation of ours (any more): nothing of it may stay readable.
function forgetRows() {
  rows = []
  follow()
}

// The first interaction: from here on the device may remember things.
function touch() {
  touched = true
  if (token) keepToken()
  share()
}

function share() {
  const name = visitor || visitorOf(token)
  if (tabsName || !name || !touched) return
  openTabs(`gofly:${site}:${name}`)
  load(name)
}

function hearTab(note) {
  if (note.ack) return confirm(note.ack)
  load(writer)
  if (linkState === "waiting") wake(0)
}

function setOwn(yes) {
  own = yes || alone
  pump()
}

// Storage is blocked: no other tab can see our messages, so this one sends them itself.
function warn() {
  alone = true
  setOwn(true)
  paint()
}

const isIdle = () => document.hidden && !items.length

function lost(code, reason) {
  ground(code)
  alarm("answer")
  alarm("behind")
  loadingOlder = false
  refusal = reason
  HEAR.typing({})
  // A token that the server no longer knows is given up, once.
  // A refused identity is for the page around us to mend.
  if (code !== 4401 || reason === "identity_invalid" || renewed) return
  renewed = true
  forgetVisitor()
  keepToken((token = ""))
  connect()
}
