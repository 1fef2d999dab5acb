// Where unsent messages lie: IndexedDB, else localStorage, else memory, in that order of trust.

// Returns { put(entry), remove(cid), all(), durable } for the entries of one agent.
export async function openShelf(name) {
  try {
    return databaseShelf(await openDatabase(name))
  } catch (error) {
    console.warn("gofly: no IndexedDB, unsent messages are kept in localStorage", error)
  }
  try {
    return storageShelf(name, globalThis.localStorage)
  } catch (error) {
    console.warn("gofly: no localStorage, unsent messages are lost with this tab", error)
  }
  return memoryShelf()
}

const promised = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result)
  request.onerror = () => reject(request.error)
})

function openDatabase(name) {
  const request = globalThis.indexedDB.open(name, 1)
  request.onupgradeneeded = () => request.result.createObjectStore("outbox", { keyPath: "cid" })
  return promised(request)
}

function databaseShelf(database) {
  const store = (mode) => database.transaction("outbox", mode).objectStore("outbox")
  return {
    durable: true,
    put: (entry) => promised(store("readwrite").put(entry)),
    remove: (cid) => promised(store("readwrite").delete(cid)),
    all: () => promised(store("readonly").getAll()),
  }
}

export function storageShelf(name, storage) {
  const prefix = `${name}:`
  storage.setItem(prefix, "") // throws where storage is forbidden
  storage.removeItem(prefix)
  const keys = () => Object.keys(storage).filter((key) => key.startsWith(prefix))
  return {
    durable: true,
    put: async (entry) => storage.setItem(prefix + entry.cid, JSON.stringify(entry)),
    remove: async (cid) => storage.removeItem(prefix + cid),
    all: async () => keys().map((key) => JSON.parse(storage.getItem(key))),
  }
}

export function memoryShelf() {
  const entries = new Map()
  return {
    durable: false,
    put: async (entry) => { entries.set(entry.cid, entry) },
    remove: async (cid) => { entries.delete(cid) },
    all: async () => [...entries.values()],
  }
}

// Each tab holds a lock as long as it lives, so that others know whose messages are left behind.
export function holdTab(tab, locks = globalThis.navigator?.locks) {
  locks?.request(`gofly-tab-${tab}`, () => new Promise(() => {}))
}

// Without the Locks API nobody counts as alive: what is sent twice is still stored once (`cid`).
export async function livingTabs(locks = globalThis.navigator?.locks) {
  if (!locks) return new Set()
  const { held } = await locks.query()
  return new Set(held.map((lock) => lock.name.replace("gofly-tab-", "")))
}
