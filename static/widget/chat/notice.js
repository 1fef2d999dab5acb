// The one sentence above the messages: what is going on, and what happens next.

const DEAD = ["gone", "identity", "version", "closed"]

// `now`: link, online, late, full, pause (seconds), alone, status, place. Gives [kind, sentence].
function noticeOf(now, words) {
  const late = now.link === "waiting" || now.link === "connecting"
  if (DEAD.includes(now.link)) return ["bad", words[now.link]]
  if (now.link === "replaced") return ["warn", words.replaced]
  if (late && !now.online) return ["bad", words.offline]
  if (late && now.late) return ["warn", words.reconnecting]
  if (now.full) return ["warn", words.full]
  if (now.pause > 0) return ["warn", fill(words.rate, now.pause)]
  if (now.alone) return ["warn", words.alone]
  if (now.status === "waiting" && now.place) return ["", fill(words.queue, now.place)]
  return ["", now.status === "closed" ? words.ended : ""]
}
