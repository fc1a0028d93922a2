import { exactJson } from '../sim/exact-json.js'
import type { KubeObject } from '../api/definition.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import { HASH_SEED, hashText } from '../sim/hash.js'
import { plainDataToJson } from '../sim/plain-data.js'

/**
 * What differs between equal states: uids, revisions, times, and the ends of generated names, after the hash
 * of a pod template, if any.
 */
const VARYING = new RegExp(
  [
    '([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})',
    '"resourceVersion":"(\\d+)"',
    '(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z)',
    '\\b(17\\d{11}(?:\\.\\d+)?)\\b',
    '-([bcdfghjklmnpqrstvwxz2456789]{5})(?=["/\\\\])',
  ].join('|'),
  'g',
)
/** The kinds of its groups. */
const KINDS = ['uid', 'rv', 'instant', 'millis', 'name'] as const
const UNIMPORTANT =
  /"(?:nodeName|hostIP|podIP|ip|containerID|observedGeneration|generation)":("[^"]*"|\d+),?/g
/** Kinds that nothing but people reads, or that only say that somebody lives. */
const IGNORED: ReadonlySet<string> = new Set(['events', 'leases'])

/** A text in parts: what is constant, and between that what varies. */
interface Parts {
  readonly constant: readonly string[]
  readonly varying: readonly { readonly kind: (typeof KINDS)[number]; readonly value: string }[]
}

function partsOf(text: string): Parts {
  const constant: string[] = []
  const varying: Parts['varying'][number][] = []
  let end = 0
  for (const match of text.matchAll(VARYING)) {
    const group = KINDS.findIndex((_, at) => match[at + 1] !== undefined)
    constant.push(text.slice(end, match.index))
    varying.push({ kind: KINDS[group] ?? 'name', value: match[group + 1] ?? '' })
    end = match.index + match[0].length
  }
  constant.push(text.slice(end))
  return { constant, varying }
}

/** Forks share their objects and state slices, so that most have been taken apart before. */
const known = new WeakMap<object, Parts>()

/** Returns the parts of the text of something that does not change. */
function knownParts(value: object, textOf: () => string): Parts {
  let parts = known.get(value)
  if (parts === undefined) known.set(value, (parts = partsOf(`${textOf()}\n`)))
  return parts
}

const objectParts = (object: KubeObject): Parts =>
  knownParts(object, () =>
    exactJson({ ...object, metadata: { ...object.metadata, managedFields: undefined } }),
  )

function sliceParts(value: unknown): Parts {
  const textOf = (): string => JSON.stringify(plainDataToJson(value)) ?? ''
  return typeof value === 'object' && value !== null ? knownParts(value, textOf) : partsOf(textOf())
}

/** Returns the objects that were written after a revision. */
function* objectsAfter(cluster: SimCluster, revision: number): Generator<Parts, void> {
  for (const resource of cluster.state.resources()) {
    if (IGNORED.has(resource)) continue
    for (const object of cluster.state.stored(resource)) {
      if (Number(object.metadata.resourceVersion) > revision) yield objectParts(object)
      else
        yield { constant: ['', ' as before\n'], varying: [{ kind: 'uid', value: object.metadata.uid ?? '' }] }
    }
  }
}

/** Numbers uids, names and revisions in the order of their appearance, and counts times from `now`. */
class Normaliser {
  readonly #now: number
  readonly #numbers = new Map<string, number>()
  readonly #texts: string[] = []

  constructor(now: number) {
    this.#now = now
  }

  add({ constant, varying }: Parts): void {
    for (const [at, text] of constant.entries()) {
      this.#texts.push(text)
      const next = varying[at]
      if (next !== undefined) this.#texts.push(this.#plain(next.kind, next.value))
    }
  }

  get text(): string {
    return this.#texts.join('')
  }

  #plain(kind: Parts['varying'][number]['kind'], value: string): string {
    if (kind === 'instant') return `now${(Date.parse(value) - this.#now) / 1000}`
    if (kind === 'millis') return `now${Number(value) - this.#now}`
    const key = `${kind} ${value}`
    let number = this.#numbers.get(key)
    if (number === undefined) this.#numbers.set(key, (number = this.#numbers.size))
    return `${kind}${number}`
  }
}

function hashOf(text: string): string {
  return `${hashText(HASH_SEED, text)}.${hashText(0x9747b28c, text)}.${text.length}`
}

/**
 * Returns a hash of everything that decides the future of a cluster at rest: objects, component state, timers
 * and ready work, with uids and generated names numbered in the order of their appearance, and times counted
 * from now. `since` is the revision of the root: older objects count as they are.
 */
export function stateHash(cluster: SimCluster, since: number): string {
  const { slices, timers, ready, stopped } = cluster.snapshot().simulation()
  const timed = timers.map(({ seq: _seq, ...timer }) => timer)
  const normaliser = new Normaliser(cluster.now())
  for (const object of objectsAfter(cluster, since)) normaliser.add(object)
  for (const [owner, byName] of slices)
    for (const [name, value] of byName) {
      normaliser.add(partsOf(`${owner} ${name} `))
      normaliser.add(sliceParts(value))
    }
  normaliser.add(partsOf(JSON.stringify(plainDataToJson({ timers: timed, ready, stopped }))))
  return hashOf(normaliser.text)
}

/** Returns a hash of what users see of the objects, see {@link outcomeLines}. */
export function outcomeHash(cluster: SimCluster, since: number): string {
  return hashOf(outcomeLines(cluster, since).join('\n'))
}

/**
 * Returns what users see of the objects, one a line, sorted: without times, names of nodes, and what only
 * counts.
 */
export function outcomeLines(cluster: SimCluster, since: number): readonly string[] {
  const normaliser = new Normaliser(cluster.now())
  for (const object of objectsAfter(cluster, since)) normaliser.add(object)
  const lines = normaliser.text
    .replaceAll(/now-?[\d.]+/g, '')
    .replaceAll(UNIMPORTANT, '')
    .split('\n')
  return lines.toSorted()
}
