// Where unsent messages live: IndexedDB, else localStorage, else only in the page itself.

// Reads, writes, or with "" removes; where storage is blocked nothing is remembered.
function remember(key, value) {
  try {
    if (value) localStorage.setItem(key, value)
    if (value === "") localStorage.removeItem(key)
    return localStorage.getItem(key) || ""
  } catch (error) {
    return ""
  }
}

// Opened at the first call: nothing is stored for people who merely look. `warn()` when a reload would lose messages.
function makeStore(site, warn) {
  let opening

  async function run(name, argument) {
    opening = opening || openDatabase(site).catch(() => textStore(site))
    try {
      return await (await opening)[name](argument)
    } catch (error) {
      warn() // blocked or full: the page itself still holds the message
    }
  }

  return {
    all: (visitor) => run("all", visitor),
    put: ({ cid, visitor, body, at, failed, why }) => run("put", { site, visitor, cid, body, at, failed, why }),
    remove: (item) => run("remove", item),
  }
}

function openDatabase(site) {
  return new Promise((done, fail) => {
    const opening = indexedDB.open("gofly", 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore("unsent", { keyPath: ["site", "visitor", "cid"] })
    opening.onsuccess = () => done(databaseStore(opening.result, site))
    opening.onerror = fail
  })
}

function databaseStore(database, site) {
  // Done when the transaction is, not the request: only then the disk has it.
  const run = (work) =>
    new Promise((done, fail) => {
      const transaction = database.transaction("unsent", "readwrite")
      const request = work(transaction.objectStore("unsent"))
      transaction.oncomplete = () => done(request.result)
      transaction.onabort = fail
    })
  return {
    all: (visitor) => run((unsent) => unsent.getAll(IDBKeyRange.bound([site, visitor], [site, visitor, []]))),
    put: (item) => run((unsent) => unsent.put(item)),
    remove: (item) => run((unsent) => unsent.delete([site, item.visitor, item.cid])),
  }
}

// One entry a message, so that two tabs never overwrite each other's list.
function textStore(site) {
  const key = (visitor, cid) => `gofly:${site}:unsent:${visitor}:${cid}`
  return {
    all: (visitor) =>
      Object.keys(localStorage)
        .filter((name) => name.startsWith(key(visitor, "")))
        .map((name) => JSON.parse(localStorage[name])),
    put: (item) => localStorage.setItem(key(item.visitor, item.cid), JSON.stringify(item)),
    remove: (item) => localStorage.removeItem(key(item.visitor, item.cid)),
  }
}
