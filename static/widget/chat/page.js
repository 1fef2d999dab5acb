// Small helpers around the browser.
// Text only ever becomes a text node, so no message can become markup.

const root = document.documentElement
const $ = (id) => document.getElementById(id)
const config = JSON.parse($("config").textContent)
const { words, site } = config

function el(name, attributes, ...children) {
  const node = document.createElement(name)
  Object.keys(attributes).forEach((key) => node.setAttribute(key, attributes[key]))
  node.append(...children)
  return node
}

function button(label, act) {
  const node = el("button", { type: "button" }, label)
  node.onclick = act
  return node
}

// Icons wait in the page's <template>: the page's policy forbids markup from strings.
const icon = (name) => $("icons").content.querySelector("." + name).cloneNode(true)

// A function fills the blank, because "$&" in a name means nothing.
const fill = (sentence, value) => sentence.replace("%s", () => value)

// One alarm a name: setting it again moves it, setting it without work turns it off.
const alarms = {}
function alarm(name, ms, work) {
  clearTimeout(alarms[name])
  alarms[name] = work && setTimeout(() => work((alarms[name] = 0)), ms)
}

// Keeps a value, with "" removes it; where storage is blocked nothing is remembered.
function remember(key, value) {
  try {
    if (value) localStorage.setItem(key, value)
    if (value === "") localStorage.removeItem(key)
    return localStorage.getItem(key) || ""
  } catch (error) {
    return ""
  }
}

// Time and 128 random bits, because crypto.randomUUID is missing on plain http.
function newId() {
  const random = crypto.getRandomValues(new Uint32Array(4))
  return Date.now().toString(36) + Array.from(random, (part) => part.toString(36)).join("")
}
