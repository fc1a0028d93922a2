import type { Lease } from '../api/coordination/generated.js'
import type { Node } from '../api/core/generated.js'
import type { KubeObject } from '../api/definition.js'
import { semanticEqual } from '../api/equal.js'
import type { ManagedFieldsEntry } from '../api/meta/generated.js'
import { deepFreeze } from '../api/schema/freeze.js'
import { formatMicroTime, formatTime } from '../api/time.js'
import type { ClusterEvents } from '../client/cluster-events.js'
import type { HeartbeatKind, Heartbeats, HeartbeatVisitor } from '../client/heartbeats.js'
import type { Clock } from '../sim/clock.js'
import type { EventBus } from '../sim/event-bus.js'
import type { QuietTime } from '../sim/quiet.js'
import type { Trace } from '../sim/trace.js'
import type { Storage, StoredChange } from './storage/storage.js'
import type { WatchHub } from './watch/watch-hub.js'

const NODE_LEASES = '/registry/leases/kube-node-lease/'
const NODES = '/registry/minions/'

/** The conditions that a kubelet posts. */
const POSTED: ReadonlySet<string> = new Set(['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'])

/** Whether a write is a node's heartbeat: it updates the node's lease, or only the times in its status. */
export function isHeartbeat({ key, object, old }: StoredChange): boolean {
  if (object === undefined || old === undefined) return false
  return (
    key.startsWith(NODE_LEASES) || (key.startsWith(NODES) && onlyTimesDiffer(object as Node, old as Node))
  )
}

/** Whether two versions of a node differ only in the times of heartbeats. */
export function onlyTimesDiffer(next: Node, old: Node): boolean {
  const bare = ({ metadata, status, ...rest }: Node): unknown => [
    rest,
    { ...metadata, resourceVersion: '', managedFields: [] },
    { ...status, conditions: (status.conditions ?? []).map((one) => ({ ...one, lastHeartbeatTime: null })) },
  ]
  return semanticEqual(bare(next), bare(old))
}

/** What heartbeats need of the apiserver. */
export interface HeartbeatDependencies {
  readonly storage: Storage
  readonly hub: WatchHub
  readonly clock: Clock
  readonly bus: EventBus<ClusterEvents>
  readonly trace: Trace
  readonly quiet: QuietTime
}

/** The heartbeats of one object that are not written yet. */
interface Unwritten {
  readonly key: string
  /** The stored object. */
  readonly from: Lease | Node
  /** Virtual ms and revision of the last one, and how many there are. */
  at: number
  revision: number
  count: number
  /** The last revision of that instant. */
  end: number
  readonly written: (object: Lease | Node) => void
}

/** The last heartbeats of one kind of one node, for the node lifecycle controller. */
interface Heard {
  readonly node: string
  readonly kind: HeartbeatKind
  at: number
  /** The one before; equal to `at` until there are two. */
  before: number
  /** Whether it is listed as news. */
  isNews: boolean
}

/** The {@link Heartbeats} of an apiserver. */
export class QuietHeartbeats implements Heartbeats {
  readonly #ports: HeartbeatDependencies
  readonly #unwritten = new Map<string, Unwritten>()
  readonly #heard = { lease: new Map<string, Heard>(), status: new Map<string, Heard>() }
  #news: Heard[] = []
  #revision = 0
  /** Those of the latest instant, and that instant. */
  #now: Unwritten[] = []
  #instant = 0

  constructor(ports: HeartbeatDependencies) {
    this.#ports = ports
    ports.quiet.onWrite('', (deliver) => this.#write(deliver))
  }

  get era(): number {
    return this.#ports.quiet.era
  }

  accepts(object: Lease | Node): boolean {
    const { bus, storage, hub } = this.#ports
    if (bus.has('write') || bus.has('request') || bus.has('audit')) return false
    const key = keyOf(object)
    const unwritten = this.#unwritten.get(key)
    if (unwritten !== undefined) return unwritten.from === object
    return storage.get(key) === object && storage.isPrivate(key) && hub.followersOf(key, object) !== undefined
  }

  beat(object: Lease | Node, written: (object: Lease | Node) => void): void {
    const { storage, hub, clock, trace, quiet } = this.#ports
    const key = keyOf(object)
    if (this.#unwritten.size === 0) this.#revision = storage.revision
    const revision = ++this.#revision
    const at = clock.now()
    let known = this.#unwritten.get(key)
    if (known === undefined)
      this.#unwritten.set(key, (known = { key, from: object, at, revision, end: 0, count: 0, written }))
    known.count++
    known.at = at
    known.revision = revision
    if (this.#instant !== at) {
      this.#instant = at
      this.#now = []
    }
    this.#now.push(known)
    for (const one of this.#now) one.end = revision
    trace.record('write', at, `${key}@${revision}`)
    for (const step of hub.followersOf(key, object) ?? []) quiet.follow(step)
    this.note(object.metadata.name as string, object.kind === 'Node' ? 'status' : 'lease')
  }

  note(node: string, kind: HeartbeatKind): void {
    const at = this.#ports.clock.now()
    const byNode = this.#heard[kind]
    let heard = byNode.get(node)
    if (heard === undefined) byNode.set(node, (heard = { node, kind, at, before: at, isNews: false }))
    else if (heard.at !== at) {
      heard.before = heard.at
      heard.at = at
    }
    if (heard.isNews) return
    heard.isNews = true
    this.#news.push(heard)
  }

  take(visit: HeartbeatVisitor): void {
    const now = this.#ports.clock.now()
    this.peek(visit)
    this.#news = this.#news.filter((heard) => (heard.isNews = heard.at >= now))
  }

  peek(visit: HeartbeatVisitor): void {
    const now = this.#ports.clock.now()
    for (const { node, kind, at, before } of this.#news) {
      if (at < now) visit(node, kind, at)
      else if (before < now) visit(node, kind, before)
    }
  }

  /**
   * Writes the last heartbeat of each object, in the order and under the revisions that they have taken, and
   * lets informers see those of an instant together, as they would have.
   */
  #write(deliver: () => void): void {
    const { storage } = this.#ports
    const inOrder = [...this.#unwritten.values()].sort((a, b) => a.revision - b.revision)
    this.#unwritten.clear()
    this.#now = []
    for (const [place, { key, from, at, revision, end, count, written }] of inOrder.entries()) {
      const object =
        from.kind === 'Node' ? posted(from as Node, at, revision) : renewed(from as Lease, at, revision)
      if (!storage.replay(key, object, Number(from.metadata.resourceVersion), { revision, writes: count }))
        throw new Error('assertion failed: a lease or node changed in a quiet time')
      written(object)
      if (inOrder[place + 1]?.at === at) continue
      storage.skipTo(end)
      deliver()
    }
  }
}

const keyOf = ({ kind, metadata }: KubeObject): string =>
  (kind === 'Node' ? NODES : NODE_LEASES) + (metadata.name as string)

/** Returns the lease as a renewal at that time stores it. */
function renewed(lease: Lease, at: number, revision: number): Lease {
  return deepFreeze({
    ...lease,
    metadata: metadataAt(lease, at, revision, undefined),
    spec: { ...lease.spec, renewTime: formatMicroTime(at) },
  })
}

/** Returns the node as a post of the same status at that time stores it. */
function posted(node: Node, at: number, revision: number): Node {
  const { status } = node
  const lastHeartbeatTime = formatTime(at)
  const conditions = status.conditions?.map((condition) =>
    POSTED.has(condition.type) ? { ...condition, lastHeartbeatTime } : condition,
  )
  return deepFreeze({
    ...node,
    metadata: metadataAt(node, at, revision, 'status'),
    status: { ...status, ...(conditions === undefined ? {} : { conditions }) },
  })
}

function metadataAt<M extends KubeObject['metadata']>(
  { metadata }: { readonly metadata: M },
  at: number,
  revision: number,
  subresource: string | undefined,
): M {
  const { managedFields } = metadata
  const time = formatTime(at)
  const isTouched = (entry: ManagedFieldsEntry): boolean =>
    entry.manager === 'kubelet' && entry.operation === 'Update' && entry.subresource === subresource
  return {
    ...metadata,
    resourceVersion: String(revision),
    ...(managedFields === undefined
      ? {}
      : { managedFields: managedFields.map((entry) => (isTouched(entry) ? { ...entry, time } : entry)) }),
  }
}
