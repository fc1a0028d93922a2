import { checkController, checkEach, checkListed } from './inputs.js'
import type { KubeObject } from '../api/kind/definition.js'
import type { ObjectOf, ResourceName } from '../client/resources.js'
import type { ComponentView } from '../cluster/compose/component-host.js'
import type { SimCluster } from '../cluster/sim-cluster.js'

/**
 * The contents of a cluster's store, and of its components' caches, at one moment. Each resource is listed at
 * most once, however many invariants use it.
 */
export class StoredObjects {
  readonly #cluster: SimCluster
  readonly #lists = new Map<string, readonly unknown[]>()
  #views: readonly ComponentView[] | undefined

  constructor(cluster: SimCluster) {
    this.#cluster = cluster
  }

  /** Returns all objects of a resource in key order. */
  list<R extends ResourceName>(resource: R): readonly ObjectOf<R>[] {
    checkListed([resource])
    let list = this.#lists.get(resource)
    if (!list) this.#lists.set(resource, (list = this.#cluster.state.peek(resource)))
    return list as readonly ObjectOf<R>[]
  }

  /** What the informers of the running components have seen, of those that something has happened to. */
  get views(): readonly ComponentView[] {
    return (this.#views ??= this.#cluster.state.views({ awake: true }))
  }

  /**
   * Returns whether a controller of kube-controller-manager exists, is running and can reach the apiserver.
   */
  isControllerRunning(controller: string): boolean {
    checkController([controller])
    return this.#cluster.state.isConnected(`kube-controller-manager/${controller}`)
  }

  /** Calls back with each stored object and the name of its resource. */
  each(look: (resource: string, object: KubeObject) => void): void {
    checkEach([look])
    for (const resource of this.#cluster.state.resources())
      for (const object of this.list(resource)) look(resource, object as KubeObject)
  }
}
