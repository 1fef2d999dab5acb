// What the loader puts on the customer's page: a launcher, a teaser and a window for the frame.
// It trusts nothing of that page: no JSON, no fetch, no method of a list.
// CSS, the text of loader.css, is set by the view that serves this file.

const tag = document.currentScript || document.querySelector('script[data-site][src*="/w.js"]')
const options = Object.assign({}, tag.dataset, window.goflySettings)

const shell = document.createElement("gofly-widget")
const shadow = shell.attachShadow({ mode: "open" })
const phone = matchMedia("(max-width: 480px), (max-height: 480px) and (pointer: coarse)")
const facts = { unread: 0, status: "", visitorId: "" }
// Until the frame says its own, in the language of the site.
let words = { open: /^zh/.test(options.lang || navigator.language) ? "打开聊天" : "Open chat" }
let isOpen, isReady, isGone, hidden, locked, title

// The page may have replaced Array.prototype.forEach and its kin by something of its own.
function each(list, work) {
  for (let index = 0; index < list.length; index++) work(list[index])
}

// ---- nodes

function el(name, attributes, ...children) {
  const node = document.createElement(name)
  each(Object.keys(attributes), (key) => node.setAttribute(key, attributes[key]))
  each(children, (child) => node.append(child))
  return node
}

function draw(paths) {
  const space = "http://www.w3.org/2000/svg"
  const svg = document.createElementNS(space, "svg")
  svg.setAttribute("viewBox", "0 0 24 24")
  each(paths, (d) => svg.appendChild(document.createElementNS(space, "path")).setAttribute("d", d))
  return svg
}

const badge = el("i", {})
const label = el("b", {})
const bubble =
  "M7.5 19.5 3.5 21l1.4-4.2A8.2 8.2 0 1 1 7.5 19.5ZM8.5 12h.01M12 12h.01M15.5 12h.01"
const icon = draw([bubble, "M18 6 6 18M6 6l12 12"])
const look = { class: "launcher", type: "button", "aria-haspopup": "dialog" }
const launcher = el("button", look, icon, label, badge)
const teaser = el("div", { class: "teaser", role: "status", hidden: "" })
const pane = el("div", { class: "window", role: "dialog" })
const box = el("div", {}, pane, teaser, launcher)

// A constructed sheet needs no permission from the page's own policy; old browsers get a <style>.
function dress() {
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(CSS)
    shadow.adoptedStyleSheets = [sheet]
  } catch (error) {
    shadow.append(el("style", {}, CSS))
  }
}

function paint() {
  const { unread } = facts
  const text = isOpen ? words.close : words.open
  box.className = (isOpen ? "open " : "") + (phone.matches ? "phone " : "") + options.position
  const gone = isGone || (facts.gone && !isOpen)
  launcher.hidden = hidden || gone || !(isReady || options.load === "click")
  launcher.setAttribute("aria-label", unread ? `${text}, ${unread} ${words.unread}` : text)
  launcher.setAttribute("aria-expanded", !!isOpen)
  label.textContent = words.text || ""
  label.hidden = !label.textContent
  badge.textContent = isOpen || !unread ? "" : unread > 99 ? "99+" : unread
  flash(unread && !isOpen)
  fit()
}

// Only where the page asked for it: its title says how much is unread.
function flash(on) {
  if (options.title !== "on") return
  const plain = document.title.replace(/^\(\d+\) /, "")
  if (on || title) document.title = (title = on ? `(${facts.unread}) ` : "") + plain
}

// On phones the chat covers what the keyboard leaves free, and the page behind stays where it is.
function fit() {
  const view = isOpen && phone.matches && window.visualViewport
  pane.style.height = view ? view.height + "px" : ""
  pane.style.top = view ? view.offsetTop + "px" : ""
  const style = document.documentElement.style
  if (!locked === !(isOpen && phone.matches)) return
  locked = locked ? "" : style.overflow || "visible"
  style.overflow = locked ? "hidden" : ""
}

function tease(text) {
  teaser.textContent = ""
  const read = el("button", { type: "button" }, text)
  const dismiss = el("button", { type: "button", "aria-label": words.dismiss }, "×")
  read.onclick = open
  dismiss.onclick = () => (teaser.hidden = true)
  teaser.append(read, dismiss)
  teaser.hidden = false
}
