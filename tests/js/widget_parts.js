// The chat page's scripts share one closure in the browser. Here some of them get one of their own,
// with stand-ins for what they use of the others.
import { readFileSync } from "node:fs"

const read = (name) => readFileSync(new URL(`../../static/widget/chat/${name}.js`, import.meta.url), "utf8")

// `given` are the stand-ins by name; `wanted` is the inside of an object literal, seen from within.
export function parts(names, given, wanted) {
  const source = `"use strict"\n${names.map(read).join("\n")}\nreturn { ${wanted} }`
  return new Function(...Object.keys(given), source)(...Object.values(given))
}

// What page.js finds in the browser.
export function browser(config = {}) {
  const content = JSON.stringify({ site: "st_1", words: {}, lang: "en", ...config })
  const storage = new Map()
  const localStorage = {
    getItem: (key) => storage.get(key) ?? null,
    setItem: (key, value) => storage.set(key, value),
    removeItem: (key) => storage.delete(key),
  }
  const document = { documentElement: {}, getElementById: () => ({ textContent: content }) }
  return { document, localStorage }
}

export const settled = () => new Promise((resolve) => setImmediate(resolve))
