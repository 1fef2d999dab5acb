// The frame around the work: rail, own menu, bar of the connection, short news.
import { View, avatar, html, icon, nothing } from "./view.js";
import { noticesPossible, switchNotices } from "./notices.js";
import { nextTheme } from "./settings.js";
import { STATES, stateMeaning, stateName } from "./states.js";
import * as store from "./store.js";
import { count, t } from "./words.js";

const THEMES = { system: "sun-moon", light: "sun", dark: "moon" }
const themeName = () => ({ system: t("Theme: as the system"), light: t("Theme: light"),
  dark: t("Theme: dark") })[store.theme.value]

class Rail extends View {
  view() {
    const { queue } = store.counts.value
    const manages = store.sites.value.some((site) => site.role !== "agent")
    return html`<nav class="rail" aria-label=${t("Main")}>
      <a class="logo hide-sm" href=${this.urls.dashboard} aria-label="gofly">${plane}</a>
      <button class="rail-btn" aria-current="page" @click=${() => this.actions.close()}>
        ${icon("inbox")}<span>${t("Inbox")}</span>
        ${queue ? html`<b class="dot"><span class="sr">${t("{n} waiting", { n: count(queue) })}</span></b>`
    : nothing}</button>
      <button class="rail-btn" @click=${() => { store.paletteOpen.value = true }}>
        ${icon("search")}<span>${t("Search")}</span></button>
      ${manages ? html`<a class="rail-btn" href=${this.urls.admin}>
        ${icon("settings")}<span>${t("Settings")}</span></a>` : nothing}
      <div class="rail-end">
        <button class="rail-btn hide-sm" aria-label=${t("Switch to 中文")}
          title=${t("Switch to 中文")} @click=${() => this.actions.switchLanguage()}>
          ${icon("languages")}</button>
        <button class="rail-btn hide-sm" aria-label=${themeName()} title=${themeName()}
          @click=${nextTheme}>${icon(THEMES[store.theme.value])}</button>
        <gf-menu></gf-menu></div></nav>`
  }

  get urls() { return this.actions.urls }
}
customElements.define("gf-rail", Rail)

const plane = html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 11.6 20.2 4.1c.7-.3 1.4.4
1.1 1.1l-7.1 15.9c-.3.7-1.3.7-1.6 0l-2.3-5.6a2 2 0 0 0-1.1-1.1L3 12.9c-.6-.3-.6-1.1 0-1.3Z"/></svg>`

class Menu extends View {
  setup() {
    this.outside = (event) => { if (!this.contains(event.target)) store.menuOpen.value = false }
    addEventListener("pointerdown", this.outside)
    this.addEventListener("keydown", (event) => this.escape(event))
  }

  teardown() { removeEventListener("pointerdown", this.outside) }

  view() {
    const { name, state } = store.me.value
    const open = store.menuOpen.value
    return html`<button class="me" aria-expanded=${open} aria-haspopup="true"
        aria-label=${t("{name}, {state}. Your menu", { name, state: stateName(state) })}
        @click=${() => { store.menuOpen.value = !open }}>${avatar(name, "", state)}</button>
      ${open ? this.box(name) : nothing}`
  }

  box(name) {
    return html`<div class="menu pop" role="group" aria-label=${t("Your menu")}>
      <p class="menu-name"><bdi>${name}</bdi></p>
      <h3>${t("Your state")}</h3>${STATES.map((state) => this.state(state))}
      <h3>${t("On this device")}</h3>
      ${this.toggle("volume-2", t("Sound for new visitors"), store.sound)}
      ${noticesPossible() ? this.toggle("bell", t("Desktop notices"), store.notices, switchNotices)
    : nothing}
      ${this.toggle("keyboard", t("Single-letter shortcuts"), store.singleKeys)}
      <button class="menu-row" @click=${nextTheme}>${icon(THEMES[store.theme.value], "sm")}
        ${themeName()}</button>
      <button class="menu-row" @click=${() => this.actions.switchLanguage()}>
        ${icon("languages", "sm")}${t("Switch to 中文")}</button>
      <hr>
      <a class="menu-row" href=${this.actions.urls.profile}>${icon("circle-user", "sm")}
        ${t("Your profile")}</a>
      <button class="menu-row" @click=${() => this.actions.logout()}>${icon("log-out", "sm")}
        ${t("Log out")}</button></div>`
  }

  state(state) {
    const now = store.me.value.state === state
    return html`<button class="menu-row state" aria-pressed=${now}
      @click=${() => this.actions.setState(state)}><i class="state-dot" data-state=${state}></i>
      <b>${stateName(state)}</b><span>${stateMeaning(state)}</span>
      ${now ? icon("check", "sm") : nothing}</button>`
  }

  toggle(name, label, value, run = () => { value.value = !value.peek() }) {
    return html`<button class="menu-row" role="switch" aria-checked=${value.value} @click=${run}>
      ${icon(name, "sm")}${label}<i class="switch" aria-hidden="true"></i></button>`
  }

  escape(event) {
    if (event.key !== "Escape" || !store.menuOpen.peek()) return
    store.menuOpen.value = false
    event.stopPropagation()
    this.$(".me").focus()
  }
}
customElements.define("gf-menu", Menu)

const BARS = {
  reconnecting: ["", "loader-circle",
    () => t("Reconnecting… Your messages are safe and will be sent."), () => t("Retry now")],
  offline: ["off", "wifi-off", () => t("You are offline. Saved conversations stay readable."),
    () => t("Retry now")],
  replaced: ["off", "circle-alert",
    () => t("gofly is open in too many tabs; this one was disconnected."), () => t("Use this tab")],
  version: ["off", "circle-alert", () => t("A new version is installed. Reload this page."),
    () => t("Reload")],
  login: ["off", "lock", () => t("Your session has ended. Sign in again."), () => t("Sign in")],
  ended: ["off", "wifi-off", () => t("The server ended the connection."), () => t("Retry now")],
  denied: ["off", "lock", () => t("You have no access any more."), () => t("Retry now")],
}

// The state of the connection is always visible and never blocks work.
class LinkBar extends View {
  view() {
    const { name, reason } = store.link.value
    const bar = BARS[reason ?? name]
    if (!bar) return html`<div role="status"></div>`
    const [kind, mark, words, label] = bar
    return html`<div class="linkbar ${kind}" role="status">${icon(mark, kind ? "sm" : "sm spin")}
      <span>${words()}</span>
      <button class="btn ghost" @click=${() => this.retry(reason)}>${label()}</button></div>`
  }

  retry(reason) {
    if (reason === "login") this.session.hooks.login()
    else if (reason === "version") location.reload()
    else this.session.link.retryNow()
  }
}
customElements.define("gf-linkbar", LinkBar)

const TOAST_ICONS = { ok: "circle-check", bad: "circle-alert" }

class Toasts extends View {
  view() {
    return html`<div class="toasts" role="status" aria-live="polite">
      ${store.toasts.value.map((one) => html`<p class="toast pop ${one.kind}">
        ${icon(TOAST_ICONS[one.kind], "sm")}<span>${one.text}</span></p>`)}</div>`
  }
}
customElements.define("gf-toasts", Toasts)
