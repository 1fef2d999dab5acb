// The chat page: puts the session on the screen and speaks with the page around the frame.

const config = JSON.parse($("config").textContent)
const { words, framed } = config
const muteKey = `gofly:${config.site}:mute`
const tokenKey = `gofly:${config.site}:token`

let open = !framed
let host = ""
let muted = remember(muteKey)
let drawing, drawOlder, lateTimer, late, audio, told

const session = makeSession(config, {
  changed,
  fresh,
  state: paint,
  token: keepToken,
  failed: (code, after_ms) => tell("event", { name: "error", detail: { code, after_ms } }),
  isLooking: () => open && !document.hidden && log.pinned && session.link.state === "online",
})
const log = makeLog(words, config.lang, { older: session.older, look: session.look, retry, remove: session.box.remove })
const composer = makeComposer({ submit: say, typing: session.tellTyping })

// ---- the screen

// Many rows in one turn are drawn once.
function changed(older) {
  drawOlder = drawOlder || older
  if (!drawing) drawing = setTimeout(draw, 8)
}

function draw() {
  const { threads, box, token, visitor } = session
  const lines = linesOf(threads, box.items, words)
  $("welcome").hidden = threads.some((thread) => thread.oldest > 1)
  $("skeleton").hidden = visitor || !token || lines.length
  log.draw(lines, drawOlder)
  drawing = drawOlder = 0
  paint()
}

function paint() {
  const { link, facts, box, typist } = session
  const away = link.state === "online" && !facts.agents_online
  document.body.classList.toggle("away", away)
  $("status").textContent = (facts.agent && facts.agent.name) || (away && config.away) || config.tagline
  $("typing").hidden = !typist
  $("typist").textContent = typist && fill(words.typing, typist)
  composer.enable(!DEAD.includes(link.state) && !box.isFull())
  notice()
  tellFacts()
  if (link.state === "version") reload()
}

function notice() {
  const { link, facts, box, alone } = session
  const pause = Math.ceil((box.until - Date.now()) / 1000)
  const now = { link: link.state, online: navigator.onLine, late, full: box.isFull(), pause, alone }
  const [kind, text] = noticeOf(Object.assign(now, { status: facts.status, place: facts.queue_pos }), words)
  $("bar").className = "bar " + kind
  if ($("bar").textContent !== text) $("bar").textContent = text
  if (pause > 0) setTimeout(notice, 1000)
  // A connection that takes a moment is nothing to speak of.
  if (link.state === "online") lateTimer = late = clearTimeout(lateTimer)
  else if (!lateTimer) lateTimer = setTimeout(() => notice((late = true)), 1200)
}

// ---- what the visitor does

function say(text) {
  touched()
  log.toEnd()
  session.write(text)
}

// What the server finds too long goes back into the box; everything else is simply sent again.
function retry(item) {
  if (item.failed !== "too_long") return session.box.retry(item)
  composer.write(item.body)
  session.box.remove(item)
}

// The first touch of the page itself: sound is allowed now, and a page of its own may remember.
function touched() {
  audio = audio || new (window.AudioContext || window.webkitAudioContext)()
  if (!framed && !session.touched) {
    session.touch()
    keepToken(session.token)
  }
  if (session.link.state === "replaced") session.link.wake(0)
}

function keepToken(token) {
  if (host) tell("token", token)
  else if (session.touched || !token) remember(tokenKey, token)
}

function mute() {
  muted = remember(muteKey, muted ? "" : "1")
  $("sound").setAttribute("aria-pressed", !muted)
}

// ---- what happens

function fresh(row) {
  const { id, seq, kind, body, from } = row
  const own = from.k === "visitor"
  tell("event", { name: "message", detail: { id, seq, kind, text: body, direction: own ? "out" : "in" } })
  if (own || kind === "event" || (open && !document.hidden)) return
  tell("teaser", body.slice(0, 140))
  if (audio && config.sound && !muted) ring()
}

function ring() {
  const tone = audio.createOscillator()
  const volume = audio.createGain()
  const end = audio.currentTime + 0.3
  volume.gain.setValueAtTime(0.08, audio.currentTime)
  volume.gain.exponentialRampToValueAtTime(0.0001, end)
  tone.connect(volume).connect(audio.destination)
  tone.start()
  tone.stop(end)
}

// ---- the page around the frame: both ends check who speaks, and answer to an exact origin

function tell(type, data) {
  if (host) parent.postMessage({ gofly: 1, type, data }, host)
}

function tellFacts() {
  const { link, facts, visitor, refusal } = session
  const news = { unread: session.unread(), status: facts.status, visitorId: visitor, gone: link.state === "gone" && refusal }
  const print = JSON.stringify(news)
  if (print !== told) tell("facts", news)
  told = host && print
}

// What the loader may say.
const OBEY = {
  hello: (opening) => session.start(Object.assign(opening, { embed: { mode: "widget", origin: host } })),
  visible: show,
  page: session.turnTo,
  identify: session.identify,
  token: (token) => token === session.token || session.leave(token),
  theme: (theme) => document.documentElement.setAttribute("data-theme", theme),
  prefill: composer.write,
  send: (text) => isBlank(text) || say(text),
}

function obey({ source, origin, data }) {
  if (source !== parent || !data || data.gofly !== 1) return
  if (data.type === "hello" && !host) host = origin
  if (origin === host && Object.keys(OBEY).includes(data.type)) OBEY[data.type](data.data)
}

function show(visible) {
  open = visible
  if (!open) return
  session.touch()
  if (log.pinned) log.toEnd()
  // On a phone the keyboard would jump up over the greeting.
  $(matchMedia("(pointer: coarse)").matches ? "log" : "input").focus()
}

function escape() {
  if (!$("emoji").hidden) composer.showEmoji(false)
  else tell("close")
}

// ---- the start

function listen() {
  const { link } = session
  $("close").onclick = () => tell("close")
  $("sound").onclick = mute
  $("sound").setAttribute("aria-pressed", !muted)
  addEventListener("message", obey)
  addEventListener("online", () => link.wake(2000))
  addEventListener("offline", () => link.state === "online" && link.wake(0))
  addEventListener("pageshow", (event) => event.persisted && link.wake(2000))
  addEventListener("pointerdown", touched)
  addEventListener("keydown", (event) => (event.key === "Escape" ? escape() : touched()))
  document.addEventListener("visibilitychange", () => (document.hidden ? session.tellGot() : link.wake(2000, session.look())))
}

// A page that speaks an old protocol fetches itself anew, once.
function reload() {
  if (!location.search.includes("again")) location.replace(`${location.pathname}?again&${location.search.slice(1)}`)
}

// Our own dashboard may show this page inside itself. A stranger's page, in a web view that ignores
// `frame-ancestors`, gets a link instead.
function isStranger() {
  try {
    return top.location.origin !== location.origin
  } catch (error) {
    return true
  }
}

function begin() {
  const style = document.documentElement.style
  Object.keys(config.colors).forEach((name) => style.setProperty("--" + name, config.colors[name]))
  if (!framed && isStranger()) return document.body.replaceChildren(anchor([config.page, config.page]))
  if (framed && parent === window) return location.replace(config.page)
  listen()
  changed()
  // The first word holds nothing private; its receiver is known by the referrer alone.
  if (framed) return parent.postMessage({ gofly: 1, type: "ready", data: config.launcher }, document.referrer || "*")
  const page = { url: location.href, title: document.title, referrer: document.referrer }
  composer.write(new URLSearchParams(location.search).get("prefill") || "")
  session.start({ token: remember(tokenKey), page, embed: { mode: "page", origin: location.origin } })
}

begin()
