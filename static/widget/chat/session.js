// One visitor's conversation: joins the link, the outbox, the tabs and the threads. It draws nothing.

const NEWEST = Number.MAX_SAFE_INTEGER

// `on` has changed(older), token(token), fresh(row), failed(code, after), state() and isLooking().
function makeSession(config, on) {
  const { site } = config
  const session = { facts: {}, threads: [], token: "", visitor: "", typist: "" }
  const store = makeStore(site, alone)
  let opening, tabs, loading, gotTimer, readTimer, typistTimer, renewed

  const box = (session.box = makeOutbox(store, {
    send: (frame) => link.send(Object.assign(frame, session.conv && { conv: session.conv })),
    changed: () => on.changed(),
    tell: (note) => tabs && tabs.tell(note),
    silence: () => link.drop(),
    claim: () => tabs && tabs.claim(),
  }))
  const address = `${location.origin.replace("http", "ws")}/ws/v1/visitor?site=${site}`
  const link = (session.link = makeLink(address, {
    hello,
    lost,
    state: () => on.state(),
    frame: (frame) => hear[frame.t] && hear[frame.t](frame, threadOf(frame.conv)),
    idle: () => document.hidden && !box.items.length,
  }))

  function hello() {
    const have = {}
    session.threads.forEach(({ conv, last, epoch }) => last === null || (have[conv] = { last, epoch }))
    const { client, lang } = config
    const tz = Intl.DateTimeFormat().resolvedOptions().timeZone
    return Object.assign({ t: "hello", v: 1, role: "visitor", site, client, lang, tz, have, token: session.token }, opening)
  }

  function threadOf(conv) {
    const known = session.threads.find((thread) => thread.conv === conv)
    if (known || !conv) return known
    const thread = makeThread(conv, (have) => ask(conv, have), link.drop)
    session.threads.push(Object.assign(thread, { start: 0, read: 0, got: 0, seen: 0 }))
    session.conv = conv
    return thread
  }

  // Who has nothing wants the newest rows, not the beginning of a long story.
  function ask(conv, have) {
    link.send(have === null ? { t: "history", conv, before: NEWEST } : { t: "sync", conv, have })
  }

  // What each frame of the server does.
  const hear = {
    welcome(frame) {
      const first = !session.visitor
      renewed = false
      session.visitor = frame.visitor
      if (frame.token) on.token((session.token = frame.token))
      Object.keys(frame.heads).forEach((conv) => resume(conv, frame.heads[conv], first))
      threadOf(frame.conv)
      share()
      box.load(frame.visitor).then(box.opened)
      hear.state(frame.state)
    },
    msg(row, thread) {
      const isNew = row.seq > Math.max(thread.start, thread.last)
      thread.take(row)
      if (row.from.k === "visitor") box.settle(row)
      else hear.typing({})
      if (isNew) on.fresh(row)
      receive(thread)
    },
    hole: (row, thread) => thread.take(row),
    page(page, thread) {
      loading = false
      thread.older(page)
      on.changed(true)
    },
    synced(frame, thread) {
      thread.rest()
      if (frame.reset) resume(frame.conv, frame).behind(frame.last)
      else thread.behind(frame.last)
    },
    heads: (frame) => session.threads.forEach((thread) => thread.behind(frame[thread.conv])),
    ack(ack) {
      box.confirm(ack)
      if (tabs) tabs.tell({ ack })
    },
    nack(nack) {
      box.refuse(nack)
      on.failed(nack.code, nack.after_ms)
    },
    receipt({ who, read }, thread) {
      const side = who === "visitor" ? "read" : "seen"
      thread[side] = Math.max(thread[side], read)
      on.changed()
    },
    typing({ on: typing, name }) {
      session.typist = typing ? name : ""
      clearTimeout(typistTimer)
      if (typing) typistTimer = setTimeout(hear.typing, 6000, {})
      on.state()
    },
    state(facts) {
      Object.assign(session.facts, facts)
      on.state()
    },
    error: (frame) => on.failed(frame.code),
  }

  // A conversation whose past changed is taken anew, and what was acked of late goes out again.
  function resume(conv, head, first) {
    if (head.resume !== "ok") session.threads = session.threads.filter((thread) => thread.conv !== conv)
    if (head.resume === "reset" || head.reset) box.resend()
    const thread = threadOf(conv)
    thread.epoch = head.epoch
    // Rows up to here are no news to someone who has just loaded the page.
    if (first) thread.start = thread.read = head.last
    setTimeout(() => link.state === "online" && thread.behind(head.last), 2000)
    return thread
  }

  // Receipts: at most one in two seconds, but every 32 rows, or the server waits for us.
  function receive(thread) {
    if (thread.last - thread.got >= 32) session.tellGot()
    else if (!gotTimer) gotTimer = setTimeout(session.tellGot, 2000)
    session.look()
    on.changed()
  }

  session.tellGot = () => {
    clearTimeout(gotTimer)
    gotTimer = 0
    report("got")
  }

  // Read means that somebody looks at it: window open, tab visible, newest message in view.
  session.look = () => {
    clearTimeout(readTimer)
    readTimer = setTimeout(() => on.isLooking() && report("read"), 300)
  }

  function report(t) {
    const thread = threadOf(session.conv)
    if (!thread || !(thread.last > thread[t])) return
    thread[t] = thread.last
    link.send({ t, conv: thread.conv, up_to: thread.last })
    on.changed()
  }

  session.unread = () => {
    const counts = (thread) => thread.rows.filter((row) => row.seq > thread.read && row.from.k !== "visitor").length
    return session.threads.reduce((sum, thread) => sum + counts(thread), 0)
  }

  session.older = () => {
    const thread = threadOf(session.conv)
    if (loading || !thread || !(thread.oldest > 1)) return
    loading = true
    link.send({ t: "history", conv: thread.conv, before: thread.oldest })
  }

  session.write = (body) => {
    session.touch()
    link.wake(0)
    box.add(body)
  }

  session.tellTyping = (text) => {
    const preview = config.preview ? text.slice(0, 1000) : ""
    if (session.conv) link.send({ t: "typing", conv: session.conv, on: !isBlank(text), preview })
  }

  session.start = (given) => {
    opening = given
    session.token = given.token || ""
    if (session.token) session.touch()
    link.connect()
  }

  session.turnTo = (page) => {
    opening.page = page
    link.send(Object.assign({ t: "page" }, page))
  }

  session.identify = (identity) => {
    opening.identity = identity
    link.connect()
  }

  // Somebody else sits here now: nothing of the visitor before may stay on screen or on disk.
  session.leave = (token) => {
    box.forget()
    if (tabs) tabs.stop()
    tabs = null
    Object.assign(session, { visitor: "", threads: [], conv: "" })
    session.start({ token, page: opening.page, embed: opening.embed })
  }

  // The first interaction: from here on the device may remember things.
  session.touch = () => {
    session.touched = true
    share()
  }

  function share() {
    const visitor = session.visitor || session.token.split(".")[1]
    if (tabs || !visitor || !session.touched) return
    tabs = makeTabs(`gofly:${site}:${visitor}`, hearTab, (own) => box.setOwn(own || session.alone))
    box.load(visitor)
  }

  function hearTab(note) {
    if (note.ack) return box.confirm(note.ack)
    box.load(box.visitor)
    if (link.state === "waiting") link.wake(0)
  }

  // Storage is blocked: no other tab can see our messages, so this one sends them itself.
  function alone() {
    session.alone = true
    box.setOwn(true)
    on.state()
  }

  function lost(code, hint) {
    box.closed(code)
    loading = false
    session.threads.forEach((thread) => thread.rest())
    hear.typing({})
    session.refusal = hint.code
    // A token that the server no longer knows is given up, once; a refused identity is for the page to mend.
    if (code !== 4401 || hint.code === "identity_invalid" || renewed) return
    renewed = true
    on.token((session.token = ""))
    link.connect()
  }

  return session
}
