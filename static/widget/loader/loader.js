// Holds the frame of our origin, speaks with it, and obeys the page's commands. A call never throws.
// Uses launcher.js.

const origin = new URL(tag.src).origin
const storageKey = `gofly:${options.site}`
const listeners = new Set()
let pending = []
let token = ""
let frame, timer, identity, isStarted, touched

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
    `gofly: no chat on ${location.origin}. Is it among the "allowed origins" of the site ` +
      `${options.site}, and is the site active?`,
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
    const { colors } = settings
    each(Object.keys(colors), (name) => shell.style.setProperty("--" + name, colors[name]))
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
    if (news.gone === "origin") giveUp()
  },
}

function hear({ source, origin: from, data }) {
  if (!frame || source !== frame.contentWindow || from !== origin) return
  if (data && data.gofly === 1 && HEAR.hasOwnProperty(data.type)) HEAR[data.type](data.data)
  paint()
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
    const isIt = (entry) => entry.name === name && entry.listener === listener
    listeners.forEach((entry) => isIt(entry) && listeners.delete(entry))
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
  const { visualViewport } = window
  each(["resize", "scroll"], (name) => visualViewport && visualViewport.addEventListener(name, fit))
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

// Pasted twice, the second copy does nothing.
// Nothing is asked for before the page itself is complete.
if (!(window.gofly && window.gofly.v)) {
  const queued = (window.gofly || {}).q || []
  gofly.v = 1
  window.gofly = gofly
  each(queued, ([name, first, second]) => gofly(name, first, second))
  if (document.readyState === "complete") start()
  else addEventListener("load", start)
}
