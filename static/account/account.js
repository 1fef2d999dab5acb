// Conveniences of the account pages; every page also works without them.

function reveal(button) {
  const field = document.getElementById(button.dataset.reveal)
  const shown = field.type === "password"
  field.type = shown ? "text" : "password"
  button.setAttribute("aria-pressed", String(shown))
  field.focus()
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy)
  const codes = [...source.querySelectorAll("code")].map((code) => code.textContent)
  await navigator.clipboard.writeText(codes.length ? codes.join("\n") : source.textContent)
  button.classList.add("done")
  button.querySelector("span").textContent = button.dataset.done
}

for (const button of document.querySelectorAll("[data-reveal]")) {
  button.hidden = false
  button.addEventListener("click", () => reveal(button))
}

for (const button of document.querySelectorAll("[data-copy]")) {
  // Browsers offer the clipboard on secure pages only.
  button.hidden = !navigator.clipboard
  button.addEventListener("click", () => copy(button))
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => print())
}

const wrong = document.querySelector("[aria-invalid=true]")
wrong?.focus()
wrong?.select?.()

for (const block of document.querySelectorAll("[data-scripted]")) block.hidden = false
