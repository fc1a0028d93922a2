import type { ClusterOptions } from '../compose/options.js'
import type { ClusterSnapshot } from './snapshot.js'

/** How many different options are remembered, and of how many the state is kept. */
const MOST_ASKED = 32
const MOST_KEPT = 4

/**
 * Options that clusters were created with, in order of last use; from the second use on with the state of a
 * new cluster.
 */
const statesByOptions = new Map<string, ClusterSnapshot | undefined>()

/**
 * Returns the state of a new cluster with these options, if known. Equal options give equal clusters
 * (whatever the seed, until they are ready) and a snapshot is a value, so the third cluster of a kind can
 * start from the state of the second one. Undefined if the options contain something that is not data.
 */
export function freshState(options: ClusterOptions): ClusterSnapshot | undefined {
  const key = keyOf(options)
  const known = key === undefined ? undefined : statesByOptions.get(key)
  if (key !== undefined && known !== undefined) touch(key, known)
  return known
}

/** Stores the state of a new cluster, if its options have been used before. */
export function rememberFresh(options: ClusterOptions, snapshot: () => ClusterSnapshot): void {
  const key = keyOf(options)
  if (key === undefined) return
  touch(key, statesByOptions.has(key) ? snapshot() : undefined)
  let kept = 0
  for (const [each, state] of [...statesByOptions].reverse()) {
    if (state !== undefined && ++kept > MOST_KEPT) statesByOptions.set(each, undefined)
  }
  for (const each of statesByOptions.keys()) {
    if (statesByOptions.size <= MOST_ASKED) break
    statesByOptions.delete(each)
  }
}

function touch(key: string, state: ClusterSnapshot | undefined): void {
  statesByOptions.delete(key)
  statesByOptions.set(key, state)
}

/**
 * Returns a text that is equal for equal options only, ignoring the seed; undefined if they contain a
 * function or a class instance.
 */
function keyOf({ seed: _decidesLater, ...options }: ClusterOptions): string | undefined {
  const parts: string[] = []
  return write(options, parts) ? parts.join('') : undefined
}

function write(value: unknown, parts: string[]): boolean {
  if (typeof value === 'object' && value !== null) return writeObject(value, parts)
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') return false
  parts.push(
    typeof value === 'string' ? JSON.stringify(value) : Object.is(value, -0) ? '-0' : String(value),
    ',',
  )
  return true
}

function writeObject(value: object, parts: string[]): boolean {
  const isArray = Array.isArray(value)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (!isArray && prototype !== Object.prototype && prototype !== null) return false
  parts.push(isArray ? '[' : '{')
  for (const [name, member] of Object.entries(value)) {
    parts.push(JSON.stringify(name), ':')
    if (!write(member, parts)) return false
  }
  parts.push(isArray ? ']' : '}')
  return true
}
