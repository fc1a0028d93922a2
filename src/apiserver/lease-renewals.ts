import type { Lease } from '../api/coordination/generated.js'
import type { KubeObject } from '../api/definition.js'
import type { ManagedFieldsEntry } from '../api/meta/generated.js'
import { deepFreeze } from '../api/schema/freeze.js'
import { formatMicroTime, formatTime } from '../api/time.js'
import type { ClusterEvents } from '../client/cluster-events.js'
import type { LeaseRenewals } from '../client/lease-renewals.js'
import type { Clock } from '../sim/clock.js'
import type { EventBus } from '../sim/event-bus.js'
import type { QuietTime } from '../sim/quiet.js'
import type { Trace } from '../sim/trace.js'
import type { Storage, StoredChange } from './storage/storage.js'
import type { WatchHub } from './watch/watch-hub.js'

/** Prefix of the keys of node leases. */
const NODE_LEASES = '/registry/leases/kube-node-lease/'

/** Whether a write is no more than a new version of a node's lease, which tells the kernel nothing new. */
export function isRenewal({ key, object, old }: StoredChange): boolean {
  return object !== undefined && old !== undefined && key.startsWith(NODE_LEASES)
}

/** What renewals need of the apiserver. */
export interface RenewalDependencies {
  readonly storage: Storage
  readonly hub: WatchHub
  readonly clock: Clock
  readonly bus: EventBus<ClusterEvents>
  readonly trace: Trace
  readonly quiet: QuietTime
}

/** The renewals of one lease that are not written yet. */
interface Unwritten {
  readonly key: string
  /** The stored lease. */
  readonly from: Lease
  /** Virtual ms and revision of the last one, and how many there are. */
  at: number
  revision: number
  count: number
  readonly written: (lease: Lease) => void
}

/** The last renewals of one node's lease, for the node lifecycle controller. */
interface Heard {
  at: number
  /** The one before; equal to `at` until there are two. */
  before: number
  /** Whether it is listed as news. */
  isNews: boolean
}

/** The {@link LeaseRenewals} of an apiserver. */
export class NodeLeaseRenewals implements LeaseRenewals {
  readonly #ports: RenewalDependencies
  readonly #unwritten = new Map<string, Unwritten>()
  readonly #heard = new Map<string, Heard>()
  #news: string[] = []
  #revision = 0

  constructor(ports: RenewalDependencies) {
    this.#ports = ports
    ports.quiet.onWrite('', () => this.#write())
  }

  accepts(lease: Lease): boolean {
    const { bus, storage, hub } = this.#ports
    if (bus.has('write') || bus.has('request') || bus.has('audit')) return false
    const key = keyOf(lease)
    const unwritten = this.#unwritten.get(key)
    if (unwritten !== undefined) return unwritten.from === lease
    return storage.get(key) === lease && storage.isPrivate(key) && hub.followersOf(key, lease) !== undefined
  }

  renew(lease: Lease, written: (lease: Lease) => void): void {
    const { storage, hub, clock, trace, quiet } = this.#ports
    const key = keyOf(lease)
    if (this.#unwritten.size === 0) this.#revision = storage.revision
    const revision = ++this.#revision
    const at = clock.now()
    const known = this.#unwritten.get(key)
    if (known === undefined) this.#unwritten.set(key, { key, from: lease, at, revision, count: 1, written })
    else Object.assign(known, { at, revision, count: known.count + 1 })
    trace.record('write', at, `${key}@${revision}`)
    for (const step of hub.followersOf(key, lease) ?? []) quiet.follow(step)
    this.note(lease.metadata.name as string)
  }

  note(node: string): void {
    const at = this.#ports.clock.now()
    const heard = this.#heard.get(node)
    if (heard === undefined) this.#heard.set(node, { at, before: at, isNews: true })
    else if (heard.at !== at) {
      heard.before = heard.at
      heard.at = at
    }
    if (heard?.isNews === true) return
    if (heard !== undefined) heard.isNews = true
    this.#news.push(node)
  }

  take(visit: (node: string, time: number) => void): void {
    const now = this.#ports.clock.now()
    this.peek(visit)
    this.#news = this.#news.filter((node) => {
      const heard = this.#heard.get(node) as Heard
      heard.isNews = heard.at >= now
      return heard.isNews
    })
  }

  peek(visit: (node: string, time: number) => void): void {
    const now = this.#ports.clock.now()
    for (const node of this.#news) {
      const { at, before } = this.#heard.get(node) as Heard
      if (at < now) visit(node, at)
      else if (before < now) visit(node, before)
    }
  }

  /** Writes the last renewal of each lease, in the order and under the revisions that they have taken. */
  #write(): void {
    const { storage } = this.#ports
    const inOrder = [...this.#unwritten.values()].sort((a, b) => a.revision - b.revision)
    this.#unwritten.clear()
    for (const { key, from, at, revision, count, written } of inOrder) {
      const lease = renewed(from, at, revision)
      if (!storage.replay(key, lease, Number(from.metadata.resourceVersion), { revision, writes: count }))
        throw new Error('assertion failed: a lease changed in a quiet time')
      written(lease)
    }
  }
}

const keyOf = ({ metadata }: KubeObject): string => NODE_LEASES + (metadata.name as string)

/** Returns the lease as a renewal at that time stores it. */
function renewed(lease: Lease, at: number, revision: number): Lease {
  const { metadata, spec } = lease
  const { managedFields } = metadata
  const before = spec.renewTime ?? ''
  const time = formatTime(at)
  // the kubelet's entry has the time of its last renewal
  const touched = (entry: ManagedFieldsEntry): ManagedFieldsEntry =>
    entry.time !== undefined && entry.time.slice(0, 19) === before.slice(0, 19) ? { ...entry, time } : entry
  return deepFreeze({
    ...lease,
    metadata: {
      ...metadata,
      resourceVersion: String(revision),
      ...(managedFields === undefined ? {} : { managedFields: managedFields.map(touched) }),
    },
    spec: { ...spec, renewTime: formatMicroTime(at) },
  })
}
