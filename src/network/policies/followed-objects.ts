import type { KubeObject } from '../../api/definition.js'
import { isApiError } from '../../client/api-error.js'
import type { Client, Watch } from '../../client/client.js'
import { keyOf } from '../../client/object-index.js'
import type { ResourceName } from '../../client/resources.js'

/** Who is told what has changed. */
export interface Follower {
  set(object: KubeObject): void
  /** `key` is `namespace/name`, or `name`. */
  remove(key: string): void
}

/**
 * Tells every change of a resource once, when it is asked to: its watch is pulled. A cache; a fork makes its
 * own.
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

  /** How many objects there are, as of the last {@link pull}. */
  get size(): number {
    return this.#known.size
  }

  /**
   * Tells what has changed since the last call; everything at the first one. A resource that is not served
   * has no objects.
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

  /** Follows no more, and forgets what there was without telling. */
  stop(): void {
    this.#watch?.stop()
    this.#watch = undefined
  }

  /** Tells that everything is gone. */
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
