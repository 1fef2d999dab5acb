// The one sentence above the messages: what is going on, and what happens next.

// Link states after which nothing can be written any more, and those that only need patience.
const isDead = (link) => ["gone", "identity", "version"].includes(link)
const isLate = (link) => link === "waiting" || link === "connecting"

// Gives the kind of sentence (bad, warn or plain) and the sentence.
function noticeOf({ link, late, full, pause, alone, facts }) {
  if (isDead(link)) return ["bad", words[link] || words.gone]
  if (link === "replaced") return ["warn", words.replaced]
  if (isLate(link) && !navigator.onLine) return ["bad", words.offline]
  if (isLate(link) && late) return ["warn", words.reconnecting]
  if (full) return ["warn", words.full]
  if (pause > 0) return ["warn", fill(words.rate, pause)]
  if (alone) return ["warn", words.alone]
  if (facts.queue_pos) return ["", fill(words.queue, facts.queue_pos)]
  if (facts.status === "closed") return ["", words.ended]
  return ["", facts.agents_online === 0 ? config.away : ""]
}
