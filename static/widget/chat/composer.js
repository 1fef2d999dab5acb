// The box the visitor writes in: grows, counts, offers emoji, and never sends half a word.

const MOST_CHARACTERS = 4000
const EMOJI = "😀 😁 😂 🤣 😊 😍 😘 😎 🤔 😅 😢 😭 😡 😴 🙏 👍 👎 👌 👏 🙌 💪 🤝 ❤️ 💔 🎉 🔥 ⭐ ✅ ❌ ❓ ❗ 📦 🚚 💳 🧾 📷 🕐 📞 ✉️ 🎁"

// `on` has submit(text) and typing(text).
function makeComposer(on) {
  const [input, emoji, smile, count] = [$("input"), $("emoji"), $("smile"), $("count")]
  let timer
  let told = ""

  // Enter that picks a Chinese word must not send: old browsers tell it only by key code 229.
  input.onkeydown = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) submit(event)
  }
  input.oninput = changed
  $("form").onsubmit = submit
  smile.onclick = () => showEmoji(emoji.hidden)

  function submit(event) {
    event.preventDefault()
    input.focus()
    if ($("send").disabled) return
    on.submit(input.value.trim())
    write("")
  }

  function write(text) {
    input.value = text
    changed()
  }

  function changed() {
    const length = lengthOf(input.value.trim())
    count.textContent = length > 3600 ? `${length} / ${MOST_CHARACTERS}` : ""
    count.className = length > MOST_CHARACTERS ? "count bad" : "count"
    $("send").disabled = input.disabled || isBlank(input.value) || length > MOST_CHARACTERS
    input.style.height = "auto"
    input.style.height = Math.min(input.scrollHeight, 128) + "px"
    tell()
  }

  // At most one notice in two seconds, and the last state always follows.
  function tell() {
    if (timer || input.value === told) return
    on.typing((told = input.value))
    timer = setTimeout(() => tell((timer = 0)), 2000)
  }

  function showEmoji(open) {
    if (!emoji.firstChild) EMOJI.split(" ").forEach((sign) => emoji.append(button(sign, () => insert(sign))))
    emoji.hidden = !open
    smile.setAttribute("aria-expanded", open)
  }

  function insert(sign) {
    input.setRangeText(sign, input.selectionStart, input.selectionEnd, "end")
    changed()
  }

  function enable(able) {
    if (input.disabled !== able) return
    input.disabled = !able
    changed()
  }

  return { write, enable, showEmoji }
}
