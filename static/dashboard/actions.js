// What buttons, keys and the palette do; every refusal is told in words.
import { loadClosed } from "./closed.js";
import * as store from "./store.js";
import { t } from "./words.js";

const DONE = {
  claim: () => t("The conversation is yours"),
  resolve: () => t("Conversation resolved"),
  reopen: () => t("Conversation reopened"),
  release: () => t("Back in the queue"),
}

const REASONS = {
  lost: () => t("No answer. The connection was lost; try again when it is back."),
  conflict: (frame) => won(frame),
  forbidden: () => t("You may not do this here."),
  not_found: () => t("This conversation no longer exists."),
  limit: () => t("Too many conversations are open. Close some first."),
  rate: () => t("That was too fast. Wait a moment and try again."),
}

// Two agents wanted the same thing: say who has the conversation now.
function won({ agent, status }) {
  if (agent?.id === store.me.value.id) return t("The conversation is already yours.")
  if (agent) return t("{name} was faster and has this conversation now.", { name: agent.name })
  if (status === "closed") return t("Somebody has resolved this conversation already.")
  return t("The conversation has changed meanwhile. Look again.")
}

const onePane = matchMedia("(max-width: 760px)")

export class Actions {
  constructor(session, boot) {
    this.session = session
    this.boot = boot
    this.urls = boot.urls
  }

  // The address holds the open conversation, so that Back and Reload do what people expect.
  open(conv) {
    store.paletteOpen.value = false
    const address = `#${conv}`
    if (store.activeConv.peek()) history.replaceState(null, "", address)
    else if (location.hash !== address) history.pushState(null, "", address)
    this.session.show(conv)
    if (onePane.matches) document.querySelector(".thread-head button").focus()
  }

  close() {
    history.replaceState(null, "", location.pathname)
    this.session.show(null)
    document.querySelector("gf-vlist")?.focus()
  }

  step(by) {
    const list = store.visible.peek()
    if (!list.length) return
    const at = list.findIndex((row) => row.conv === store.activeConv.peek())
    const to = at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + by))
    this.open(list[to].conv)
  }

  get can() {
    const row = store.activeRow.value
    const chat = store.activeChat.value
    const status = row?.status ?? chat?.info?.status
    const mine = store.isMyRow(row) || (!row && chat?.info?.agent?.id === store.me.value.id)
    const open = Boolean(status) && status !== "closed"
    const free = status === "waiting" || status === "bot"
    const assigned = status === "assigned"
    return { status, claim: free, take: assigned && !mine, release: assigned, transfer: open,
      resolve: open, reopen: status === "closed", write: open }
  }

  claim() { return this.#operate("claim") }
  async take() {
    if (await this.#operate("assign", { to: store.me.value.id })) store.toast(DONE.claim(), "ok")
  }

  release() { return this.#operate("release") }
  resolve() { return this.#operate("resolve") }
  reopen() { return this.#operate("reopen") }

  // To a colleague or a team; a conversation that is still nobody's is assigned, not transferred.
  async transfer(to, name) {
    store.transferOpen.value = false
    const type = this.can.status === "assigned" ? "transfer" : "assign"
    if (await this.#operate(type, { to })) store.toast(t("Transferred to {name}", { name }), "ok")
  }

  async #operate(type, more) {
    const conv = store.activeConv.peek()
    if (!conv || store.busy.peek()) return false
    store.busy.value = type
    try {
      await this.session.operate(type, conv, more)
      if (DONE[type]) store.toast(DONE[type](), "ok")
      return true
    } catch (refused) {
      return this.#tell(refused)
    } finally {
      store.busy.value = ""
    }
  }

  #tell(refused) {
    if (!refused.code) throw refused
    const words = REASONS[refused.code]?.(refused.frame)
    store.toast(words ?? t("That did not work. Try again."), "bad")
    return false
  }

  async setState(state) {
    store.menuOpen.value = false
    try {
      await this.session.setState(state)
    } catch (refused) {
      this.#tell(refused)
    }
  }

  compose(kind) {
    store.composing.value = kind
    document.querySelector(".composer textarea")?.focus()
  }

  search() { document.querySelector(".search input")?.focus() }

  goto(place) { location.assign(this.urls[place]) }

  // The language belongs to the account, so that mails and other machines agree; the page is
  // loaded again with the other catalogue.
  switchLanguage() {
    const next = this.urls.dashboard + location.hash
    this.#post(this.urls.language, { language: this.boot.other_language, next })
  }

  logout() { this.#post(this.urls.logout, {}) }

  #post(address, fields) {
    const form = document.createElement("form")
    Object.assign(form, { method: "post", action: address, hidden: true })
    const all = { ...fields, csrfmiddlewaretoken: this.boot.csrf }
    for (const [name, value] of Object.entries(all)) {
      form.append(Object.assign(document.createElement("input"), { name, value }))
    }
    document.body.append(form)
    form.submit()
  }

  selectTab(tab) {
    store.tab.value = tab
    if (tab === "closed" && store.closed.peek().state === "idle") loadClosed()
  }
}
