import type { KubeObject } from '../../api/definition.js'
import { isApiError } from '../../client/api-error.js'
import type { Client, Watch } from '../../client/client.js'
import { keyOf } from '../../client/object-index.js'
import type { ResourceName } from '../../client/resources.js'

/** Receives the changes of a resource. */
export interface Follower {
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
  readonly #follower: Follower
  readonly #known = new Set<string>()
  #watch: Watch<KubeObject> | undefined

  constructor(client: Client, resource: ResourceName, follower: Follower) {
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
