// The agent dashboard: reads what the page carries, joins the parts and starts.
import { Actions } from "./actions.js";
import { commandsOf } from "./commands.js";
import { Idle } from "./idle.js";
import { listenToKeys } from "./keys.js";
import { callForAttention, startNotices } from "./notices.js";
import { Session, ignoreLoss } from "./session.js";
import { rememberSettings } from "./settings.js";
import * as store from "./store.js";
import { View, app, html, icon } from "./view.js";
import { setServerTime, speak, t } from "./words.js";
import "./inbox.js";
import "./thread.js";
import "./details.js";
import "./palette.js";
import "./shell.js";

const boot = JSON.parse(document.getElementById("boot").textContent)

class Dashboard extends View {
  view() {
    if (!boot.member) return nobody()
    const open = store.activeConv.value ? "has-open" : ""
    return html`<a class="skip" href="#main">${t("Skip to content")}</a>
      <div class="app ${open}"><gf-rail></gf-rail>
        <main id="main" tabindex="-1"><h1 class="sr">${t("Inbox")} · gofly</h1>
          <gf-linkbar></gf-linkbar>
          <div class="stage"><gf-inbox></gf-inbox><gf-thread></gf-thread><gf-details></gf-details></div>
        </main></div><gf-toasts></gf-toasts><gf-palette></gf-palette>`
  }
}
customElements.define("gf-app", Dashboard)

// Signed in, but no site has this person as a member.
const nobody = () => html`<main class="nobody"><div class="empty">${icon("lock", "lg")}
  <h1>${t("You are not a member of any site yet")}</h1>
  <p>${t("Ask an owner or a manager to add you, then reload this page.")}</p>
  <button class="btn primary" @click=${() => location.reload()}>${t("Reload")}</button>
  <button class="btn ghost" @click=${() => app.actions.logout()}>${t("Log out")}</button></div></main>`

function start() {
  speak(boot.words, boot.language)
  setServerTime(boot.now)
  rememberSettings()
  store.me.value = boot.user
  store.teams.value = boot.teams
  const session = new Session(boot, {
    login: () => location.assign(`${boot.urls.login}?next=${encodeURIComponent(here())}`),
    reload: reloadOnce,
    callsForAttention: (row, why) => callForAttention(row, why, (conv) => actions.open(conv)),
  })
  const actions = new Actions(session, boot)
  Object.assign(app, { session, actions })
  const commands = commandsOf(actions)
  customElements.get("gf-palette").prototype.commands = commands
  document.body.append(document.createElement("gf-app"))
  if (boot.member) run(session, commands, actions)
}

// After signing in, the same conversation is open.
const here = () => boot.urls.dashboard + location.hash

function run(session, commands, actions) {
  startNotices()
  watchInput(session)
  listenToKeys(commands, actions)
  listenToTheMachine(session)
  const showAddressed = () => session.show(addressed())
  addEventListener("popstate", showAddressed)
  showAddressed()
  setInterval(countSeconds, 1_000)
  return session.start()
}

function watchInput(session) {
  const setState = (state) => session.setState(state).catch(ignoreLoss)
  const idle = new Idle({ state: () => store.me.peek().state, setState })
  for (const input of ["pointermove", "pointerdown", "keydown", "wheel"]) {
    addEventListener(input, () => idle.touch(), { passive: true })
  }
  idle.touch()
}

// The conversation that the address names, if any.
const addressed = () => location.hash.slice(1).match(/^[A-Za-z0-9_-]{8,40}$/)?.[0] ?? null

function countSeconds() {
  const counts = store.counts.peek().queue || store.activeConv.peek()
  if (!document.hidden && counts) store.second.value += 1
}

// A new version of the server asks for new scripts; a second refusal in a row needs a person.
function reloadOnce() {
  const mark = "gofly-reloaded"
  if (Date.now() - Number(sessionStorage.getItem(mark)) < 60_000) return
  sessionStorage.setItem(mark, Date.now())
  location.reload()
}

function listenToTheMachine(session) {
  addEventListener("online", () => session.link.wake())
  addEventListener("offline", () => session.link.wentOffline())
  addEventListener("pageshow", (event) => event.persisted && session.link.wake())
  addEventListener("pagehide", () => session.link.bye())
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return session.reportGot()
    session.link.wake()
    session.read()
    store.listChanged()
  })
}

start()
