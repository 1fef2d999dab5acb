// How a visitor is noticed: the title of the tab, a sound, a notice of the desktop.
import { effect } from "../vendor/signals-core/signals-core.js";
import * as store from "./store.js";
import { t, visitorName } from "./words.js";

let audio = null

export function startNotices() {
  // Browsers let a page sound only after somebody touched it.
  addEventListener("pointerdown", () => { audio ??= new AudioContext() }, { once: true })
  addEventListener("keydown", () => { audio ??= new AudioContext() }, { once: true })
  effect(() => {
    const { queue } = store.counts.value
    document.title = queue ? `(${queue}) ${t("Inbox")} · gofly` : `${t("Inbox")} · gofly`
  })
}

const TITLES = {
  waits: (name) => t("{name} is waiting", { name }),
  wrote: (name) => t("{name} has written", { name }),
}

// `why`: a visitor waits for anybody, or wrote to this agent, who looks elsewhere.
export function callForAttention(row, why, open) {
  if (why === "wrote" && !document.hidden) return
  if (store.sound.peek()) chime()
  if (!store.notices.peek() || !document.hidden || Notification.permission !== "granted") return
  const notice = new Notification(TITLES[why](visitorName(row.visitor)), {
    body: row.preview?.text ?? "", tag: row.conv,
  })
  notice.onclick = () => { focus(); notice.close(); open(row.conv) }
}

// Two short soft tones, without a sound file.
function chime() {
  if (audio?.state !== "running") return
  for (const [at, pitch] of [[0, 660], [0.12, 880]]) {
    const tone = audio.createOscillator()
    const volume = audio.createGain()
    const start = audio.currentTime + at
    tone.frequency.value = pitch
    volume.gain.setValueAtTime(0.08, start)
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.25)
    tone.connect(volume).connect(audio.destination)
    tone.start(start)
    tone.stop(start + 0.26)
  }
}

// Chrome on Android knows the name, but shows notices from service workers only.
export const noticesPossible = () =>
  "Notification" in globalThis && !navigator.userAgent.includes("Android")

// Browsers ask the person only when a button led here.
export async function switchNotices() {
  if (store.notices.peek()) { store.notices.value = false; return }
  const answer = await Notification.requestPermission()
  store.notices.value = answer === "granted"
  if (answer !== "granted") {
    store.toast(t("The browser blocks notices for this page. Allow them in its settings."), "bad")
  }
}
