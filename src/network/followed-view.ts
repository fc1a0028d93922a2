import type { KubeObject } from '../api/definition.js'
import { isApiError } from '../client/api-error.js'
import type { Client, Watch } from '../client/client.js'
import { keyOf, ObjectIndex } from '../client/object-index.js'
import type { Indexers } from '../client/object-index.js'
import type { ResourceName } from '../client/resources.js'

/** How many past states of a resource are cached. */
const MOST_PAST = 4

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
      if (this.#past.size < MOST_PAST) break
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
