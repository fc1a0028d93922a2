import type { KubeObject } from '../api/kind/definition.js'
import { isApiError } from '../client/api-error.js'
import type { Client, Watch } from '../client/client.js'
import { keyOf, ObjectIndex, type Indexers } from '../client/informers/object-index.js'
import type { ResourceName } from '../client/resources.js'

/** How many past states of a resource are cached. */
const MAX_PAST = 4

/**
 * An indexed view of a resource that costs nothing until it is read. Reading pulls its watch, so it is always
 * up to date, takes no step of the simulation and holds no state. A cache; a fork builds its own.
 */
export class FollowedView<T extends KubeObject> {
  readonly #client: Client
  readonly #resource: ResourceName
  readonly #indexers: Indexers<T>
  #watch: Watch<T> | undefined
  #now: ObjectIndex<T>
  /** By resource version, least recently used first. */
  readonly #past = new Map<string, ObjectIndex<T>>()

  constructor(client: Client, resource: ResourceName, indexers: Indexers<T>) {
    this.#client = client
    this.#resource = resource
    this.#indexers = indexers
    this.#now = new ObjectIndex(indexers)
  }

  /** Returns the present state. */
  now(): ObjectIndex<T> {
    if (this.#watch === undefined) return this.#list()
    try {
      for (const { type, object } of this.#watch.next()) {
        if (type === 'DELETED') this.#now.delete(keyOf(object))
        else if (type !== 'BOOKMARK') this.#now.set(object)
      }
      return this.#now
    } catch (error) {
      if (!isApiError(error, 'Expired')) throw error
      this.#watch.stop()
      return this.#list()
    }
  }

  /**
   * Returns the state at a resource version.
   * @throws ApiError Expired if it has been compacted
   */
  at(resourceVersion: string): ObjectIndex<T> {
    const known = this.#past.get(resourceVersion)
    if (known !== undefined) return known
    const index = new ObjectIndex(this.#indexers)
    for (const object of this.#client.list(this.#resource, { resourceVersion, resourceVersionMatch: 'Exact' })
      .items)
      index.set(object as unknown as T)
    for (const oldest of this.#past.keys()) {
      if (this.#past.size < MAX_PAST) break
      this.#past.delete(oldest)
    }
    this.#past.set(resourceVersion, index)
    return index
  }

  #list(): ObjectIndex<T> {
    const {
      items,
      metadata: { resourceVersion },
    } = this.#client.list(this.#resource)
    this.#now = new ObjectIndex(this.#indexers)
    for (const object of items) this.#now.set(object as unknown as T)
    this.#watch = this.#client.watch(this.#resource, { resourceVersion }) as unknown as Watch<T>
    return this.#now
  }
}

/** Receives the changes of a resource. */
export interface ResourceFollower {
  set(object: KubeObject): void
  /** `key` is `namespace/name`, or `name`. */
  remove(key: string): void
}

/**
 * Reports every change of a resource once, on request: its watch is pulled. A cache; a fork builds its own.
 */
export class FollowedObjects {
  readonly #client: Client
  readonly #resource: ResourceName
  readonly #follower: ResourceFollower
  readonly #known = new Set<string>()
  #watch: Watch<KubeObject> | undefined

  constructor(client: Client, resource: ResourceName, follower: ResourceFollower) {
    this.#client = client
    this.#resource = resource
    this.#follower = follower
  }

  /** Number of objects as of the last {@link pull}. */
  get size(): number {
    return this.#known.size
  }

  /**
   * Reports the changes since the last call; on the first call, everything. A resource that is not served has
   * no objects.
   */
  pull(): void {
    if (this.#watch === undefined) {
      this.#list()
      return
    }
    try {
      for (const { type, object } of this.#watch.next()) {
        if (type === 'DELETED') this.#gone(keyOf(object))
        else if (type !== 'BOOKMARK') this.#set(object)
      }
    } catch (error) {
      if (!isApiError(error, 'Expired')) throw error
      this.stop()
      this.#list()
    }
  }

  /** Stops following, and forgets the objects without reporting them. */
  stop(): void {
    this.#watch?.stop()
    this.#watch = undefined
  }

  /** Reports that everything is gone. */
  clear(): void {
    this.stop()
    for (const key of [...this.#known]) this.#gone(key)
  }

  #list(): void {
    const {
      items,
      metadata: { resourceVersion },
    } = this.#client.list(this.#resource)
    const there = new Set(items.map(keyOf))
    for (const key of [...this.#known]) if (!there.has(key)) this.#gone(key)
    for (const object of items) this.#set(object)
    this.#watch = this.#client.watch(this.#resource, { resourceVersion })
  }

  #set(object: KubeObject): void {
    this.#known.add(keyOf(object))
    this.#follower.set(object)
  }

  #gone(key: string): void {
    this.#known.delete(key)
    this.#follower.remove(key)
  }
}
