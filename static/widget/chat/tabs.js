// Several tabs of one visitor: one owns the outbox and sends for all, the others tell it what is new.

// `note(note)` comes from another tab; `own(bool)` says whether this tab sends.
function makeTabs(name, note, own) {
  const locks = navigator.locks
  const channel = window.BroadcastChannel && new BroadcastChannel(name)
  const me = newId()
  let release, timer

  // Held until the page goes away, or until a tab that waited too long takes it.
  function lock(options) {
    const hold = () => {
      own(true)
      return new Promise((done) => (release = done))
    }
    // Stolen: another tab sends now. Any other refusal means that nobody shares our storage.
    locks.request(name, options, hold).catch((error) => own(error.name !== "AbortError"))
  }

  // Without locks: a lease in localStorage. The owner looks at the shared store each time it renews.
  function lease() {
    const [owner, until] = remember(name).split(" ")
    const free = !owner || owner === me || until < Date.now()
    if (free) remember(name, `${me} ${Date.now() + 5000}`)
    own(free)
    note({})
    timer = setTimeout(lease, 2000)
  }

  if (channel) channel.onmessage = (event) => note(event.data)
  if (locks) lock({})
  else lease()

  return {
    tell: (news) => channel && channel.postMessage(news),
    claim: () => locks && lock({ steal: true }),
    stop() {
      clearTimeout(timer)
      if (release) release()
      if (channel) channel.close()
    },
  }
}
