// The box the visitor writes in: grows, counts, offers emoji, and never sends half a word.
// Uses say(text) and tellTyping(text).

const [input, emoji, smile] = [$("input"), $("emoji"), $("smile")]
const [count, sendButton] = [$("count"), $("send")]
const EMOJI = "😀😁😂😅😊😍😘😎😢😭😡😴🤣🤔🤝🙏🙌👍👎👌👏💪💔💙💳🎉🎁🔥⭐✅❌❓❗📦📞📷📧🚚🧾🕐"
let told = ""

// Enter that picks a Chinese word must not send: old browsers tell it only by key code 229.
input.onkeydown = (event) => {
  const composing = event.isComposing || event.keyCode === 229
  if (event.key === "Enter" && !event.shiftKey && !composing) submit(event)
}
input.oninput = typed
$("form").onsubmit = submit
smile.onclick = () => showEmoji(emoji.hidden)

function submit(event) {
  event.preventDefault()
  input.focus()
  if (sendButton.disabled) return
  say(input.value.trim())
  prefill("")
}

function prefill(text) {
  input.value = text
  typed()
}

function typed() {
  const length = lengthOf(input.value.trim())
  count.textContent = length > 3600 ? length + " / 4000" : ""
  count.className = length > 4000 ? "bad" : ""
  sendButton.disabled = input.disabled || isBlank(input.value) || length > 4000
  input.style.height = "auto"
  input.style.height = Math.min(input.scrollHeight, 128) + "px"
  tellTyped()
}

// At most one notice in two seconds, and the last state always follows.
function tellTyped() {
  if (alarms.typed || input.value === told) return
  tellTyping((told = input.value))
  alarm("typed", 2000, tellTyped)
}

function showEmoji(open) {
  const keyOf = (sign) => button(sign, () => insert(sign))
  if (!emoji.firstChild) emoji.append(...Array.from(EMOJI, keyOf))
  emoji.hidden = !open
  smile.setAttribute("aria-expanded", open)
}

function insert(sign) {
  input.setRangeText(sign, input.selectionStart, input.selectionEnd, "end")
  typed()
}

function enable(able) {
  if (input.disabled !== able) return
  input.disabled = !able
  typed()
}
