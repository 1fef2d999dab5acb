// Closed conversations, page by page from the REST API.
import { tidy } from "./rows.js";
import * as store from "./store.js";

const FIRST = "/api/v1/conversations?status=closed"

export async function loadClosed() {
  const known = store.closed.peek()
  if (known.state === "loading" || known.state === "end") return
  store.closed.value = { ...known, state: "loading" }
  try {
    const { results, next } = await read(known.next ?? FIRST)
    const rows = new Map(store.closed.peek().rows)
    for (const row of results) rows.set(row.conv, tidy(row))
    store.closed.value = { rows, next, state: next ? "more" : "end" }
  } catch (error) {
    console.warn("gofly: closed conversations did not load", error)
    store.closed.value = { ...store.closed.peek(), state: "error" }
  }
}

async function read(address) {
  const answer = await fetch(address, { credentials: "same-origin" })
  if (!answer.ok) throw new Error(`status ${answer.status}`)
  return answer.json()
}
