// The list of messages on screen: draws lines and keeps the reader's place.

const FEW_EMOJI = /^(?:\p{Extended_Pictographic}\ufe0f?\s?){1,3}$/u

// `on` has older(), look(), retry(item) and remove(item).
function makeLog(words, lang, on) {
  const log = { pinned: true, draw, toEnd }
  const [box, list, newest] = [$("log"), $("rows"), $("newest")]
  const nodes = new Map()
  let lastTop = 0

  // Only the reader's own scrolling up unpins, never content that grew.
  box.onscroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = box
    if (scrollHeight - scrollTop - clientHeight < 80) pin()
    else if (scrollTop < lastTop - 2) log.pinned = false
    if (scrollTop < 160 && scrollTop < lastTop) on.older()
    lastTop = scrollTop
  }
  newest.onclick = toEnd
  // A keyboard that opens, or an agent who starts typing, must not hide the newest message.
  if (window.ResizeObserver) new ResizeObserver(() => log.pinned && toEnd()).observe(box)

  function pin() {
    log.pinned = newest.hidden = true
    on.look()
  }

  function toEnd() {
    box.scrollTop = lastTop = box.scrollHeight
    pin()
  }

  // `older`: a page of history came in above, which nobody wants read aloud.
  function draw(lines, older) {
    const fromEnd = box.scrollHeight - box.scrollTop
    const count = list.children.length
    box.setAttribute("aria-live", older ? "off" : "polite")
    lines.forEach((line, index) => place(nodeOf(line), index))
    while (list.children[lines.length]) list.lastChild.remove()
    if (log.pinned) toEnd()
    else if (older) box.scrollTop = lastTop = box.scrollHeight - fromEnd
    else if (list.children.length > count) newest.hidden = false
    if (box.scrollHeight <= box.clientHeight) on.older()
  }

  function place(node, index) {
    if (list.children[index] !== node) list.insertBefore(node, list.children[index])
  }

  // One node for one key: a message that is confirmed keeps its place and its node.
  function nodeOf(line) {
    const known = nodes.get(line.key) || { node: el("li", {}) }
    const print = JSON.stringify(line)
    if (known.print !== print) fillNode(known.node, line)
    nodes.set(line.key, Object.assign(known, { print }))
    return known.node
  }

  function fillNode(node, line) {
    const flags = ["follows", "followed", "dim"].filter((flag) => line[flag])
    node.className = line.event ? "event" : `msg ${line.own ? "me" : "them"} ${line.state} ${flags.join(" ")}`
    node.textContent = ""
    if (line.day) node.append(el("p", { class: "day" }, dayName(line.ts)))
    const nodes = pieces(line.body).map((piece) => (Array.isArray(piece) ? anchor(piece) : piece))
    const text = el("p", { dir: "auto" }, el("bdi", {}, ...nodes))
    if (line.event) return node.append(text)
    const author = el("span", { class: "sr" }, `${line.name || words.you}: `)
    node.append(el("div", { class: FEW_EMOJI.test(line.body) ? "bubble jumbo" : "bubble" }, author, text), meta(line))
  }

  // Not part of the spoken log: a tick that changes is no news.
  function meta({ name, edited, ts, own, state, item }) {
    const time = new Date(ts).toLocaleTimeString(lang, { hour: "numeric", minute: "2-digit" })
    const parts = [name, edited && words.edited, time].filter(Boolean).join(" · ")
    const line = el("div", { class: "meta", "aria-live": "off" })
    if (state === "failed") {
      const why = item.failed === "old" ? words.old : item.why || words.failed
      line.append(why, button(words.retry, () => on.retry(item)), button(words.remove, () => on.remove(item)))
    } else line.append(el("bdi", {}, parts))
    if (own) line.append(el("span", { role: "img", "aria-label": words[state] }, icon(state)))
    return line
  }

  function dayName(ts) {
    const day = dayOf(ts)
    if (day === dayOf(Date.now())) return words.today
    if (day === dayOf(Date.now() - 86400000)) return words.yesterday
    return new Date(ts).toLocaleDateString(lang, { weekday: "long", month: "long", day: "numeric" })
  }

  return log
}
