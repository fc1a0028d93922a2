import type { KubeObject } from '../api/kind/definition.js'
import { textOfBytes } from '../lang/bytes/byte-text.js'
import type { InformerState } from '../client/informers/list-watch-informer.js'
import type { SimCluster } from '../cluster/sim-cluster.js'
import { exactJson } from '../lang/json/exact-json.js'
import { HASH_SEED, hashText } from '../sim/data/hash.js'
import type { PlainData } from '../sim/data/plain-data.js'
import {
  areEqual,
  Hash,
  Normaliser,
  type Parts,
  partsNow,
  partsOf,
  partsOfText,
  partsOfTimer,
  partsOfValue,
  VARYING,
  varyingOf,
} from './state-parts.js'

/** What outcomes do not tell. */
const UNIMPORTANT =
  /"(?:nodeName|hostIP|podIP|ip|containerID|observedGeneration|generation|resourceVersion)":("[^"]*"|\d+),?/g
/** Kinds that nothing but people reads, or that only say that somebody lives. */
const IGNORED: ReadonlySet<string> = new Set(['events', 'leases'])
/** Returns the resource of a key, `pods` of `/registry/pods/default/web`, or the group of a custom one. */
const resourceIn = (key: string): string => key.split('/', 3)[2] ?? ''
/** The range of the keys of all objects. */
const REGISTRY = ['/registry/', '/registry0'] as const

/** Returns the objects that count, in order. */
function* objectsOf(cluster: SimCluster): Generator<KubeObject, void> {
  for (const resource of cluster.state.resources())
    if (!IGNORED.has(resource)) yield* cluster.state.stored(resource)
}

/** Whether an object was written after a revision. */
const isAfter = ({ metadata }: KubeObject, revision: number): boolean =>
  Number(metadata.resourceVersion) > revision

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
    hash.add(partsNow([ready, stopped, circumstances]))
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
      if (IGNORED.has(resourceIn(key))) continue
      if (is !== undefined) this.#hash.add(partsOf(is))
      else if (was !== undefined) this.#hash.add(partsOfText(`${was.metadata.uid} is gone`))
    }
  }

  /** Adds what informers may still have to hear of: the writes after a revision, in order, by resource. */
  #addUnheard({ etcd }: SimCluster['internals'], heardUpTo: number): void {
    if (etcd.revision === heardUpTo) return
    const byResource = new Map<string, Parts[]>()
    for (const { type, kv } of etcd.changesSince(heardUpTo, ...REGISTRY)) {
      const resource = resourceIn(kv.key)
      if (IGNORED.has(resource)) continue
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
