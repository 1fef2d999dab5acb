// The one sentence above the messages: what is going on, and what happens next.
// Uses words, config, linkState, late, alone, facts, isFull(), pauseLeft() and
// isWaiting(item).

// Link states after which nothing can be written any more, and those that only need patience.
const isDead = () => ["gone", "identity", "version"].includes(linkState)
const isLate = () => linkState === "waiting" || linkState === "connecting"

// The kind of sentence (bad, warn or plain) and the sentence.
function sentence() {
  if (isDead()) return ["bad", words[linkState] || words.gone]
  if (linkState === "replaced") return ["warn", words.replaced]
  if (isLate() && !navigator.onLine) return ["bad", words.offline]
  if (isLate() && late) return ["warn", words.reconnecting]
  if (isFull()) return ["warn", words.full]
  if (pauseLeft() > 0) return ["warn", fill(words.rate, pauseLeft())]
  // Who has nothing unsent may leave, even where nothing is kept.
  if (alone && items.some(isWaiting)) return ["warn", words.alone]
  if (facts.queue_pos) return ["", fill(words.queue, facts.queue_pos)]
  if (facts.status === "closed") return ["", words.ended]
  return ["", facts.agents_online === 0 ? config.away : ""]
}
