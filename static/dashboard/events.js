// What each frame of the server means for the store: one case a frame.
import { setServerTime } from "./words.js";
import * as store from "./store.js";

const TYPING_MS = 6_000

// `session` is the sending side: outbox, calls, and the questions that some frames lead to.
export function makeReceiver(session) {
  const handlers = {
    welcome: (frame) => {
      setServerTime(frame.now)
      store.me.value = frame.me
      store.sites.value = frame.sites ?? []
      store.agents.value = new Map((frame.agents ?? []).map((agent) => [agent.id, agent]))
      resumeChats(frame.heads ?? {})
      session.welcomed(frame)
    },

    inbox: (frame) => {
      if (!store.rows.page(frame)) return
      store.inboxState.value = "ready"
      store.listChanged()
      session.inboxReady()
    },
    inbox_delta: (frame) => {
      const change = store.rows.change(frame)
      if (change === "hole") return session.watch()
      rowChanged(change)
    },

    opened: (frame) => {
      session.calls.answer(frame.rid, frame)
      const chat = store.chats.get(frame.conv)
      if (!chat) return
      chat.opened(frame)
      store.threadChanged(frame.conv)
    },
    msg: (frame) => take(frame),
    hole: (frame) => take(frame),
    synced: (frame) => {
      const chat = store.chats.get(frame.conv)
      if (!chat) return
      session.synced(frame)
      if (frame.reset || (chat.epoch && frame.epoch && frame.epoch !== chat.epoch)) return restart(chat)
      if (chat.have === null) chat.cursor.last = frame.last
      if (chat.have < frame.last) return session.sync(chat)
      chat.state = "ready"
      store.threadChanged(frame.conv)
      session.read()
    },
    page: (frame) => {
      const chat = store.chats.get(frame.conv)
      if (!chat) return
      const more = chat.prepend(frame)
      chat.older = frame.reason ? "error" : more ? "idle" : "end"
      store.threadChanged(frame.conv)
    },
    heads: ({ heads }) => {
      for (const [conv, last] of Object.entries(heads)) {
        const chat = store.chats.get(conv)
        if (chat && last > chat.have) session.sync(chat)
      }
    },

    receipt: (frame) => {
      store.chats.get(frame.conv)?.receipt(frame)
      store.threadChanged(frame.conv)
    },
    typing: (frame) => typing(frame),
    presence: (frame) => (frame.agent ? agentPresence(frame) : visitorPresence(frame)),

    ack: async (frame) => {
      if (session.calls.answer(frame.cid ?? frame.rid, frame)) return
      if (await session.outbox.ack(frame)) store.threadChanged(frame.conv)
    },
    nack: async (frame) => {
      if (session.calls.refuse(frame.cid ?? frame.rid, frame)) return
      if (await session.outbox.nack(frame)) store.threadChanged()
    },
    error: (frame) => {
      if (!session.calls.refuse(frame.rid, frame)) console.warn("gofly: refused", frame.code)
    },
  }

  function take(frame) {
    const chat = store.chats.get(frame.conv)
    if (!chat) return
    const rows = chat.take(frame)
    if (chat.cursor.gap) session.sync(chat)
    for (const row of rows) landed(chat, row)
    store.threadChanged(frame.conv)
  }

  function landed(chat, row) {
    session.received(chat)
    if (row.cid) session.outbox.landed(row.cid)
    if (row.from?.k === "visitor") stopTyping(chat.conv)
  }

  // After a break: our copy is continued, or begun again where the server says that it must be.
  function resumeChats(heads) {
    for (const [conv, { resume, epoch }] of Object.entries(heads)) {
      const chat = store.chats.get(conv)
      if (!chat || resume === "ok") continue
      chat.reset()
      chat.epoch = epoch
      if (resume === "reset") session.outbox.resend(conv)
    }
  }

  function restart(chat) {
    chat.reset()
    chat.epoch = null
    session.outbox.resend(chat.conv)
    session.subscribe(chat)
  }

  function rowChanged({ before, after }) {
    if (after.status === "closed" || before?.status === "closed") closedChanged(after)
    if (after.status === "waiting" && before?.status !== "waiting") {
      session.callsForAttention(after, "waits")
    } else if (store.isMyRow(after) && after.unread > (before?.unread ?? 0)) {
      session.callsForAttention(after, "wrote")
    }
    if (after.conv === store.activeConv.peek()) session.read()
    store.listChanged()
  }

  function closedChanged(row) {
    const rows = new Map(store.closed.value.rows)
    if (row.status === "closed") rows.set(row.conv, row)
    else rows.delete(row.conv)
    store.closed.value = { ...store.closed.value, rows }
  }

  function typing({ conv, on, who, name, preview }) {
    stopTyping(conv)
    if (on) {
      const timer = setTimeout(() => stopTyping(conv), TYPING_MS)
      store.typing.set(conv, { who, name, preview, timer })
    }
    store.listChanged()
    store.threadChanged(conv)
  }

  function stopTyping(conv) {
    clearTimeout(store.typing.get(conv)?.timer)
    if (!store.typing.delete(conv)) return
    store.listChanged()
    store.threadChanged(conv)
  }

  function agentPresence({ agent, state }) {
    const agents = new Map(store.agents.value)
    if (agents.has(agent)) agents.set(agent, { ...agents.get(agent), state })
    store.agents.value = agents
  }

  function visitorPresence({ conv, online, page }) {
    const row = store.rows.byConv.get(conv)
    if (row) store.rows.patch(conv, { visitor: { ...row.visitor, online } })
    const visitor = store.chats.get(conv)?.info?.visitor
    if (visitor) Object.assign(visitor, { online }, page ? walked(visitor, page) : {})
    store.listChanged()
    store.threadChanged(conv)
  }

  const walked = (visitor, page) => ({
    page,
    trail: visitor.page?.url === page.url ? visitor.trail
      : [...(visitor.trail ?? []), { ...page, at: page.at ?? Date.now() }],
  })

  return (frame) => handlers[frame.t]?.(frame)
}
