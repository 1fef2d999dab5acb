// The states an agent can be in, as people read them.
import { t } from "./words.js";

export const STATES = ["online", "busy", "away", "invisible", "offline"]

const NAMES = {
  online: () => t("Online"),
  busy: () => t("Busy"),
  away: () => t("Away"),
  invisible: () => t("Invisible"),
  offline: () => t("Offline"),
}

const MEANINGS = {
  online: () => t("You get new conversations"),
  busy: () => t("No new conversations"),
  away: () => t("Back soon, no new conversations"),
  invisible: () => t("You work, others see you offline"),
  offline: () => t("You are not on duty"),
}

export const stateName = (state) => NAMES[state]?.() ?? state
export const stateMeaning = (state) => MEANINGS[state]?.() ?? ""
