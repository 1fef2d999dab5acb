// Small helpers that make nodes. Text only ever becomes a text node, so no message can become markup.

const $ = (id) => document.getElementById(id)

function el(name, attributes, ...children) {
  const node = document.createElement(name)
  Object.keys(attributes).forEach((key) => node.setAttribute(key, attributes[key]))
  node.append(...children)
  return node
}

// A function fills the blank, because "$&" in a name means nothing.
const fill = (words, value) => words.replace("%s", () => value)

// Icons wait in the page's <template>: the page's policy forbids markup from strings.
const icon = (name) => $("icons").content.querySelector("." + name).cloneNode(true)

function button(label, act) {
  const node = el("button", { type: "button" }, label)
  node.onclick = act
  return node
}

const anchor = ([href, label]) => el("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, label)
