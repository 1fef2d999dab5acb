// Where unsent messages live: IndexedDB, else localStorage, else only in the page itself.
// Uses warn().

// Opened at the first call: nothing is stored for people who merely look.
let database

// `method` is one of getAll, put and delete, as IndexedDB calls them.
async function inStore(method, argument) {
  database = database || openDatabase().catch(() => null)
  try {
    const db = await database
    return await (db ? inDatabase(db, method, argument) : textStore[method](argument))
  } catch (error) {
    warn() // blocked or full: the page itself still holds the message
  }
}

const openDatabase = () =>
  new Promise((done, failed) => {
    const request = indexedDB.open("gofly", 1)
    request.onupgradeneeded = () => request.result.createObjectStore("unsent", { keyPath: "cid" })
    request.onsuccess = () => done(request.result)
    request.onerror = failed
  })

const inDatabase = (db, method, argument) =>
  new Promise((done, failed) => {
    const transaction = db.transaction("unsent", "readwrite")
    const request = transaction.objectStore("unsent")[method](argument)
    // Done when the transaction is, not the request: only then the disk has it.
    transaction.oncomplete = () => done(request.result)
    transaction.onabort = failed
  })

// One entry a message, so that two tabs never overwrite each other's list.
const PREFIX = "gofly-unsent:"
const textStore = {
  getAll: () =>
    Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => JSON.parse(localStorage[key])),
  put: (item) => (localStorage[PREFIX + item.cid] = JSON.stringify(item)),
  delete: (cid) => delete localStorage[PREFIX + cid],
}
