import assert from "node:assert/strict"
import { test } from "node:test"
import { Idle } from "../../static/dashboard/idle.js"
import { Clock } from "./dashboard_clock.js"

const MINUTE = 60_000

function desk(state = "online") {
  const clock = new Clock()
  const storage = new Map()
  const made = { clock, storage, state, states: [] }
  const setState = (next) => { made.state = next; made.states.push(next) }
  made.idle = new Idle({ state: () => made.state, setState, timers: clock, now: clock.now,
    storage: { getItem: (key) => storage.get(key) ?? null, setItem: (key, value) => storage.set(key, value) } })
  made.idle.touch()
  return made
}

test("ten minutes without input make an agent away, the next input brings them back", async () => {
  const { idle, clock, states } = desk()
  await clock.pass(11 * MINUTE)
  assert.deepEqual(states, ["away"])
  idle.touch()
  assert.deepEqual(states, ["away", "online"])
})

test("input in another tab counts", async () => {
  const { clock, storage, states } = desk()
  await clock.pass(8 * MINUTE)
  storage.set("gofly-active-at", String(clock.now()))
  await clock.pass(8 * MINUTE)
  assert.deepEqual(states, [])
  await clock.pass(3 * MINUTE)
  assert.deepEqual(states, ["away"])
})

test("who chose busy stays busy", async () => {
  const { idle, clock, states } = desk("busy")
  await clock.pass(11 * MINUTE)
  idle.touch()
  assert.deepEqual(states, [])
})
