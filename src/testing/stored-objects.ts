import type { ObjectOf, ResourceName } from '../apiserver/client/resources.js'
import type { SimCluster } from '../cluster/sim-cluster.js'

/** What lies in a cluster's store at one moment; each resource is listed at most once, however many invariants look at it. */
export class StoredObjects {
  readonly #cluster: SimCluster
  readonly #lists = new Map<string, readonly unknown[]>()

  constructor(cluster: SimCluster) {
    this.#cluster = cluster
  }

  /** All objects of a resource in key order. */
  list<R extends ResourceName>(resource: R): readonly ObjectOf<R>[] {
    let list = this.#lists.get(resource)
    if (!list) this.#lists.set(resource, (list = this.#cluster.stored(resource)))
    return list as readonly ObjectOf<R>[]
  }

  /** Each stored object with the name of its resource. */
  *all(): Generator<{ readonly resource: string; readonly object: ObjectOf<string> }, void, undefined> {
    for (const resource of this.#cluster.resources()) {
      for (const object of this.list(resource)) yield { resource, object: object as ObjectOf<string> }
    }
  }
}
