import { InputError } from '../../lang/input-error.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { Follower, Watch, WatchEvent } from '../../client/client.js'
import { expired } from '../errors.js'
import { emptyFields } from '../registry/managed-fields.js'
import { type Resource, listPrefix } from '../registry/resources.js'
import { present } from '../registry/stored.js'
import type { Selection } from '../selectors/selection.js'
import type { Storage, StoredChange } from '../storage/storage.js'
import { prefixEnd } from '../storage/storage.js'
import { type RoutedWatch, type Subscription, type WatchRegister, ROUTING_FIELDS } from './watch-hub.js'

/** Most changes that an idle watch buffers. Beyond that it reads them from etcd's history. */
const MOST_PENDING = 1_000

/** Options of a watch. */
export interface WatchStart {
  readonly resource: Resource
  readonly selection: Selection
  /** Changes after this revision are reported. */
  readonly revision: number
  /** Objects that are reported first, as ADDED events. */
  readonly initial: readonly KubeObject[]
  /** Sort key among the watches that one write wakes. */
  readonly order: string
  /** Whether to report a BOOKMARK event when woken without a change. */
  readonly bookmarks: boolean
  /** Whether to end the initial events with a marked BOOKMARK (`sendInitialEvents`). */
  readonly markInitialEnd: boolean
  /** Whether it goes on with a watch of the cluster of which this one is a copy. */
  readonly isResumed: boolean
}

/**
 * An open watch of a resource. Its position is a revision; buffered changes are a cache of etcd's history.
 */
export class ResourceWatch implements Watch<KubeObject>, RoutedWatch {
  readonly resource: Resource
  readonly selection: Selection
  readonly #subscription: Subscription
  readonly #storage: Storage
  readonly #hub: WatchRegister
  readonly #bookmarks: boolean
  #initial: WatchEvent<KubeObject>[]
  /** How many of the initial events have been taken. */
  #initialTaken = 0
  #revision: number
  /** Undefined if the changes must be read from history. */
  #pending: StoredChange[] | undefined
  /** How many of the buffered changes have been taken. */
  #taken = 0
  #bookmarkDue = false
  #listener: (() => void) | undefined
  #stopped = false

  constructor(storage: Storage, hub: WatchRegister, start: WatchStart) {
    this.resource = start.resource
    this.selection = start.selection
    this.#storage = storage
    this.#hub = hub
    this.#bookmarks = start.bookmarks
    this.#revision = start.revision
    this.#pending = start.revision >= storage.revision ? [] : undefined
    this.#initial = start.initial.map((object) => ({ type: 'ADDED', object }))
    if (start.markInitialEnd) this.#initial.push(this.#bookmarkEvent({ 'k8s.io/initial-events-end': 'true' }))
    const { resource, selection, order } = start
    const subscription = { resource, selection, order, route: routeOf(selection), follower: undefined }
    this.#subscription = start.isResumed ? hub.resume(this, subscription) : hub.add(this, subscription)
  }

  get isHeard(): boolean {
    return this.#listener !== undefined
  }

  get resourceVersion(): string {
    return String(this.#revision)
  }

  next(limit: number = Infinity): readonly WatchEvent<KubeObject>[] {
    if (typeof limit !== 'number' || Number.isNaN(limit))
      throw new InputError(`next() takes the most events to return, not ${JSON.stringify(limit)}`)
    if (this.#stopped) return []
    if (this.#initial.length > 0) return this.#takeInitial(limit)
    this.#checkHistory()
    if (this.#pending === undefined) {
      this.#pending = [...this.#readHistory()]
      this.#taken = 0
    }
    const changes = this.#pending
    const events: WatchEvent<KubeObject>[] = []
    while (this.#taken < changes.length && events.length < limit) {
      const change = changes[this.#taken] as StoredChange
      // the revision of a watch may lie in the future
      if (change.revision > this.#revision) {
        let event: WatchEvent<KubeObject> | undefined
        try {
          event = this.#eventOf(change)
        } catch (error) {
          // what has been found comes first; the next call meets the error again
          if (events.length === 0) throw error
          break
        }
        this.#revision = change.revision
        if (event !== undefined) events.push(event)
      }
      this.#taken++
    }
    if (this.#taken === changes.length) {
      this.#revision = Math.max(this.#revision, this.#storage.revision)
      this.#keepFrom(changes.length)
    } else if (this.#taken >= MOST_PENDING) this.#keepFrom(this.#taken)
    if (events.length === 0 && this.#bookmarkDue && this.#bookmarks) events.push(this.#bookmarkEvent())
    this.#bookmarkDue = false
    return events
  }

  peek(): readonly WatchEvent<KubeObject>[] {
    if (this.#stopped) return []
    if (this.#initial.length > 0) return this.#initial.slice(this.#initialTaken)
    this.#checkHistory()
    const changes = this.#pending?.slice(this.#taken) ?? this.#readHistory()
    return changes
      .filter((change) => change.revision > this.#revision)
      .map((change) => this.#eventOf(change))
      .filter((event) => event !== undefined)
  }

  #takeInitial(limit: number): readonly WatchEvent<KubeObject>[] {
    const from = this.#initialTaken
    const events = this.#initial.slice(from, from + limit)
    this.#initialTaken += events.length
    if (this.#initialTaken === this.#initial.length) this.#initial = []
    return events
  }

  /** Drops the buffered changes before one. */
  #keepFrom(at: number): void {
    this.#pending = this.#pending?.slice(at)
    this.#taken = 0
  }

  onReady(listener: () => void, follower?: Follower): void {
    if (typeof listener !== 'function')
      throw new InputError(`onReady() takes a function, not ${JSON.stringify(listener)}`)
    this.#listener = listener
    this.#subscription.follower = follower
    if (this.#initial.length > 0) listener()
  }

  stop(): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#pending = []
    this.#taken = 0
    this.#hub.remove(this.#subscription)
  }

  offer(change: StoredChange): void {
    if (this.#pending !== undefined) {
      if (this.#pending.length - this.#taken >= MOST_PENDING) this.#pending = undefined
      else this.#pending.push(change)
    }
    this.#listener?.()
  }

  bookmark(): void {
    if (this.#revision >= this.#storage.revision) return
    this.#bookmarkDue = true
    this.#listener?.()
  }

  skipToNow(): void {
    if (this.#pending !== undefined && this.#taken < this.#pending.length)
      throw new Error('assertion failed: changes wait, but not the step that takes them')
    this.#revision = Math.max(this.#revision, this.#storage.revision)
    this.#pending = []
    this.#taken = 0
  }

  /**
   * Throws 410 if the next changes have been compacted, even if they are buffered: a fork would not have
   * them.
   */
  #checkHistory(): void {
    if (this.#revision < this.#storage.compactedRevision) {
      throw expired(`too old resource version: ${this.#revision} (${this.#storage.compactedRevision})`)
    }
  }

  #readHistory(): readonly StoredChange[] {
    const prefix = listPrefix(this.resource, this.selection.namespace)
    return this.#storage.changesSince(prefix, prefixEnd(prefix), this.#revision)
  }

  /** Returns the event of a change, which depends on whether the object was and is selected. */
  #eventOf(change: StoredChange): WatchEvent<KubeObject> | undefined {
    const object = change.object === undefined ? undefined : present(this.resource, change.object)
    const old = change.old === undefined ? undefined : present(this.resource, change.old)
    const is = object !== undefined && this.#selects(object)
    const was = old !== undefined && this.#selects(old)
    if (is) return { type: was ? 'MODIFIED' : 'ADDED', object }
    return was ? { type: 'DELETED', object: atRevision(old, change.revision) } : undefined
  }

  #selects(object: KubeObject): boolean {
    const { namespace, all, matches } = this.selection
    return (namespace === undefined || object.metadata.namespace === namespace) && (all || matches(object))
  }

  #bookmarkEvent(annotations?: Readonly<Record<string, string>>): WatchEvent<KubeObject> {
    const metadata = { resourceVersion: String(this.#revision) }
    const object: KubeObject = Object.freeze({
      kind: this.resource.kind,
      apiVersion: this.resource.apiVersion,
      metadata: Object.freeze(annotations === undefined ? metadata : { ...metadata, annotations }),
      ...emptyFields(this.resource),
    })
    return { type: 'BOOKMARK', object }
  }
}

const removed = new WeakMap<KubeObject, KubeObject>()

/** Returns the last state of an object with the revision of its removal, shared by all watches. */
export function atRevision(object: KubeObject, revision: number): KubeObject {
  const resourceVersion = String(revision)
  const known = removed.get(object)
  if (known?.metadata.resourceVersion === resourceVersion) return known
  const copy = Object.freeze({ ...object, metadata: Object.freeze({ ...object.metadata, resourceVersion }) })
  removed.set(object, copy)
  return copy
}

function routeOf({ equals }: Selection): { field: string; value: string } | undefined {
  for (const field of ROUTING_FIELDS) {
    const value = equals.get(field)
    if (value !== undefined) return { field, value }
  }
  return undefined
}
