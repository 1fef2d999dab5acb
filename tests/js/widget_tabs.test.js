import assert from "node:assert/strict"
import { test } from "node:test"
import { browser, parts, settled } from "./widget_parts.js"

// Web Locks as the standard describes them, for one name.
class Locks {
  holder = null
  queue = []

  request(name, { steal }, work) {
    return new Promise((done, failed) => {
      const entry = { work, failed }
      if (steal && this.holder) this.holder.failed(Object.assign(new Error("stolen"), { name: "AbortError" }))
      if (steal || !this.holder) this.grant(entry)
      else this.queue.push(entry)
    })
  }

  grant(entry) {
    this.holder = entry
    Promise.resolve(entry.work()).then(() => {
      if (this.holder !== entry) return
      this.holder = null
      if (this.queue.length) this.grant(this.queue.shift())
    })
  }
}

function tab({ locks, shared, channels = [] } = {}) {
  const seen = { own: null, notes: [] }
  class Channel {
    constructor() { channels.push(this) }
    postMessage(data) { channels.forEach((other) => other === this || other.onmessage({ data })) }
    close() { channels.splice(channels.indexOf(this), 1) }
  }
  const given = {
    ...browser(), ...(shared && { localStorage: shared }), navigator: { locks }, BroadcastChannel: Channel,
    window: { BroadcastChannel: Channel }, hearTab: (note) => seen.notes.push(note), setOwn: (own) => (seen.own = own),
  }
  const it = parts(["page", "tabs"], given, "openTabs, tellTabs, claim, closeTabs")
  it.openTabs("gofly:st_1:vs_1")
  return Object.assign(it, { seen })
}

test("one tab owns the outbox, the next follows when it closes", async () => {
  const locks = new Locks()
  const [first, second] = [tab({ locks }), tab({ locks })]
  assert.deepEqual([first.seen.own, second.seen.own], [true, null])
  first.closeTabs()
  await settled()
  assert.equal(second.seen.own, true)
})

test("a tab that waited too long takes the outbox over, and the sleeper lets go", async () => {
  const locks = new Locks()
  const [first, second] = [tab({ locks }), tab({ locks })]
  second.claim()
  await settled()
  assert.deepEqual([first.seen.own, second.seen.own], [false, true])
})

test("without locks a lease of five seconds decides", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"] })
  const shared = browser().localStorage
  const [first, second] = [tab({ shared }), tab({ shared })]
  assert.deepEqual([first.seen.own, second.seen.own], [true, false])
  context.mock.timers.tick(2_000)
  assert.deepEqual([first.seen.own, second.seen.own], [true, false])
  first.closeTabs()
  context.mock.timers.tick(6_000)
  assert.equal(second.seen.own, true)
})

test("what one tab says the others hear", () => {
  const channels = []
  const [first, second] = [tab({ locks: new Locks(), channels }), tab({ locks: new Locks(), channels })]
  first.tellTabs({ ack: { cid: "a" } })
  assert.deepEqual(second.seen.notes, [{ ack: { cid: "a" } }])
  assert.deepEqual(first.seen.notes, [])
})

test("where locks are refused a tab sends for itself", async () => {
  const refusing = { request: () => Promise.reject(Object.assign(new Error(), { name: "SecurityError" })) }
  const it = tab({ locks: refusing })
  await settled()
  assert.equal(it.seen.own, true)
})
