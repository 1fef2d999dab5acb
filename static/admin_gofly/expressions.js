// The admin theme's expressions that its Alpine without eval can not read, as functions.
const PROVIDERS = ["theme", "searchForm", "searchDropdown", "searchCommand"];
const SIDEBAR = "sidebarDesktopOpen";

document.addEventListener("alpine:init", () => {
  for (const name of PROVIDERS) Alpine.data(name, window[name]);
  const tab = firstTab();
  Alpine.data("shell", () => shell(tab));
  rewrite();
});

// What the theme writes out on <body>.
function shell(activeTab) {
  return {
    activeTab,
    sidebarMobileOpen: false,
    sidebarDesktopOpen: localStorage.getItem(SIDEBAR) !== "0",
    init() {
      this.$watch(SIDEBAR, (open) => localStorage.setItem(SIDEBAR, open ? "1" : "0"));
    },
    formAddress() {
      const { pathname, search } = location;
      const isTab = this.activeTab && this.activeTab !== "general";
      return pathname + search + (isTab ? `#${this.activeTab}` : "");
    },
  };
}

function firstTab() {
  const written = /activeTab: '([^']*)'/.exec(document.body.getAttribute("x-data"));
  return getCurrentTab() || (written === null ? "" : written[1]);
}

function rewrite() {
  document.body.setAttribute("x-data", "shell");
  document.body.removeAttribute("x-init");
  replace(`[x-on\\:click^="${SIDEBAR}"]`, "x-on:click", `${SIDEBAR} = !${SIDEBAR}`);
  replace("form[x-bind\\:action]", "x-bind:action", "formAddress()");
}

function replace(selector, name, expression) {
  for (const node of document.querySelectorAll(selector)) node.setAttribute(name, expression);
}
