// The admin theme's expressions that its Alpine without eval cannot read, as functions.
const PROVIDERS = ["theme", "searchForm", "searchDropdown", "searchCommand"];
const SIDEBAR = "sidebarDesktopOpen";

document.addEventListener("alpine:init", () => {
  for (const name of PROVIDERS) Alpine.data(name, window[name]);
  const tab = firstTab();
  Alpine.data("shell", () => shell(tab));
  rewrite();
  reach();
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
  replace("form[x-bind\\:action]", "x-bind:action", "formAddress()");
}

function replace(selector, name, expression) {
  for (const node of document.querySelectorAll(selector)) node.setAttribute(name, expression);
}

// The theme opens things by clicks on nodes that a keyboard does not reach.
function reach() {
  for (const node of document.querySelectorAll("[x-on\\:click]:not(button, input, a[href], .grow)")) {
    node.setAttribute("role", "button");
    node.tabIndex = 0;
  }
  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (target.getAttribute("role") !== "button" || (key !== "Enter" && key !== " ")) return;
    event.preventDefault();
    target.click();
  });
  const { menu, filters } = document.getElementById("page").dataset;
  name("#nav-sidebar-apps", menu);
  name("#changelist-filter [data-simplebar]", filters);
}

// Scrolling boxes are regions; two of them on one page need two names.
function name(selector, label) {
  document.querySelector(selector)?.setAttribute("data-simplebar-aria-label", label);
}
