import type { KubeObject } from '../api/definition.js'
import { textOfBytes } from '../api/byte-text.js'
import type { InformerState } from '../client/list-watch-informer.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import { exactJson } from '../sim/exact-json.js'
import { HASH_SEED, hashNumber, hashText } from '../sim/hash.js'
import type { PlainData } from '../sim/plain-data.js'
import type { Timer } from '../sim/timers.js'

/**
 * What differs between equal states, in a string: uids, ids of containers, times, and the ends of generated
 * names, after the hash of a pod template, if any.
 */
const VARYING = new RegExp(
  [
    '([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64})',
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
/** The same, by the keys of their objects. */
const IGNORED_KEY = /^\/registry\/(?:events|leases)\//
/** The range of the keys of all objects. */
const REGISTRY = ['/registry/', '/registry0'] as const
/** As many strings are remembered. */
const MOST_STRINGS = 50_000

/** Something that varies: a time in virtual ms, or what is numbered in the order of its appearance. */
type Varying = number | { readonly kind: 'uid' | 'name' | 'rv'; readonly value: string }

/** A value in parts: a hash of what is constant (two lanes), and what varies, in order. */
interface Parts {
  readonly a: number
  readonly b: number
  readonly varying: readonly Varying[]
  /** Whether none of it is a time. */
  readonly timeless: boolean
}

/** Takes values apart. */
class PartsBuilder {
  #a = HASH_SEED
  #b = 0x9747b28c
  readonly #varying: Varying[] = []

  get parts(): Parts {
    const timeless = !this.#varying.some((one) => typeof one === 'number')
    return { a: this.#a, b: this.#b, varying: this.#varying, timeless }
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

  /** Returns the parts of one value. */
  with(value: unknown): Parts {
    this.add(value)
    return this.parts
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
  parts = builder.parts
  known.set(value, parts)
  return parts
}

/** Returns the parts of anything that does not change. */
const partsOfValue = (value: unknown): Parts =>
  typeof value === 'object' && value !== null ? partsOf(value) : partsOfText(String(value))

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
  readonly #known: ReadonlyMap<string, number>
  readonly #numbers = {
    uid: new Map<string, number>(),
    name: new Map<string, number>(),
    rv: new Map<string, number>(),
  }

  /** `known`: uids that have a number already. */
  constructor(now: number, known: ReadonlyMap<string, number> = new Map()) {
    this.#now = now
    this.#known = known
  }

  /** Returns what stands for something that varies. */
  numberOf(varying: Varying): number {
    if (typeof varying === 'number') return varying - this.#now
    const { kind, value } = varying
    const known = kind === 'uid' ? this.#known.get(value) : undefined
    if (known !== undefined) return known
    const numbers = this.#numbers[kind]
    let number = numbers.get(value)
    if (number === undefined) numbers.set(value, (number = this.#known.size + numbers.size))
    return number
  }
}

/** Folds parts, up to what varies. */
class Hash {
  readonly #normaliser: Normaliser
  #a = HASH_SEED
  #b = 0x9747b28c

  constructor(now: number, known: ReadonlyMap<string, number>) {
    this.#normaliser = new Normaliser(now, known)
  }

  add({ a, b, varying }: Parts): void {
    this.#a = hashNumber(this.#a, a)
    this.#b = hashNumber(this.#b, b)
    for (const one of varying) {
      const number = this.#normaliser.numberOf(one)
      this.#a = hashNumber(this.#a, number)
      this.#b = hashNumber(this.#b, number + 1)
    }
  }

  toString(): string {
    return `${this.#a}.${this.#b}`
  }
}

/** Returns the objects that count, in order. */
function* objectsOf(cluster: SimCluster): Generator<KubeObject, void> {
  for (const resource of cluster.state.resources())
    if (!IGNORED.has(resource)) yield* cluster.state.stored(resource)
}

/** Whether an object was written after a revision. */
const isAfter = ({ metadata }: KubeObject, revision: number): boolean =>
  Number(metadata.resourceVersion) > revision

/** The parts of timers, without their sequence numbers. */
const timers = new WeakMap<object, Parts>()

function partsOfTimer(timer: Timer): Parts {
  let parts = timers.get(timer)
  if (parts !== undefined) return parts
  const { seq: _seq, ...rest } = timer
  timers.set(timer, (parts = new PartsBuilder().with(rest)))
  return parts
}

/** The slices of a component of the root. */
interface KnownSlices {
  readonly shared: ReadonlyMap<string, unknown>
  /** Whether all of them mean the same at any time. */
  readonly timeless: boolean
}

/**
 * Hashes everything that decides the future of copies of a cluster, as far as it differs from the original:
 * objects, the state of components, timers and ready work. Uids and generated names are numbered in the order
 * of their appearance, and times count from now.
 */
export class StateHasher {
  readonly #since: number
  readonly #uids = new Map<string, number>()
  readonly #slices = new Map<string, KnownSlices>()
  #hash = new Hash(0, this.#uids)

  constructor(root: SimCluster) {
    this.#since = root.internals.etcd.revision
    for (const { metadata } of objectsOf(root)) this.#uids.set(metadata.uid ?? '', this.#uids.size)
    for (const [owner, shared] of root.internals.slices()) {
      const timeless = [...shared.values()].every((value) => partsOfValue(value).timeless)
      this.#slices.set(owner, { shared, timeless })
    }
  }

  /**
   * Returns the hash of a copy of the root, whose informers have heard of everything up to a revision.
   * Default: of everything.
   */
  hash(cluster: SimCluster, circumstances: PlainData = null, heardUpTo?: number): string {
    const { internals } = cluster
    const hash = (this.#hash = new Hash(cluster.now(), this.#uids))
    this.#addObjects(cluster)
    if (heardUpTo !== undefined) this.#addUnheard(internals, heardUpTo)
    for (const [owner, shared] of internals.slices()) this.#addSlices(owner, shared, heardUpTo ?? Infinity)
    const { timers: pending, ready, stopped } = internals.pending()
    for (const timer of pending) hash.add(partsOfTimer(timer))
    hash.add(new PartsBuilder().with([ready, stopped, circumstances]))
    return hash.toString()
  }

  #addObjects(cluster: SimCluster): void {
    const since = this.#since
    if (cluster.internals.etcd.compactedRevision > since) {
      for (const object of objectsOf(cluster))
        this.#hash.add(isAfter(object, since) ? partsOf(object) : partsOfText(object.metadata.uid ?? ''))
      return
    }
    for (const [key, { was, is }] of cluster.state.changedSince(since)) {
      if (IGNORED_KEY.test(key)) continue
      if (is !== undefined) this.#hash.add(partsOf(is))
      else if (was !== undefined) this.#hash.add(partsOfText(`${was.metadata.uid} is gone`))
    }
  }

  /** Adds what informers may still have to hear of: the writes after a revision, in order, by resource. */
  #addUnheard({ etcd }: SimCluster['internals'], heardUpTo: number): void {
    if (etcd.revision === heardUpTo) return
    const byResource = new Map<string, Parts[]>()
    for (const { type, kv } of etcd.changesSince(heardUpTo, ...REGISTRY)) {
      if (IGNORED_KEY.test(kv.key)) continue
      const resource = kv.key.split('/', 3).join('/')
      const { value } = kv
      const written = value instanceof Uint8Array ? partsOfText(textOfBytes(value)) : partsOf(value)
      byResource.set(resource, [
        ...(byResource.get(resource) ?? []),
        partsOfText(`${type} ${kv.key}`),
        written,
      ])
    }
    for (const resource of [...byResource.keys()].sort())
      for (const parts of byResource.get(resource) as Parts[]) this.#hash.add(parts)
  }

  /**
   * Adds the slices of a component, but those that are as in the root and mean the same at any time, and
   * those of informers that have heard of everything.
   */
  #addSlices(owner: string, shared: ReadonlyMap<string, unknown>, heardUpTo: number): void {
    const known = this.#slices.get(owner)
    if (known?.shared === shared && known.timeless) return
    for (const [name, value] of shared) {
      if (seenBy(value) <= heardUpTo) continue
      const parts = partsOfValue(value)
      if (parts.timeless && known?.shared.has(name) === true) {
        const before = known.shared.get(name)
        if (before === value || areEqual(parts, partsOfValue(before))) continue
      }
      this.#hash.add(partsOfText(owner))
      this.#hash.add(partsOfText(name))
      this.#hash.add(parts)
    }
  }
}

/** Returns the revision that an informer has seen, given its slice; Infinity for any other slice. */
function seenBy(value: unknown): number {
  if (typeof value !== 'object' || value === null || !('resourceVersion' in value)) return Infinity
  const { resourceVersion, ...rest } = value as Partial<InformerState>
  return Object.keys(rest).length === 0 ? Number(resourceVersion ?? Infinity) : Infinity
}

/** Whether timeless parts are equal. */
function areEqual(some: Parts, others: Parts): boolean {
  if (some.a !== others.a || some.b !== others.b || some.varying.length !== others.varying.length)
    return false
  return some.varying.every((one, at) => {
    const other = others.varying[at]
    return typeof one === 'object' && typeof other === 'object' && one.value === other.value
  })
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
