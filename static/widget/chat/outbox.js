// Messages the visitor has written and the server has not confirmed yet, in the order of writing.

const DAY_MS = 86400000
const MOST_MESSAGES = 200
const MOST_BYTES = 1048576

// `store` keeps items; `on` has send(frame), changed(), tell(note), silence() and claim().
function makeOutbox(store, on) {
  const box = { items: [], visitor: "", own: false, until: 0 }
  const flying = new Map()
  let online, refused, pause
  let acked = []

  const find = (cid) => box.items.find((item) => item.cid === cid)
  const waits = (item) => !item.seq && box.items.includes(item)

  function changed(note) {
    if (note) on.tell(note)
    pump()
    on.changed()
  }

  // Sends what may be sent: in order, and never more than 16 at once.
  function pump() {
    for (const item of box.items) {
      if (!box.own || !online || pause || flying.size > 15) return
      if (!item.failed && !item.seq && !flying.has(item.cid)) launch(item)
    }
  }

  function launch(item) {
    // After a day the writer is asked whether it still matters.
    if (Date.now() - item.at > DAY_MS) return fail(item, "old")
    flying.set(item.cid, setTimeout(on.silence, 10000))
    on.send({ t: "send", cid: item.cid, kind: "text", body: item.body, client_ts: item.at })
  }

  function land(cid) {
    clearTimeout(flying.get(cid))
    flying.delete(cid)
  }

  function fail(item, failed, why) {
    store.put(Object.assign(item, { failed, why }))
    changed({})
  }

  // Durable before the first try. An owner asleep in another tab loses the outbox to this one.
  box.add = async (body, cid) => {
    const newest = box.items[box.items.length - 1]
    const at = Math.max(Date.now(), newest ? newest.at + 1 : 0)
    const item = { cid: cid || newId(), visitor: box.visitor, body, at }
    box.items.push(item)
    on.changed()
    await store.put(item)
    changed({})
    setTimeout(() => !box.own && waits(item) && on.claim(), 3000)
  }

  box.isFull = () => box.items.length >= MOST_MESSAGES || JSON.stringify(box.items).length * 3 > MOST_BYTES

  // Stored: one tick. The item stays on screen until its row arrives.
  box.confirm = (ack) => {
    const item = find(ack.cid)
    land(ack.cid)
    if (!item || item.seq) return
    acked.push(Object.assign(item, { seq: ack.seq, ts: ack.ts, failed: "", done: Date.now() }))
    store.remove(item)
    changed()
  }

  // The row itself arrived: it takes the item's place.
  box.settle = (row) => {
    box.confirm(row)
    box.items = box.items.filter((item) => item.cid !== row.cid)
  }

  box.refuse = (nack) => {
    const item = find(nack.cid)
    land(nack.cid)
    if (item && !nack.retry) return fail(item, nack.code, nack.text)
    // Blocked by a message that we do not hold back: the server's memory and ours differ.
    if (nack.code === "blocked") return pause || on.silence()
    if (item) wait(nack)
  }

  // A refusal for a while holds everything behind it back, so that nothing overtakes.
  function wait(nack) {
    refused = nack.cid
    box.until = Date.now() + (nack.after_ms || 500)
    clearTimeout(pause)
    pause = setTimeout(resume, nack.after_ms || 500)
    on.changed()
  }

  function resume() {
    clearTimeout(pause)
    pause = box.until = 0
    changed()
  }

  // A refused message goes out again under a new name; one that merely grew old keeps its own.
  box.retry = (item) => {
    box.remove(item)
    box.add(item.body, item.failed === "old" && item.cid)
  }

  box.remove = (item) => {
    land(item.cid)
    box.items = box.items.filter((other) => other !== item)
    if (refused === item.cid) on.send({ t: "skip", cid: item.cid })
    store.remove(item)
    changed({})
  }

  box.opened = () => {
    online = true
    pump()
  }

  // One tab sends for all; where nothing is shared each sends its own.
  box.setOwn = (own) => {
    box.own = own
    pump()
  }

  // A frame too big for the server (1009) was the oldest one on its way.
  box.closed = (code) => {
    const item = find(flying.keys().next().value)
    online = refused = false
    flying.forEach((timer, cid) => land(cid))
    if (code === 1009 && item) fail(item, "too_long")
    resume()
  }

  // The server lost its newest rows: what it confirmed in the last minute goes out under its old name.
  box.resend = () => {
    const lost = acked.filter((item) => item.done > Date.now() - 60000)
    lost.forEach((item) => (item.seq = 0))
    box.items = Array.from(new Set(lost.concat(box.items)))
    acked = []
  }

  // Reads what an earlier page or another tab left; what was written before the visitor had a name moves to it.
  box.load = async (visitor) => {
    const moving = visitor === box.visitor ? [] : box.items.filter(waits)
    moving.forEach((item) => store.remove(item))
    box.visitor = visitor
    await Promise.all(moving.map((item) => store.put(Object.assign(item, { visitor }))))
    const kept = await store.all(visitor)
    if (kept) box.items = box.items.filter((item) => item.seq).concat(kept.map(known))
    box.items.sort((a, b) => a.at - b.at)
    changed()
  }

  // What only this page knows of an item stays with it.
  function known(item) {
    return Object.assign(find(item.cid) || {}, item)
  }

  box.forget = () => {
    box.items.forEach(store.remove)
    box.items = acked = []
  }

  return box
}

// Time and 128 random bits, because crypto.randomUUID is missing on plain http.
function newId() {
  const random = Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36))
  return Date.now().toString(36) + random.join("")
}
