import assert from "node:assert/strict"
import { test } from "node:test"
import { parts } from "./widget_parts.js"

const { pieces, lengthOf, isBlank } = parts(["text"], {}, "pieces, lengthOf, isBlank")

test("an address becomes a link and the sentence's full stop stays outside", () => {
  assert.deepEqual(pieces("See https://shop.example/cups."), [
    "See ", ["https://shop.example/cups", "https://shop.example/cups"], ".",
  ])
})

test("Chinese punctuation ends an address", () => {
  for (const text of ["请看 https://shop.example/茶。", "（https://shop.example/茶），谢谢"]) {
    assert.equal(pieces(text)[1][1], "https://shop.example/茶")
  }
})

test("mail and telephone are links, scripts and files are text", () => {
  assert.equal(pieces("mailto:a@shop.example")[1][0], "mailto:a@shop.example")
  assert.equal(pieces("tel:+4912345")[1][0], "tel:+4912345")
  for (const text of ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "//shop.example"]) {
    assert.deepEqual(pieces(text), [text])
  }
})

test("a host that the text hides is named as the browser reads it", () => {
  assert.equal(pieces("https://аррӏе.com/login")[1][1], "https://аррӏе.com/login (xn--80ak6aa92e.com)")
  assert.equal(pieces("https://bank.example@evil.example/")[1][1],
    "https://bank.example@evil.example/ (evil.example)")
})

test("what is no address stays text", () => {
  assert.deepEqual(pieces("https:// and http://%%%"), ["https:// and http://%%%"])
})

test("a hostile text costs linear time", () => {
  const began = performance.now()
  pieces("http://".repeat(50_000))
  pieces("https://a" + ".".repeat(200_000))
  assert.ok(performance.now() - began < 1_000)
})

test("an emoji is one character, and invisible signs are no message", () => {
  assert.equal(lengthOf("👍👍"), 2)
  assert.ok(isBlank(" \n\u200b\ufeff\u2060"))
  assert.ok(!isBlank("​."))
})
