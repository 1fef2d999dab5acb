// Everything that can be done by key or from the palette, in one list.
import { nextTheme } from "./settings.js";
import * as store from "./store.js";
import { t } from "./words.js";

// {icon, label(), key (a single letter) or keys (only shown), when(), run()}
export function commandsOf(actions) {
  const can = () => actions.can
  return [
    { icon: "hand", label: () => t("Claim conversation"), key: "a", when: () => can().claim,
      run: () => actions.claim() },
    { icon: "user-plus", label: () => t("Assign to me"), key: "a", when: () => can().take,
      run: () => actions.take() },
    { icon: "circle-check", label: () => t("Resolve"), key: "e", when: () => can().resolve,
      run: () => actions.resolve() },
    { icon: "rotate-ccw", label: () => t("Reopen"), key: "e", when: () => can().reopen,
      run: () => actions.reopen() },
    { icon: "arrow-right-left", label: () => t("Transfer"), key: "t", when: () => can().transfer,
      run: () => { store.transferOpen.value = true } },
    { icon: "undo-2", label: () => t("Back to queue"), when: () => can().release,
      run: () => actions.release() },
    { icon: "sticky-note", label: () => t("Write a note"), key: "n", when: () => can().write,
      run: () => actions.compose("note") },
    { icon: "message-square", label: () => t("Write a reply"), key: "r", when: () => can().write,
      run: () => actions.compose("reply") },
    { icon: "arrow-down", label: () => t("Next conversation"), key: "j",
      run: () => actions.step(1) },
    { icon: "arrow-up", label: () => t("Previous conversation"), key: "k",
      run: () => actions.step(-1) },
    { icon: "search", label: () => t("Search conversations"), key: "/",
      run: () => actions.search() },
    { icon: "panel-right", label: () => t("Visitor details"), key: "d",
      when: () => store.activeConv.value !== null,
      run: () => { store.detailsOpen.value = !store.detailsOpen.value } },
    { icon: "x", label: () => t("Close conversation"), keys: "Esc",
      when: () => store.activeConv.value !== null, run: () => actions.close() },
    ...TABS.map(([tab, icon, label]) => ({ icon, label, run: () => actions.selectTab(tab) })),
    { icon: "command", label: () => t("Command palette"), keys: "Ctrl K", run() {} },
    { icon: "sun-moon", label: () => t("Change theme"), run: nextTheme },
    { icon: "languages", label: () => t("Switch to 中文"), run: () => actions.switchLanguage() },
    { icon: "keyboard", label: () => t("Single-letter shortcuts on or off"),
      run: () => { store.singleKeys.value = !store.singleKeys.value } },
    { icon: "circle-user", label: () => t("Your profile"), run: () => actions.goto("profile") },
    { icon: "log-out", label: () => t("Log out"), run: () => actions.logout() },
  ]
}

const TABS = [
  ["mine", "user-check", () => t("Show mine")],
  ["queue", "clock", () => t("Show the queue")],
  ["all", "inbox", () => t("Show all")],
  ["closed", "archive", () => t("Show closed")],
]
