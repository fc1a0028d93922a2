import type { KubeObject } from '../api/definition.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import { exactJson } from '../sim/exact-json.js'
import { HASH_SEED, hashNumber, hashText } from '../sim/hash.js'

/**
 * What differs between equal states, in a string: uids, times, and the ends of generated names, after the
 * hash of a pod template, if any.
 */
const VARYING = new RegExp(
  [
    '([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})',
    '(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z)',
    '-([bcdfghjklmnpqrstvwxz2456789]{5})(?=["/\\\\]|$)',
  ].join('|'),
  'g',
)
/** The kinds of its groups. */
const KINDS = ['uid', 'instant', 'name'] as const
/** Numbers from here on, up to the year 2033, are times in ms. */
const FIRST_TIME = 1.6e12
const LAST_TIME = 2e12
const UNIMPORTANT =
  /"(?:nodeName|hostIP|podIP|ip|containerID|observedGeneration|generation|resourceVersion)":("[^"]*"|\d+),?/g
/** Kinds that nothing but people reads, or that only say that somebody lives. */
const IGNORED: ReadonlySet<string> = new Set(['events', 'leases'])
/** As many strings are remembered. */
const MOST_STRINGS = 50_000

/** Something that varies: a time in virtual ms, or what is numbered in the order of its appearance. */
type Varying = number | { readonly kind: 'uid' | 'name' | 'rv'; readonly value: string }

/** A value in parts: a hash of what is constant (two lanes), and what varies, in order. */
interface Parts {
  readonly a: number
  readonly b: number
  readonly varying: readonly Varying[]
}

/** Takes values apart. */
class PartsBuilder {
  #a = HASH_SEED
  #b = 0x9747b28c
  readonly #varying: Varying[] = []

  get parts(): Parts {
    return { a: this.#a, b: this.#b, varying: this.#varying }
  }

  /** Adds any plain data. `key` is that of the member. */
  add(value: unknown, key = ''): void {
    if (typeof value === 'string') return this.#string(value, key)
    if (typeof value === 'number') return this.#number(value)
    if (typeof value !== 'object' || value === null) return this.#constant(String(value))
    if (Object.isFrozen(value)) return this.merge(partsOf(value))
    this.members(value)
  }

  members(value: object): void {
    if (Array.isArray(value) || value instanceof Set) {
      this.#constant('[')
      for (const member of value as Iterable<unknown>) this.add(member)
      return this.#constant(']')
    }
    this.#constant('{')
    const entries = value instanceof Map ? (value as Map<string, unknown>) : Object.entries(value)
    for (const [key, member] of entries) {
      if (key === 'managedFields') continue
      this.#string(key, '')
      this.add(member, key)
    }
    this.#constant('}')
  }

  merge({ a, b, varying }: Parts): void {
    this.#fold(a, b)
    for (const one of varying) this.#varying.push(one)
  }

  #string(text: string, key: string): void {
    if (key !== 'resourceVersion') return this.merge(partsOfText(text))
    this.#constant('revision')
    this.#varying.push({ kind: 'rv', value: text })
  }

  #number(value: number): void {
    if (value < FIRST_TIME || value > LAST_TIME) return this.#constant(String(value))
    this.#constant('time')
    this.#varying.push(value)
  }

  #constant(text: string): void {
    this.#fold(hashText(HASH_SEED, text), hashText(0x9747b28c, text))
  }

  #fold(a: number, b: number): void {
    this.#a = hashNumber(this.#a, a)
    this.#b = hashNumber(this.#b, b)
  }

  /** Adds a string that is not in {@link strings}. */
  addText(text: string): void {
    let end = 0
    for (const match of text.matchAll(VARYING)) {
      this.#constant(text.slice(end, match.index))
      this.#varying.push(varyingOf(match))
      end = match.index + match[0].length
    }
    this.#constant(text.slice(end))
  }
}

function varyingOf(match: readonly (string | undefined)[]): Varying {
  const group = KINDS.findIndex((_, at) => match[at + 1] !== undefined)
  const value = match[group + 1] ?? ''
  const kind = KINDS[group] ?? 'name'
  return kind === 'instant' ? Date.parse(value) : { kind, value }
}

/** Forks share their objects and state slices, so that most have been taken apart before. */
const known = new WeakMap<object, Parts>()
const strings = new Map<string, Parts>()

/** Returns the parts of something that does not change. */
function partsOf(value: object): Parts {
  let parts = known.get(value)
  if (parts !== undefined) return parts
  const builder = new PartsBuilder()
  builder.members(value)
  known.set(value, (parts = builder.parts))
  return parts
}

function partsOfText(text: string): Parts {
  let parts = strings.get(text)
  if (parts !== undefined) return parts
  const builder = new PartsBuilder()
  builder.addText(text)
  if (strings.size >= MOST_STRINGS) strings.clear()
  strings.set(text, (parts = builder.parts))
  return parts
}

/** Numbers uids, names and revisions in the order of their appearance, and counts times from `now`. */
class Normaliser {
  readonly #now: number
  readonly #numbers = {
    uid: new Map<string, number>(),
    name: new Map<string, number>(),
    rv: new Map<string, number>(),
  }

  constructor(now: number) {
    this.#now = now
  }

  /** Returns what stands for something that varies. */
  numberOf(varying: Varying): number {
    if (typeof varying === 'number') return varying - this.#now
    const numbers = this.#numbers[varying.kind]
    let number = numbers.get(varying.value)
    if (number === undefined) numbers.set(varying.value, (number = numbers.size))
    return number
  }
}

/** Returns a hash of parts, up to what varies. */
function hashOf(all: Iterable<Parts>, now: number): string {
  const normaliser = new Normaliser(now)
  let a = HASH_SEED
  let b = 0x9747b28c
  for (const parts of all) {
    a = hashNumber(a, parts.a)
    b = hashNumber(b, parts.b)
    for (const varying of parts.varying) {
      const number = normaliser.numberOf(varying)
      a = hashNumber(a, number)
      b = hashNumber(b, number + 1)
    }
  }
  return `${a}.${b}`
}

/** Returns the objects that count, in order. */
function* objectsOf(cluster: SimCluster): Generator<KubeObject, void> {
  for (const resource of cluster.state.resources())
    if (!IGNORED.has(resource)) yield* cluster.state.stored(resource)
}

/** Whether an object was written after a revision. */
const isAfter = ({ metadata }: KubeObject, revision: number): boolean =>
  Number(metadata.resourceVersion) > revision

function* partsOfState(cluster: SimCluster, since: number): Generator<Parts, void> {
  const { slices, timers, ready, stopped } = cluster.snapshot().simulation()
  for (const object of objectsOf(cluster))
    yield isAfter(object, since) ? partsOf(object) : partsOfText(object.metadata.uid ?? '')
  for (const [owner, byName] of slices)
    for (const [name, value] of byName) {
      yield partsOfText(`${owner} ${name}`)
      // a slice that has been shared does not change any more
      yield typeof value === 'object' && value !== null ? partsOf(value) : partsOfText(String(value))
    }
  const pending = new PartsBuilder()
  for (const { seq: _seq, ...timer } of timers) pending.members(timer)
  pending.add([ready, stopped])
  yield pending.parts
}

/**
 * Returns a hash of everything that decides the future of a cluster at rest: objects, component state, timers
 * and ready work, with uids and generated names numbered in the order of their appearance, and times counted
 * from now. `since` is the revision of the root: older objects count as they are.
 */
export function stateHash(cluster: SimCluster, since: number): string {
  return hashOf(partsOfState(cluster, since), cluster.now())
}

/** Returns a hash of what users see of the objects, see {@link outcomeLines}. */
export function outcomeHash(cluster: SimCluster, since: number): string {
  const text = outcomeLines(cluster, since).join('\n')
  return `${hashText(HASH_SEED, text)}.${hashText(0x9747b28c, text)}.${text.length}`
}

/**
 * Returns what users see of the objects, one a line, sorted: without times, names of nodes, and what only
 * counts.
 */
export function outcomeLines(cluster: SimCluster, since: number): readonly string[] {
  const normaliser = new Normaliser(cluster.now())
  const plain = (...match: readonly (string | undefined)[]): string => {
    const varying = varyingOf(match)
    return typeof varying === 'number' ? '' : `${varying.kind}${normaliser.numberOf(varying)}`
  }
  const lines: string[] = []
  for (const object of objectsOf(cluster)) {
    const { metadata } = object
    lines.push(
      isAfter(object, since)
        ? exactJson({ ...object, metadata: { ...metadata, managedFields: undefined } })
            .replaceAll(VARYING, (...match: string[]) => plain(...match))
            .replaceAll(UNIMPORTANT, '')
        : `${plain(undefined, metadata.uid)} as before`,
    )
  }
  return lines.toSorted()
}
