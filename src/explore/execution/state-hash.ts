import type { KubeObject } from '../../api/kind/definition.js'
import type { ConnectivityState } from '../../cluster/compose/connectivity.js'
import { RECORDER_SLICE } from '../../cluster/compose/control-plane.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { exactJson } from '../../lang/json/exact-json.js'
import { HASH_SEED, hashText } from '../../sim/data/hash.js'
import type { PlainData } from '../../sim/data/plain-data.js'
import type { Ready } from '../../sim/ready-queue.js'
import {
  areEqual,
  Hash,
  StateNormaliser,
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
/** Whether an object only says that a node lives, or is an event. */
const isRoutineObject = ({ kind, metadata }: KubeObject): boolean =>
  kind === 'Event' || metadata.namespace === 'kube-node-lease'

/** Events, which nothing but people reads, and leases that only say that a node lives. */
const isIgnored = (key: string): boolean =>
  key.startsWith('/registry/events/') || key.startsWith('/registry/leases/kube-node-lease/')

/** Returns the objects that count, in order. */
function* objectsOf(cluster: SimCluster): Generator<KubeObject, void> {
  for (const resource of cluster.state.resources()) {
    if (resource === 'events') continue
    for (const object of cluster.state.peek(resource))
      if (resource !== 'leases' || object.metadata.namespace !== 'kube-node-lease') yield object
  }
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

  /** Returns the hash of a copy of the root. */
  hash(cluster: SimCluster, circumstances: PlainData = null): string {
    const { internals } = cluster
    const hash = (this.#hash = new Hash(cluster.now(), this.#uids))
    this.#addObjects(cluster)
    const { timers: pending, ready, stopped } = internals.pending()
    for (const entry of ready) this.#addUnseen(internals, entry)
    const slices = internals.slices()
    const isCut = isDisconnected(slices.get('cluster')?.get('connectivity'))
    for (const [owner, shared] of slices) this.#addSlices(owner, shared, isCut)
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
      if (isIgnored(key)) continue
      if (is !== undefined) this.#hash.add(partsOf(is))
      else if (was !== undefined) this.#hash.add(partsOfText(`${was.metadata.uid} is gone`))
    }
  }

  /** Adds what the step of an informer will take notice of, in order. */
  #addUnseen(internals: SimCluster['internals'], entry: Ready): void {
    const informer = internals.informerOf(entry)
    if (informer === undefined) return
    const unseen = informer.unseen()
    if (unseen === undefined) return this.#hash.add(partsOfText('it will list'))
    for (const [key, object] of unseen) {
      if (object !== undefined && isRoutineObject(object)) continue
      this.#hash.add(partsOfText(object === undefined ? `${key} is gone` : key))
      if (object !== undefined) this.#hash.add(partsOf(object))
    }
  }

  /**
   * Adds the slices of a component, but those that are as in the root and mean the same at any time, those of
   * event recorders, and the positions of informers. One that has no step to run has seen all that it
   * selects; unless the network of its component `isCut`.
   */
  #addSlices(owner: string, shared: ReadonlyMap<string, unknown>, isCut: boolean): void {
    const known = this.#slices.get(owner)
    if (known?.shared === shared && known.timeless) return
    for (const [name, value] of shared) {
      if ((!isCut && isPosition(value)) || name.startsWith(RECORDER_SLICE)) continue
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

/** Whether a slice is an `InformerState`: the revision that an informer has seen. */
function isPosition(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('resourceVersion' in value)) return false
  return Object.keys(value).length === 1
}

/** Whether the network between a component and the apiserver is cut, or that is down. */
function isDisconnected(value: unknown): boolean {
  const { apiserverDown = false, cut = new Set() } = (value ?? {}) as Partial<ConnectivityState>
  return apiserverDown || cut.size > 0
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
  const normaliser = new StateNormaliser(cluster.now())
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
