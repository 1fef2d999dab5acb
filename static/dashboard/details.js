// The visitor of the open conversation: who, where from, what they looked at, what was before.
import { View, avatar, html, icon, link, nothing } from "./view.js";
import * as store from "./store.js";
import { ago, clock, fullTime, ms, serverNow, shortDate, stopwatch, visitorName } from "./words.js";
import { languageName, t, timeIn } from "./words.js";

const MOST_PAGES = 30
const DEVICES = { phone: "smartphone", mobile: "smartphone", tablet: "tablet" }

class Details extends View {
  view() {
    store.threadRev.value
    if (!store.activeConv.value) return nothing
    store.second.value // the time on the page in view
    const chat = store.activeChat.value
    return html`<aside class="details ${store.detailsOpen.value ? "open" : ""}"
      aria-label=${t("Visitor details")}>
      <button class="btn ghost icon details-x" aria-label=${t("Close")}
        @click=${() => { store.detailsOpen.value = false }}>${icon("x")}</button>
      ${chat?.info ? card(chat.info, this.actions) : skeleton()}</aside>`
  }
}
customElements.define("gf-details", Details)

function card(info, actions) {
  const { visitor } = info
  return html`${identity(visitor)} ${facts(visitor)} ${trail(visitor)}
    ${attributes(visitor.attributes)} ${earlier(visitor.earlier ?? info.earlier, actions)}`
}

function identity(visitor) {
  const name = visitorName(visitor)
  return html`<div class="who">${avatar(name, "lg", visitor.online ? "online" : "offline")}
    <h2><bdi>${name}</bdi></h2>
    ${visitor.verified ? html`<span class="chip ok">${icon("badge-check", "sm")}${t("Verified")}</span>`
    : nothing}
    <p class="num">${visitor.external_id || visitor.id}</p></div>`
}

function facts(visitor) {
  const device = visitor.device ?? {}
  const machine = [device.browser, device.os].filter(Boolean).join(" · ")
  const seen = visitor.online ? "" : visitor.last_seen && ago(ms(visitor.last_seen))
  const rows = [
    ["at-sign", t("Email"), visitor.email],
    ["phone", t("Phone"), visitor.phone],
    [DEVICES[device.kind] ?? "monitor", t("Device"), machine],
    ["languages", t("Language"), visitor.lang && languageName(visitor.lang)],
    ["clock", t("Local time"), visitor.tz && timeIn(visitor.tz)],
    ["globe", t("Referrer"), visitor.referrer && page(visitor.referrer)],
    ["map-pin", t("IP address"), visitor.ip],
    ["history", t("First seen"), visitor.first_seen && fullTime(ms(visitor.first_seen))],
    ["eye", t("Last seen"), seen],
  ].filter(([, , value]) => value)
  return html`<dl class="facts">${rows.map(([name, label, value]) => html`<div>
    <dt>${icon(name, "sm")}${label}</dt><dd><bdi>${value}</bdi></dd></div>`)}</dl>`
}

// Only web addresses become links; a visitor may send anything here.
function page(url, label = shortUrl(url)) {
  return /^https?:\/\//i.test(url) ? link(url, label) : label
}

function shortUrl(url) {
  try {
    const { host, pathname, search } = new URL(url)
    return host + pathname + search
  } catch (error) {
    if (error instanceof TypeError) return url
    throw error
  }
}

// Each page with the time spent on it; the page in view now keeps counting.
function trail({ trail: steps = [], online, page: now }) {
  if (!steps.length && !now) return nothing
  const pages = (steps.length ? steps : [{ ...now, at: null }]).slice(-MOST_PAGES)
  return html`<section><h3>${t("Page trail")}</h3><ol class="trail">
    ${pages.map((step, at) => visited(step, pages[at + 1], online))}</ol></section>`
}

function visited(step, next, online) {
  const here = !next && online
  const until = next ? ms(next.at) : here ? serverNow() : null
  const length = until && step.at ? stopwatch(until - ms(step.at)) : ""
  return html`<li class=${here ? "now" : ""}>
    <span>${page(step.url, step.title || path(step.url))}
      ${here ? html`<span class="sr">${t("now here")}</span>` : nothing}</span>
    <time class="num" title=${step.at ? clock(ms(step.at)) : ""}>${length}</time></li>`
}

const path = (url) => shortUrl(url).replace(/^[^/]+/, "") || url

function attributes(values = {}) {
  const pairs = Object.entries(values)
  if (!pairs.length) return nothing
  return html`<section><h3>${t("Attributes")}</h3><dl class="facts">${pairs.map(([name, value]) =>
    html`<div><dt><bdi>${name}</bdi></dt><dd><bdi>${String(value)}</bdi></dd></div>`)}</dl></section>`
}

function earlier(conversations = [], actions) {
  if (!conversations.length) return nothing
  return html`<section><h3>${t("Earlier conversations")}</h3><ul class="past">
    ${conversations.map((one) => html`<li><button @click=${() => actions.open(one.conv)}>
      <span><bdi>${one.preview?.text ?? one.preview ?? t("Conversation")}</bdi></span>
      <time class="num">${shortDate(ms(one.closed_at ?? one.opened_at))}</time></button></li>`)}
  </ul></section>`
}

const skeleton = () => html`<div class="who late" role="status" aria-busy="true">
  <span class="sr">${t("Loading visitor details")}</span><span class="skeleton sk-face"></span>
  <span class="skeleton sk-b"></span><span class="skeleton sk-c"></span></div>`
