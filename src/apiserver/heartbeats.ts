import type { Lease } from '../api/coordination/generated.js'
import type { Node } from '../api/core/generated.js'
import type { KubeObject } from '../api/kind/definition.js'
import { semanticEqual } from '../api/kind/equal.js'
import type { ManagedFieldsEntry } from '../api/meta/generated.js'
import { deepFreeze } from '../api/schema/freeze.js'
import { formatMicroTime, formatTime } from '../lang/go/time.js'
import type { ClusterEvents } from '../client/cluster-events.js'
import type {
  HeartbeatKind,
  HeartbeatPlace,
  Heartbeats,
  HeartbeatTally,
  HeartbeatVisitor,
} from '../client/heartbeats.js'
import type { Clock } from '../sim/clock.js'
import type { EventBus } from '../sim/event-bus.js'
import type { QuietTime } from '../sim/quiet/quiet.js'
import type { Storage, StoredChange } from './storage/storage.js'
import type { WatchHub } from './watch/watch-hub.js'

const NODE_LEASES = '/registry/leases/kube-node-lease/'
/** What the keys of nodes begin with. */
export const NODES = '/registry/minions/'

/** The conditions that a kubelet posts. */
const POSTED: ReadonlySet<string> = new Set(['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'])

/** Whether a write is a node's heartbeat: it updates the node's lease, or only the times in its status. */
export function isHeartbeat(change: StoredChange): boolean {
  const isLease = change.key.startsWith(NODE_LEASES)
  if (!isLease && !change.key.startsWith(NODES)) return false
  const { object, old } = change
  if (object === undefined || old === undefined) return false
  return isLease || onlyTimesDiffer(object as Node, old as Node)
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
  readonly quiet: QuietTime
}

/** An instant of a spell, and the last revision that it has. */
interface Instant {
  readonly at: number
  end: number
}

/** Something that the end of the spell writes at its place. */
interface Unwritten {
  instant: HeartbeatPlace['instant']
  /** 0 if there is nothing to write. */
  revision: number
  readonly write: () => void
}

/** The heartbeats of one object. */
interface Counted extends Unwritten {
  readonly heard: Heard
  count: number
}

/** A quiet spell, as far as heartbeats know it. */
interface Spell {
  /** The last one that is taken. */
  revision: number
  instant: Instant
  readonly writes: Unwritten[]
}

/** The last heartbeats of one kind of one node, for the node lifecycle controller. */
class Heard {
  readonly node: string
  readonly kind: HeartbeatKind
  /** What the last one has stored, and the era in which the last one that was a request did. */
  stored: { readonly object: Lease | Node; readonly era: number } | undefined
  at = -Infinity
  /** The time before, which is earlier. */
  #before = -Infinity
  /** A check, and the last time before it. */
  #check = -Infinity
  #beforeCheck = -Infinity
  /** Whether it is listed as news. */
  isNews = false

  constructor(node: string, kind: HeartbeatKind) {
    this.node = node
    this.kind = kind
  }

  copy(): Heard {
    const copy = new Heard(this.node, this.kind)
    copy.stored = this.stored
    copy.at = this.at
    copy.#before = this.#before
    copy.#check = this.#check
    copy.#beforeCheck = this.#beforeCheck
    copy.isNews = this.isNews
    return copy
  }

  /** Notes a heartbeat at `now`, when the last check was at `check`. */
  note(now: number, check: number): void {
    if (this.#check !== check) {
      this.#beforeCheck = this.timeBefore(check)
      this.#check = check
    }
    this.leap(now)
  }

  /** Notes a heartbeat at `now` without regard to checks. */
  leap(now: number): void {
    if (this.at === now) return
    this.#before = this.at
    this.at = now
  }

  /** Returns the last time before a check: the last one, or one now. */
  timeBefore(check: number): number {
    if (this.at < check) return this.at
    return this.#check === check ? this.#beforeCheck : this.#before
  }
}

/** What the heartbeats of a cluster are, for copies of it. It does not change any more. */
interface Memory {
  readonly heard: readonly Heard[]
  readonly lastCheck: number
}

/** The {@link Heartbeats} of an apiserver. */
export class QuietHeartbeats implements Heartbeats {
  readonly #dependencies: HeartbeatDependencies
  /** By kind and node. */
  readonly #heard = new Map<string, Heard>()
  #news: Heard[] = []
  #lastCheck = -Infinity
  #spell: Spell | undefined
  /** That of the original, until it is needed. */
  #original: Memory | undefined
  /** The memory of this cluster, as long as it has not changed. */
  #memory: Memory | undefined

  constructor(dependencies: HeartbeatDependencies) {
    this.#dependencies = dependencies
    const { quiet } = dependencies
    this.#original = quiet.keep('heartbeats', () => this.#share()) as Memory | undefined
    quiet.onWrite('', (deliver) => this.#write(deliver))
  }

  #share(): Memory {
    if (this.#original !== undefined) return this.#original
    if (this.#memory !== undefined) return this.#memory
    const heard = [...this.#heard.values()].map((one) => one.copy())
    return (this.#memory = { heard, lastCheck: this.#lastCheck })
  }

  /** Makes what it knows its own, before it is used or changed. */
  #open(): void {
    this.#memory = undefined
    const original = this.#original
    if (original === undefined) return
    this.#original = undefined
    for (const heard of original.heard) this.#heard.set(idOf(heard.kind, heard.node), heard.copy())
    this.#news = [...this.#heard.values()].filter(({ isNews }) => isNews)
    this.#lastCheck = original.lastCheck
  }

  get areUnseen(): boolean {
    const { bus } = this.#dependencies
    return !bus.has('request') && !bus.has('audit')
  }

  tally<T extends Lease | Node>(object: T, written?: (object: T) => void): HeartbeatTally | undefined {
    const { bus, storage, hub } = this.#dependencies
    if (bus.has('write') || !this.areUnseen) return undefined
    const key = keyOf(object)
    if (storage.get(key) !== object || !storage.isPrivate(key) || !hub.isOnlyFollowed(key, object))
      return undefined
    const spell = this.#current()
    const heard = this.#heardOf(object.metadata.name as string, kindOf(object))
    const { instant } = spell
    const write = (): void => {
      const renewed = this.#store(key, object, counted)
      if (heard.stored !== undefined) heard.stored = { ...heard.stored, object: renewed }
      written?.(renewed as T)
    }
    const counted: Counted = { heard, instant, revision: 0, count: 0, write }
    spell.writes.push(counted)
    const leap = (now: number): void => {
      spell.revision++
      counted.count++
      heard.leap(now)
    }
    return { beat: (now) => this.#beat(spell, counted, now), leap }
  }

  place(now: number): HeartbeatPlace {
    const spell = this.#current()
    return { instant: instantOf(spell, now), revision: spell.revision }
  }

  writeAt(place: HeartbeatPlace, write: () => void): void {
    const atPlace = (): void => {
      this.#dependencies.storage.skipTo(place.revision)
      write()
    }
    this.#current().writes.push({ ...place, write: atPlace })
  }

  note(object: Lease | Node): void {
    this.#open()
    const heard = this.#heardOf(object.metadata.name as string, kindOf(object))
    heard.stored = { object, era: this.#dependencies.quiet.era }
    this.#note(heard, this.#dependencies.clock.now())
  }

  repeatable(node: string): Node | undefined {
    this.#open()
    const { stored } = this.#heardOf(node, 'status')
    return stored !== undefined && stored.era >= this.#dependencies.quiet.calmSince(node)
      ? (stored.object as Node)
      : undefined
  }

  checked(now: number): void {
    this.#open()
    this.#lastCheck = now
  }

  take(visit: HeartbeatVisitor): void {
    this.peek(this.#lastCheck, visit)
    this.#news = this.#news.filter((heard) => (heard.isNews = heard.at >= this.#lastCheck))
  }

  peek(now: number, visit: HeartbeatVisitor): void {
    this.#open()
    for (const heard of this.#news) {
      const time = heard.timeBefore(now)
      if (time > -Infinity) visit(heard.node, heard.kind, time)
    }
  }

  #beat(spell: Spell, counted: Counted, now: number): void {
    const instant = instantOf(spell, now)
    counted.instant = instant
    counted.revision = instant.end = ++spell.revision
    counted.count++
    this.#note(counted.heard, now)
  }

  #note(heard: Heard, now: number): void {
    heard.note(now, this.#lastCheck)
    if (heard.isNews) return
    heard.isNews = true
    this.#news.push(heard)
  }

  #heardOf(node: string, kind: HeartbeatKind): Heard {
    const id = idOf(kind, node)
    let heard = this.#heard.get(id)
    if (heard === undefined) this.#heard.set(id, (heard = new Heard(node, kind)))
    return heard
  }

  #current(): Spell {
    this.#open()
    const { revision } = this.#dependencies.storage
    return (this.#spell ??= { revision, instant: { at: -Infinity, end: revision }, writes: [] })
  }

  /** Stores the last heartbeat of an object. */
  #store(key: string, from: Lease | Node, { instant, revision, count }: Counted): Lease | Node {
    const { at } = instant
    const object =
      from.kind === 'Node' ? posted(from as Node, at, revision) : renewed(from as Lease, at, revision)
    const expected = Number(from.metadata.resourceVersion)
    if (!this.#dependencies.storage.replay(key, object, expected, { revision, writes: count }))
      throw new Error('assertion failed: a lease or node changed in a quiet time')
    return object
  }

  /**
   * Writes the last heartbeat of each object, in the order and under the revisions that they have taken, and
   * lets informers see those of an instant together, as they would have.
   */
  #write(deliver: () => void): void {
    if (this.#spell === undefined) return
    const { storage, hub } = this.#dependencies
    const writes = this.#spell.writes.filter(({ revision }) => revision > 0)
    this.#spell = undefined
    writes.sort((a, b) => a.revision - b.revision)
    hub.passOver((delivered) => {
      for (const [order, { instant, write }] of writes.entries()) {
        write()
        if (writes[order + 1]?.instant === instant) continue
        storage.skipTo(instant.end)
        deliver()
        delivered()
      }
    })
  }
}

const idOf = (kind: HeartbeatKind, node: string): string => `${kind} ${node}`

const kindOf = ({ kind }: Lease | Node): HeartbeatKind => (kind === 'Node' ? 'status' : 'lease')

/** Returns the instant `now` of a spell. */
function instantOf(spell: Spell, now: number): Instant {
  if (spell.instant.at !== now) spell.instant = { at: now, end: spell.revision }
  return spell.instant
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
