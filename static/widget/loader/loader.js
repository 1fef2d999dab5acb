// Puts the launcher on the customer's page and the chat into an isolated frame of our origin.
// It trusts nothing of that page: no JSON, no fetch, no method of a list, and a call never throws.
// CSS, the text of loader.css, is set by the view that serves this file.

const tag = document.currentScript || document.querySelector('script[data-site][src*="/w.js"]')
const options = Object.assign({}, tag.dataset, window.goflySettings)
const origin = new URL(tag.src).origin
const storageKey = `gofly:${options.site}`

const shell = document.createElement("gofly-widget")
const shadow = shell.attachShadow({ mode: "open" })
const phone = matchMedia("(max-width: 480px), (max-height: 480px) and (pointer: coarse)")
const listeners = new Set()
const facts = { unread: 0, status: "", visitorId: "" }
let pending = []
// Until the frame says its own, in the language of the site.
let words = /^zh/.test(options.lang || navigator.language) ? { open: "打开聊天" } : { open: "Open chat" }
let token = ""
let frame, timer, identity, isStarted, isOpen, isReady, isGone, hidden, touched, locked, title

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
const shapes = ["M7.5 19.5 3.5 21l1.4-4.2A8.2 8.2 0 1 1 7.5 19.5ZM8.5 12h.01M12 12h.01M15.5 12h.01", "M18 6 6 18M6 6l12 12"]
const launcher = el("button", { class: "launcher", type: "button", "aria-haspopup": "dialog" }, draw(shapes), label, badge)
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
  box.className = `${isOpen ? "open" : ""} ${phone.matches ? "phone" : ""} ${options.position || ""}`
  launcher.hidden = hidden || isGone || !(isReady || options.load === "click")
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

// ---- the frame

function mount() {
  if (frame || isGone || !isStarted) return
  const query = new URLSearchParams({ hint: document.documentElement.lang || "" })
  each(["lang", "theme", "color"], (key) => options[key] && query.set(key, options[key]))
  const src = `${origin}/w/${options.site}/?${query}`
  frame = el("iframe", { src, title: "Chat", allow: "clipboard-write", referrerpolicy: "origin" })
  pane.append(frame)
  timer = setTimeout(giveUp, 8000)
}

function unmount() {
  clearTimeout(timer)
  if (frame) frame.remove()
  frame = isReady = null
}

function giveUp() {
  console.warn(
    `gofly: no chat on ${location.origin}. Is it one of the "allowed origins" of the site ${options.site}, and is the site active?`,
  )
  close()
  isGone = true
  unmount()
  paint()
}

function post(type, data) {
  if (isReady) frame.contentWindow.postMessage({ gofly: 1, type, data }, origin)
  else if (!isGone) pending[pending.length] = [type, data]
}

const page = () => ({ url: location.href, title: document.title, referrer: document.referrer })

// What the frame may say.
const HEAR = {
  ready(settings) {
    clearTimeout(timer)
    isReady = true
    words = settings
    options.position = options.position || settings.position
    frame.title = settings.title
    pane.setAttribute("aria-label", settings.title)
    each(Object.keys(settings.colors), (name) => shell.style.setProperty("--" + name, settings.colors[name]))
    post("hello", { token: token || stored(), page: page(), identity })
    if (isOpen) post("visible", true)
    each(pending, ([type, data]) => post(type, data))
    pending = []
    emit("ready")
  },
  token: keep,
  close() {
    close()
    launcher.focus()
  },
  teaser: tease,
  event: ({ name, detail }) => emit(name, detail),
  facts(news) {
    const { unread, status } = facts
    Object.assign(facts, news)
    if (facts.unread !== unread) emit("unread", { n: facts.unread })
    if (facts.status !== status) emit("status", { status: facts.status })
    if (news.gone === "origin") return giveUp()
    isGone = !!news.gone && !isOpen
  },
}

function hear({ source, origin: from, data }) {
  if (!frame || source !== frame.contentWindow || from !== origin || !data || data.gofly !== 1) return
  if (HEAR.hasOwnProperty(data.type)) HEAR[data.type](data.data)
  paint()
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

// ---- the visitor's token: in memory until the first interaction, then in the page's own storage

function stored(value) {
  try {
    if (value) localStorage.setItem(storageKey, value)
    if (value === "") localStorage.removeItem(storageKey)
    return localStorage.getItem(storageKey) || ""
  } catch (error) {
    return ""
  }
}

function keep(value) {
  token = value
  if (touched || !value) stored(value)
}

// Another tab may have been touched first: its visitor is this one too.
function touch() {
  touched = true
  const other = stored()
  if (other && other !== token) post("token", (token = other))
  else stored(token)
}

// ---- commands

function open() {
  mount()
  isOpen = true
  teaser.hidden = true
  touch()
  paint()
  post("visible", true)
  if (frame) frame.focus()
  emit("open")
}

function close() {
  if (!isOpen) return
  isOpen = false
  paint()
  post("visible", false)
  emit("close")
}

const COMMANDS = {
  open,
  close,
  toggle: () => (isOpen ? close() : open()),
  hide() {
    close()
    hidden = true
    paint()
  },
  show() {
    hidden = false
    paint()
  },
  identify(id, { name, email, hash, jwt } = {}) {
    identity = { user_id: String(id), hmac: hash, jwt, name, email }
    if (isReady) post("identify", identity)
  },
  set(settings) {
    Object.assign(options, settings)
    unmount()
    mount()
  },
  locale: (lang) => COMMANDS.set({ lang }),
  theme(theme) {
    options.theme = theme
    post("theme", theme)
  },
  on(name, listener) {
    listeners.add({ name, listener })
    return () => COMMANDS.off(name, listener)
  },
  off(name, listener) {
    listeners.forEach((entry) => entry.name === name && entry.listener === listener && listeners.delete(entry))
  },
  page: (url, title) => post("page", Object.assign(page(), url && { url }, title && { title })),
  prefill: (text) => post("prefill", String(text)),
  send(text) {
    touch()
    post("send", String(text))
  },
  get: (name) => Promise.resolve(name === "isOpen" ? !!isOpen : facts[name]),
  logout() {
    identity = null
    keep("")
    post("token", "")
  },
  destroy() {
    close()
    unmount()
    shell.remove()
    removeEventListener("message", hear)
    isGone = true
    delete window.gofly
  },
}

function emit(name, detail = {}) {
  window.dispatchEvent(new CustomEvent("gofly:" + name, { detail }))
  listeners.forEach((entry) => entry.name === name && attempt(() => entry.listener(detail)))
}

// A call never throws into the host page.
function attempt(work) {
  try {
    return work()
  } catch (error) {
    console.warn("gofly:", error)
  }
}

function gofly(name, first, second) {
  if (COMMANDS.hasOwnProperty(name)) return attempt(() => COMMANDS[name](first, second))
  console.warn(`gofly: there is no command "${name}"`)
}

// ---- the start

// Single-page sites change their address without loading: each change is a page view.
function watchPages() {
  each(["pushState", "replaceState"], (name) => {
    const original = history[name]
    history[name] = function () {
      const result = original.apply(this, arguments)
      attempt(COMMANDS.page)
      return result
    }
  })
  addEventListener("popstate", () => COMMANDS.page())
}

function watchStorage(event) {
  if (event.key === storageKey) post("token", (token = event.newValue || ""))
}

function listen() {
  addEventListener("message", hear)
  addEventListener("storage", watchStorage)
  launcher.onclick = COMMANDS.toggle
  shadow.addEventListener("keydown", (event) => event.key === "Escape" && close())
  if (phone.addEventListener) phone.addEventListener("change", paint)
  each(["resize", "scroll"], (name) => window.visualViewport && visualViewport.addEventListener(name, fit))
  watchPages()
}

function start() {
  isStarted = true
  dress()
  shadow.append(box)
  // Outside the body, where the page changes of single-page sites do not reach.
  document.documentElement.append(shell)
  listen()
  paint()
  if (isOpen) mount()
  else if (options.load !== "click") (window.requestIdleCallback || setTimeout)(mount)
  each(["pointerenter", "focus"], (name) => launcher.addEventListener(name, mount))
}

// Pasted twice, the second copy does nothing. Nothing is asked for before the page itself is complete.
if (!(window.gofly && window.gofly.v)) {
  const queued = (window.gofly || {}).q || []
  gofly.v = 1
  window.gofly = gofly
  each(queued, ([name, first, second]) => gofly(name, first, second))
  if (document.readyState === "complete") start()
  else addEventListener("load", start)
}
