// Whom to hand the conversation to: colleagues with their state, teams, or back to the queue.
import { View, avatar, html, icon, nothing } from "./view.js";
import * as store from "./store.js";
import { stateName } from "./states.js";
import { t } from "./words.js";

const FIRST = { online: 0, busy: 1, away: 2, offline: 3 }

class Transfer extends View {
  setup() {
    this.outside = (event) => { if (!this.contains(event.target)) store.transferOpen.value = false }
    addEventListener("pointerdown", this.outside)
    this.addEventListener("keydown", (event) => this.key(event))
  }

  teardown() {
    removeEventListener("pointerdown", this.outside)
    store.transferOpen.value = false
  }

  view() {
    const open = store.transferOpen.value
    return html`<button class="btn outline" aria-expanded=${open} aria-haspopup="true"
        ?disabled=${store.busy.value !== ""} aria-keyshortcuts="t"
        @click=${() => { store.transferOpen.value = !open }}>
        ${icon("arrow-right-left", "sm")}<span class="label">${t("Transfer")}</span></button>
      ${open ? this.box() : nothing}`
  }

  box() {
    const people = this.people()
    const teams = store.teams.value.filter((team) => this.sameSite(team.site))
    return html`<div class="menu pop" role="group" aria-label=${t("Transfer to")}>
      ${this.actions.can.release ? this.choice(icon("undo-2", "sm"), t("Back to queue"), "",
    () => { store.transferOpen.value = false; this.actions.release() }) : nothing}
      <h3>${t("Agents")}</h3>
      ${people.length ? people.map((agent) => this.choice(avatar(agent.name, "sm", agent.state),
    agent.name, stateName(agent.state), () => this.actions.transfer(agent.id, agent.name)))
    : html`<p class="menu-none">${t("No other agents on this site")}</p>`}
      ${teams.length ? html`<h3>${t("Teams")}</h3>` : nothing}
      ${teams.map((team) => this.choice(icon("users-round", "sm"), team.name, "",
    () => this.actions.transfer(team.id, team.name)))}</div>`
  }

  choice(mark, name, more, run) {
    return html`<button class="menu-row" @click=${run}>${mark}<bdi>${name}</bdi>
      <span>${more}</span></button>`
  }

  people() {
    const owner = store.activeRow.value?.agent?.id
    return [...store.agents.value.values()]
      .filter((agent) => agent.id !== owner && agent.id !== store.me.value.id)
      .filter((agent) => (agent.sites ?? []).some((site) => this.sameSite(site)))
      .sort((a, b) => FIRST[a.state] - FIRST[b.state] || a.name.localeCompare(b.name))
  }

  sameSite(site) {
    const here = store.activeRow.value?.site
    return !here || site === here
  }

  updated() {
    if (store.transferOpen.peek() && !this.wasOpen) this.$(".menu-row")?.focus()
    this.wasOpen = store.transferOpen.peek()
  }

  key(event) {
    if (!store.transferOpen.peek()) return
    if (event.key === "Escape") {
      store.transferOpen.value = false
      event.stopPropagation()
      this.$(".btn").focus()
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const rows = [...this.querySelectorAll(".menu-row")]
    rows[(rows.indexOf(document.activeElement) + step + rows.length) % rows.length]?.focus()
  }
}
customElements.define("gf-transfer", Transfer)
