// The chat page: puts the session on the screen and speaks with the page around the frame.

const { framed, colors } = config
const ownPage = `/c/${site}/`
const tokenKey = `gofly:${site}`
const darkness = matchMedia("(prefers-color-scheme: dark)")
let open = !framed
let host = ""
let drawOlder, late, audio, toldHost

// ---- the screen

// Many rows in one turn are drawn once.
function changed(older) {
  drawOlder = drawOlder || older
  if (!alarms.draw) alarm("draw", 8, draw)
}

function draw() {
  $("welcome").hidden = oldest > 1
  $("skeleton").hidden = visitor || !token
  drawLog(drawOlder)
  drawOlder = false
  paint()
}

function paint() {
  document.body.className = facts.agents_online ? "" : "away"
  $("status").textContent = (facts.agent || {}).name || config.tagline
  $("typing").hidden = !typist
  $("typist").textContent = typist && fill(words.typing, typist)
  enable(!isDead() && !isFull())
  notice()
  tellFacts()
  if (linkState === "version") reload()
}

function notice() {
  const [kind, text] = sentence()
  $("bar").className = kind
  if ($("bar").textContent !== text) $("bar").textContent = text
  if (pauseLeft() > 0) alarm("notice", 1000, notice)
  // A connection that takes a moment is nothing to speak of.
  if (!isLate()) alarm("late", (late = 0))
  else if (!late && !alarms.late) alarm("late", 1200, () => notice((late = true)))
}

// A page that speaks an old protocol fetches itself anew, once.
function reload() {
  if (!location.hash) location.replace(`?${Date.now()}&${location.search.slice(1)}#new`)
}

function setTheme(theme) {
  root.dataset.theme = theme === "auto" ? (darkness.matches ? "dark" : "light") : theme
}

// ---- what the visitor does

function say(text) {
  toEnd()
  touch()
  wake(0)
  write(text)
}

// What the server finds too long goes back into the box; everything else is simply sent again.
function tryAgain(item) {
  if (item.failed !== "too_long") return retry(item)
  prefill(item.body)
  discard(item)
}

// The visitor's hand on the page itself: sound is allowed now, and a page of its own may remember.
function onHand() {
  audio = audio || (window.AudioContext && new AudioContext())
  if (linkState === "replaced") wake(0)
  if (!framed && !touched) touch()
}

function keepToken() {
  if (host) tell("token", token)
  else if (touched) remember(tokenKey, token)
}

// ---- what happens

function fresh({ id, seq, kind, body: text, from }) {
  const own = from.k === "visitor"
  emit("message", { id, seq, kind, text, direction: own ? "out" : "in" })
  if (own || kind === "event" || (open && !document.hidden)) return
  tell("teaser", text.slice(0, 140))
  if (audio && config.sound) ring()
}

function ring() {
  const tone = audio.createOscillator()
  const volume = audio.createGain()
  volume.gain.value = 0.06
  tone.connect(volume).connect(audio.destination)
  tone.start()
  tone.stop(audio.currentTime + 0.15)
}

const isLooking = () => open && !document.hidden && pinned && linkState === "online"

// ---- the page around the frame: both ends check who speaks, and answer to an exact origin

function tell(type, data) {
  if (host) parent.postMessage({ gofly: 1, type, data }, host)
}

function emit(name, detail) {
  tell("event", { name, detail })
}

function tellFacts() {
  const gone = linkState === "gone" && (refusal || "gone")
  const unread = rows.filter(isUnread).length
  const news = { unread, status: facts.status, visitorId: visitor, gone }
  const print = JSON.stringify(news)
  if (host && print !== toldHost) tell("facts", news, (toldHost = print))
}

// What the loader may say.
const OBEY = {
  hello: (opening) => start({ ...opening, embed: { mode: "widget", origin: host } }),
  visible: show,
  page: turnTo,
  identify,
  token: become,
  prefill,
  send: say,
  theme: setTheme,
}

function obey({ source, origin, data }) {
  if (source !== parent || !data || data.gofly !== 1) return
  if (data.type === "hello" && !host) host = origin
  if (origin === host && OBEY.hasOwnProperty(data.type)) OBEY[data.type](data.data)
}

function show(visible) {
  open = visible
  if (!open) return
  touch()
  toEnd()
  // On a phone the keyboard would jump up over the greeting.
  if (matchMedia("(pointer: coarse)").matches) logBox.focus()
  else input.focus()
}

// ---- the start

function listenToAll() {
  $("close").onclick = () => tell("close")
  onmessage = obey
  onpointerdown = onHand
  onkeydown = ({ key }) => {
    onHand()
    if (key === "Escape") emoji.hidden ? tell("close") : showEmoji(false)
  }
  ononline = onpageshow = () => wake(2000)
  onoffline = () => wake(0)
  document.onvisibilitychange = () => (document.hidden ? tellGot() : wake(2000, look()))
}

function begin() {
  Object.keys(colors).forEach((name) => root.style.setProperty("--" + name, colors[name]))
  setTheme(root.dataset.theme)
  if (framed && parent === window) return location.replace(ownPage)
  // Our own dashboard may show the page of its own inside itself. A stranger's page, in a web view
  // that ignores `frame-ancestors`, gets a link instead; it has no frame element for us.
  const link = () => document.body.replaceChildren(anchor(ownPage, site))
  if (!framed && parent !== window && !frameElement) return link()
  listenToAll()
  prefill(new URLSearchParams(location.search).get("prefill") || "")
  draw()
  // The first word holds nothing private; its receiver is known by the referrer alone.
  const ready = { gofly: 1, type: "ready", data: { colors, ...config.launcher } }
  if (framed) return parent.postMessage(ready, document.referrer || "*")
  const page = { url: location.href, title: document.title, referrer: document.referrer }
  start({ token: remember(tokenKey), page, embed: { mode: "page", origin } })
}

begin()
