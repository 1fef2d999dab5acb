// What an agent has begun to write, one draft a conversation, kept over a reload.
const MOST = 50

export class Drafts {
  #place
  #storage
  #texts

  constructor(user, storage = localStorage) {
    this.#place = `gofly-drafts-${user}`
    this.#storage = storage
    this.#texts = new Map(JSON.parse(storage.getItem(this.#place) ?? "[]"))
  }

  read(conv) { return this.#texts.get(conv) ?? "" }

  write(conv, text) {
    this.#texts.delete(conv)
    if (text) this.#texts.set(conv, text)
    this.#texts = new Map([...this.#texts].slice(-MOST))
    this.#storage.setItem(this.#place, JSON.stringify([...this.#texts]))
  }
}
