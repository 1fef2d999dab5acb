// Several tabs of one visitor: one owns the outbox and sends for all, the others tell it news.
// Uses hearTab(note) and setOwn(own).

const tabId = newId()
let channel, tabsName, release

function openTabs(name) {
  tabsName = name
  channel = window.BroadcastChannel && new BroadcastChannel(name)
  if (channel) channel.onmessage = (event) => hearTab(event.data)
  if (navigator.locks) lock({})
  else lease()
}

function tellTabs(note) {
  if (channel) channel.postMessage(note)
}

// Held until the page goes away, or until a tab that waited too long takes it.
function lock(options) {
  const hold = () => {
    setOwn(true)
    return new Promise((done) => (release = done))
  }
  // Stolen: another tab sends now. Any other refusal means that nobody shares our storage.
  const refused = (error) => setOwn(error.name !== "AbortError")
  navigator.locks.request(tabsName, options, hold).catch(refused)
}

function claim() {
  if (navigator.locks) lock({ steal: true })
}

// Without locks: a lease in localStorage. The owner looks at the shared store each time it renews.
function lease() {
  const [holder, until] = remember(tabsName).split(" ")
  const free = !holder || holder === tabId || until < Date.now()
  if (free) remember(tabsName, `${tabId} ${Date.now() + 5000}`)
  setOwn(free)
  hearTab({})
  alarm("lease", 2000, lease)
}

function closeTabs() {
  alarm("lease")
  if (release) release()
  if (channel) channel.close()
  tabsName = ""
}
