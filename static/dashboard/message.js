// The lines of a thread: days, events, ratings, bubbles, and what somebody is typing.
import { classMap, html, icon, linked, nothing } from "./view.js";
import { clock, day, fullTime, t } from "./words.js";

const FAILED = {
  too_long: () => t("The message is too long."),
  stale: () => t("Written more than a day ago."),
  forbidden: () => t("You may not write here."),
  not_found: () => t("This conversation no longer exists."),
  empty: () => t("The message is empty."),
}

// `seen` is how far the visitor has read; `session` retries and deletes.
export function line(one, seen, session) {
  if (one.type === "day") return html`<p class="day">${day(one.ts)}</p>`
  if (one.type === "event") return event(one)
  if (one.type === "rating") return rating(one)
  return bubble(one, seen, session)
}

const EVENTS = {
  assigned: ["user-check", ({ agent }) => t("Assigned to {name}", { name: agent?.name ?? "" })],
  transferred: ["arrow-right-left",
    ({ agent, team }) => t("Transferred to {name}", { name: agent?.name ?? team?.name ?? "" })],
  released: ["undo-2", () => t("Back in the queue")],
  resolved: ["circle-check",
    (data, name) => (name ? t("Resolved by {name}", { name }) : t("Resolved"))],
  reopened: ["rotate-ccw",
    (data, name) => (name ? t("Reopened by {name}", { name }) : t("Reopened"))],
  closed_by_visitor: ["circle-check", () => t("The visitor ended the conversation")],
}

function event({ row, ts }) {
  const data = row.data ?? {}
  const [name, words] = EVENTS[row.body] ?? ["circle", () => row.body]
  return html`<p class="event">${icon(name, "sm")}<span>${words(data, row.from?.name)}${data.reason
    ? html` · <bdi>${data.reason}</bdi>` : nothing}</span><time class="num">${clock(ts)}</time></p>`
}

function rating({ row, ts }) {
  const score = Number(row.data?.score) || 0
  return html`<div class="event rating">${icon("star", "sm")}
    <span>${t("Rated {score} of 5", { score })}${row.body
    ? html` · <bdi>${row.body}</bdi>` : nothing}</span>
    <time class="num">${clock(ts)}</time></div>`
}

function bubble(one, seen, session) {
  const lost = one.state === "failed"
  const classes = { msg: true, [one.side]: true, follows: one.follows, failed: lost }
  return html`<article class=${classMap(classes)} aria-label=${speaker(one)}>
    ${heading(one)}
    <div class="bubble">${one.side === "note" ? noteTag(one) : nothing}
      ${one.deleted ? html`<p class="gone">${t("Message deleted")}</p>`
    : html`<p dir="auto">${linked(one.body ?? "")}</p>`}</div>
    ${lost ? failed(one, session) : meta(one, seen)}</article>`
}

const speaker = ({ side, row }) => row.from?.name
  || { visitor: t("Visitor"), note: t("Note"), bot: t("Assistant"), agent: t("You") }[side]

function heading({ side, follows, mine, row }) {
  if (follows || mine || side === "note" || side === "visitor" || !row.from?.name) return nothing
  return html`<span class="msg-name">${side === "bot" ? icon("bot", "sm") : nothing}
    <bdi>${row.from.name}</bdi></span>`
}

const noteTag = ({ row }) => html`<span class="msg-tag">${icon("lock", "sm")}${t("Note")}
  ${row.from?.name ? html` · <bdi>${row.from.name}</bdi>` : nothing}</span>`

// The time stands under the last bubble of a group; a mark that matters stands under its own.
function meta(one, seen) {
  const own = one.side === "agent" || one.side === "note"
  if (!one.last && one.state === "stored" && !one.edited) return nothing
  return html`<div class="msg-meta">${one.edited ? html`<span>${t("edited")}</span>` : nothing}
    <time class="num" title=${fullTime(one.ts)}>${clock(one.ts)}</time>
    ${own ? tick(one, seen) : nothing}</div>`
}

function tick(one, seen) {
  if (one.state !== "stored") return mark("clock", t("Sending"), "")
  if (one.side === "note") return nothing
  if (one.row.seq && one.row.seq <= seen.read) return mark("check-check", t("Read"), "read")
  return mark("check", t("Stored"), "")
}

const mark = (name, label, kind) => html`<span class="ticks ${kind}">${icon(name, "sm")}
  <span class="sr">${label}</span></span>`

function failed(one, session) {
  return html`<div class="msg-failed" role="alert">${icon("circle-alert", "sm")}
    <span>${t("Not sent.")} ${FAILED[one.code]?.() ?? ""}</span>
    <button class="btn ghost" @click=${() => session.outbox.retry(one.cid)}>${t("Retry")}</button>
    <button class="btn ghost" @click=${() => session.outbox.remove(one.cid)}>${t("Delete")}</button>
  </div>`
}

// What the visitor is writing, where the site allows to see it; else three dots.
export function preview(typing, name) {
  if (!typing) return nothing
  const who = typing.who === "agent" ? typing.name : name || t("Visitor")
  if (!typing.preview) {
    return html`<p class="typing"><bdi>${who}</bdi> ${t("is typing")}<i class="dots"></i></p>`
  }
  return html`<div class="msg visitor preview"><div class="bubble">
    <span class="msg-tag">${icon("eye", "sm")}${t("Live preview")}</span>
    <p dir="auto">${typing.preview}</p></div></div>`
}
