// Words, times and numbers in the language of the agent.
let catalogue = {}
let locale = "en"
let skew = 0

// Called once at start with the catalogue that the page carries.
export function speak(words, language) {
  catalogue = words
  locale = language
}

// The server's clock rules: waiting times must agree between all agents.
export const setServerTime = (now) => { skew = now - Date.now() }
export const serverNow = () => Date.now() + skew

export function t(source, values = {}) {
  const words = catalogue[source] || source
  return words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)
}

// Forty nameless visitors must be told apart: the end of the id stands for a name.
export const visitorName = ({ name, id = "" }) =>
  name || `${t("Visitor")} ${id.replace(/[^A-Za-z0-9]/g, "").slice(-4).toUpperCase()}`.trim()

// Sockets carry milliseconds, the REST API carries ISO 8601.
export function ms(moment) {
  if (moment === null || moment === undefined || moment === "") return null
  return typeof moment === "number" ? moment : Date.parse(moment)
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export function ago(moment, now = serverNow()) {
  const passed = Math.max(0, now - moment)
  return passed < MINUTE ? t("Now") : span(passed)
}

// One unit is enough to judge a wait: 45s, 12m, 3h, 2d.
export function span(length) {
  if (length < MINUTE) return t("{n}s", { n: Math.max(0, Math.floor(length / 1000)) })
  if (length < HOUR) return t("{n}m", { n: Math.floor(length / MINUTE) })
  if (length < DAY) return t("{n}h", { n: Math.floor(length / HOUR) })
  return t("{n}d", { n: Math.floor(length / DAY) })
}

// Minutes and seconds on a page: 4:32.
export function stopwatch(length) {
  const seconds = Math.max(0, Math.floor(length / 1000))
  if (seconds >= 3600) return span(length)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
}

const formats = new Map()

function format(moment, options) {
  const key = JSON.stringify([locale, options])
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, options))
  return formats.get(key).format(moment)
}

export const clock = (moment) =>
  format(moment, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })

export const shortDate = (moment) => format(moment, { day: "numeric", month: "short" })

export const fullTime = (moment) => format(moment, { dateStyle: "medium", timeStyle: "short" })

export function day(moment, now = serverNow()) {
  const days = Math.round((midnight(now) - midnight(moment)) / DAY)
  if (days === 0) return t("Today")
  if (days === 1) return t("Yesterday")
  const year = new Date(moment).getFullYear() === new Date(now).getFullYear() ? undefined : "numeric"
  return format(moment, { weekday: "short", day: "numeric", month: "long", year })
}

export const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0)

// Browsers send time zones and languages of their own making; an unknown one is shown as it came.
export function timeIn(zone, now = serverNow()) {
  try {
    return format(now, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone,
      timeZoneName: "shortOffset" })
  } catch (error) {
    if (error instanceof RangeError) return zone
    throw error
  }
}

export function languageName(code) {
  try {
    return new Intl.DisplayNames([locale], { type: "language" }).of(code)
  } catch (error) {
    if (error instanceof RangeError) return code
    throw error
  }
}

export const count = (number) => number.toLocaleString(locale)
