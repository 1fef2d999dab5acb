// Everything the dashboard knows. Frames change the plain models at once; the views are told at
// most once a frame for the open conversation and ten times a second for the list.
import { batch, computed, signal } from "../vendor/signals-core/signals-core.js";
import { Order } from "./order.js";
import { Rows } from "./rows.js";
import { serverNow } from "./words.js";

const LIST_MS = 100
const HIDDEN_MS = 250
const MOST_CHATS = 12 // kept subscribed, so that going back to one shows it at once

// Settings and people.
export const me = signal({ id: "", name: "", state: "online" })
export const sites = signal([])
export const agents = signal(new Map())
export const teams = signal([])
export const theme = signal("system")
export const singleKeys = signal(true)
export const sound = signal(true)
export const notices = signal(false)

// Where we are.
export const link = signal({ name: "connecting" })
export const tab = signal("mine")
export const query = signal("")
export const activeConv = signal(null)
export const composing = signal("reply") // or note
export const paletteOpen = signal(false)
export const detailsOpen = signal(wide())
export const transferOpen = signal(false)
export const menuOpen = signal(false)
export const toasts = signal([])
export const busy = signal("") // the operation whose answer is awaited
export const second = signal(0) // raised every second while somebody waits
export const durable = signal(true)

// Wide screens have room for the visitor beside the conversation.
export function wide() { return globalThis.matchMedia?.("(min-width: 1161px)").matches ?? false }

// The inbox.
export const rows = new Rows()
export const order = new Order()
export const inboxState = signal("loading") // loading, ready, error
export const closed = signal({ rows: new Map(), state: "idle", next: null })
export const listRev = signal(0)
export const typing = new Map() // conv -> {who, name, preview, timer}

export const visible = computed(() => {
  listRev.value
  const source = tab.value === "closed" ? closed.value.rows : rows.byConv
  return order.arrange(source, { tab: tab.value, me: me.value.id, query: query.value })
})
export const counts = computed(() => {
  listRev.value
  return rows.counts(me.value.id)
})

// The open conversations, the one used last at the end.
export const chats = new Map()
export const threadRev = signal(0)
export const activeChat = computed(() => {
  threadRev.value
  return chats.get(activeConv.value) ?? null
})
export const activeRow = computed(() => {
  listRev.value
  return rows.byConv.get(activeConv.value) ?? closed.value.rows.get(activeConv.value) ?? null
})

// Conversations to leave, so that few stay subscribed.
export function surplusChats() {
  return [...chats.keys()].slice(0, Math.max(0, chats.size - MOST_CHATS))
}

let timer = 0
let release = 0
let nextList = 0
let threadDirty = false
let listDirty = false

export function threadChanged(conv) {
  if (conv && conv !== activeConv.peek()) return
  threadDirty = true
  schedule(0)
}

export function listChanged() {
  listDirty = true
  schedule(Math.max(0, nextList - performance.now()))
}

function schedule(delay) {
  if (timer && delay > 0) return
  clearTimeout(timer)
  const hidden = globalThis.document?.hidden
  const draw = () => (hidden ? flush() : requestAnimationFrame(flush))
  timer = setTimeout(draw, hidden ? HIDDEN_MS : delay)
}

// Drawing the list takes an eighth of the time at most, also on a slow machine.
function flush() {
  timer = 0
  const began = performance.now()
  const list = listDirty && began >= nextList
  batch(() => {
    if (threadDirty) threadRev.value += 1
    if (list) listRev.value += 1
  })
  threadDirty = false
  if (list) {
    const ended = performance.now()
    nextList = ended + Math.max(LIST_MS, 8 * (ended - began))
    listDirty = false
    if (order.heldFor) release ||= setTimeout(sortAgain, order.heldFor)
  } else if (listDirty) listChanged()
}

function sortAgain() {
  release = 0
  listChanged()
}

let toastNumber = 0

// Short news that needs no answer; it goes away by itself because it has no button.
export function toast(text, kind) {
  const id = (toastNumber += 1)
  toasts.value = [...toasts.value.slice(-2), { id, text, kind }]
  setTimeout(() => { toasts.value = toasts.value.filter((one) => one.id !== id) }, 6_000)
}

export const waitOf = (row) => serverNow() - (row.queued_at ?? row.ts)
export const siteName = (key) => sites.value.find((site) => site.key === key)?.name ?? ""
export const isMyRow = (row) => row?.status === "assigned" && row.agent?.id === me.value.id
