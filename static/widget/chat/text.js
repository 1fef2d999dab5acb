// Reads what people wrote: finds addresses, counts characters. Nothing here makes markup.

// Every part matches greedily and never steps back, so a hostile text costs linear time.
// Chinese writes on without a space: its punctuation ends an address.
const ADDRESS = /(?:https?:\/\/|mailto:|tel:)[^\s<>"\u3000-\u303f\uff00-\uffef]+/gi
// A full stop after an address belongs to the sentence.
const TAIL = ".,:;!?'*)]}”"

// Text in pieces: a string stays text, [href, label] becomes a link.
function pieces(text) {
  const found = []
  let end = 0
  text.replace(ADDRESS, (address, start) => {
    let length = address.length
    while (TAIL.includes(address[length - 1])) length--
    const link = readAddress(address.slice(0, length))
    if (!link) return
    found.push(text.slice(end, start), link)
    end = start + length
  })
  return found.concat(text.slice(end))
}

// The host is added as the browser reads it when the text hides it: look-alike letters, user@host.
function readAddress(address) {
  try {
    const { href, hostname, username } = new URL(address)
    const hidden = username || !address.toLowerCase().includes(hostname)
    return [href, hidden ? `${address} (${hostname})` : address]
  } catch (error) {
    return null
  }
}

// Counts as the server does: an emoji is one character, not two.
const lengthOf = (text) => Array.from(text).length

// White space and zero-width characters alone are no message.
const isBlank = (text) => !text.replace(/[\s\u200b-\u200d\u2060\ufeff]/g, "")
