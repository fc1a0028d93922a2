import type { KubeObject } from '../../api/definition.js'
import type { Resource } from '../registry/resources.js'
import type { Ready } from '../../sim/ready-queue.js'
import { routedField, type Selection } from '../selectors/selection.js'
import type { Storage, StoredChange } from '../storage/storage.js'

/** The watches of one resource, by the namespace or field value that a change must have. */
interface Routes {
  readonly resource: Resource
  readonly unfiltered: WatchList
  readonly byNamespace: Map<string, WatchList>
  /** Watches by field (`spec.nodeName`) and the value that they select. */
  readonly byField: Map<
    string,
    { readonly valueOf: (object: KubeObject) => string; readonly byValue: Map<string, WatchList> }
  >
}

/**
 * Routes each change to the watches that it may affect, during the commit.
 *
 * Cost of a write: one map lookup for its resource, one for its namespace, one or two for each *field* that
 * watches select by (for pods: `spec.nodeName`, old and new value), then one append for each watch found. So
 * a pod write reaches the watches of the scheduler, the controllers and the pod's kubelet, and costs nothing
 * for the other 4,999 kubelets. All of this is a cache: a watch opened in a fork starts from its resource
 * version and reads the changes since then from etcd's history.
 */
export class WatchHub implements WatchRegister {
  readonly #routes = new Map<string, Routes>()

  constructor(storage: Storage) {
    storage.subscribe((change) => this.#route(change))
  }

  add(watch: RoutedWatch): void {
    this.#listOf(watch).add(watch)
  }

  remove(watch: RoutedWatch): void {
    const list = this.#listOf(watch)
    list.remove(watch)
    if (list.size === 0) this.#forget(watch)
  }

  /**
   * Wakes every watch that is behind the current revision, so that idle ones advance (the apiserver's
   * periodic bookmarks). Called before a compaction: a watch that is pulled when woken never gets 410.
   */
  bookmark(): void {
    for (const prefix of [...this.#routes.keys()].sort()) {
      const routes = this.#routes.get(prefix) as Routes
      for (const list of listsOf(routes)) for (const watch of list) watch.bookmark()
    }
  }

  /**
   * Returns the steps that a new version of this object would wake, in order; undefined if it has a watch
   * that is not an informer's. The object's routed fields must not change.
   */
  followersOf(key: string, object: KubeObject): readonly Ready[] | undefined {
    const routes = this.#routesOf(key)
    const found: Ready[] = []
    for (const list of routes === undefined ? [] : listsFor(routes, object)) {
      for (const { follower } of list) {
        if (follower === undefined) return undefined
        found.push(follower)
      }
    }
    return found
  }

  #route(change: StoredChange): void {
    const routes = this.#routesOf(change.key)
    if (routes === undefined) return
    for (const watch of routes.unfiltered) watch.offer(change)
    if (routes.byNamespace.size > 0) {
      const { metadata } = (change.object ?? change.old) as KubeObject
      const list = routes.byNamespace.get(metadata.namespace ?? '')
      if (list !== undefined) for (const watch of list) watch.offer(change)
    }
    if (routes.byField.size === 0) return
    for (const name of ROUTING_FIELDS) {
      const field = routes.byField.get(name)
      if (field === undefined) continue
      const { valueOf, byValue } = field
      const after = change.object === undefined ? undefined : valueOf(change.object)
      const before = change.old === undefined ? undefined : valueOf(change.old)
      if (before !== undefined && before !== after) offerAll(byValue.get(before), change)
      if (after !== undefined) offerAll(byValue.get(after), change)
    }
  }

  /**
   * Returns the resource prefix of a key: `/registry/pods/ns/name` belongs to `/registry/pods/`,
   * `/registry/services/specs/ns/name` to `/registry/services/specs/`.
   */
  #routesOf(key: string): Routes | undefined {
    for (let slash = key.indexOf('/', 10); slash > 0; slash = key.indexOf('/', slash + 1)) {
      const routes = this.#routes.get(key.slice(0, slash + 1))
      if (routes !== undefined) return routes
    }
    return undefined
  }

  /** Removes the list of a route without watches, so that a write need not look it up. */
  #forget({ resource, selection, route }: RoutedWatch): void {
    const routes = this.#routes.get(resource.prefix)
    if (route === undefined) {
      if (selection.namespace !== undefined) routes?.byNamespace.delete(selection.namespace)
      return
    }
    const field = routes?.byField.get(route.field)
    field?.byValue.delete(route.value)
    if (field?.byValue.size === 0) routes?.byField.delete(route.field)
  }

  #listOf({ resource, selection, route }: RoutedWatch): WatchList {
    let routes = this.#routes.get(resource.prefix)
    if (routes === undefined) {
      routes = { resource, unfiltered: new WatchList(), byNamespace: new Map(), byField: new Map() }
      this.#routes.set(resource.prefix, routes)
    }
    if (route !== undefined) {
      let field = routes.byField.get(route.field)
      if (field === undefined) {
        field = { valueOf: routedField(resource, route.field), byValue: new Map() }
        routes.byField.set(route.field, field)
      }
      return getOrAdd(field.byValue, route.value)
    }
    return selection.namespace === undefined
      ? routes.unfiltered
      : getOrAdd(routes.byNamespace, selection.namespace)
  }
}

function getOrAdd(lists: Map<string, WatchList>, key: string): WatchList {
  let list = lists.get(key)
  if (list === undefined) lists.set(key, (list = new WatchList()))
  return list
}

function offerAll(list: WatchList | undefined, change: StoredChange): void {
  if (list !== undefined) for (const watch of list) watch.offer(change)
}

/** Returns the lists of the watches that a change of this object reaches, in order. */
function listsFor({ unfiltered, byNamespace, byField }: Routes, object: KubeObject): readonly WatchList[] {
  const lists = [unfiltered]
  const inNamespace = byNamespace.get(object.metadata.namespace ?? '')
  if (inNamespace !== undefined) lists.push(inNamespace)
  for (const name of ROUTING_FIELDS) {
    const field = byField.get(name)
    const list = field?.byValue.get(field.valueOf(object))
    if (list !== undefined) lists.push(list)
  }
  return lists
}

function* listsOf({ unfiltered, byNamespace, byField }: Routes): Iterable<WatchList> {
  yield unfiltered
  for (const namespace of [...byNamespace.keys()].sort()) yield byNamespace.get(namespace) as WatchList
  for (const field of [...byField.keys()].sort()) {
    const { byValue } = byField.get(field) as { byValue: Map<string, WatchList> }
    for (const value of [...byValue.keys()].sort()) yield byValue.get(value) as WatchList
  }
}

/**
 * Watches sorted by the identity of their owner and by what they select, not by when they were opened. So a
 * write wakes them in the same order in a fork, where they are opened anew. Watches that are equal in both
 * keep the order of opening.
 */
class WatchList {
  readonly #watches: RoutedWatch[] = []

  get size(): number {
    return this.#watches.length
  }

  add(watch: RoutedWatch): void {
    let low = 0
    let high = this.#watches.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#watches[middle] as RoutedWatch).order <= watch.order) low = middle + 1
      else high = middle
    }
    this.#watches.splice(low, 0, watch)
  }

  remove(watch: RoutedWatch): void {
    const at = this.#watches.indexOf(watch)
    if (at >= 0) this.#watches.splice(at, 1)
  }

  [Symbol.iterator](): IterableIterator<RoutedWatch> {
    return this.#watches[Symbol.iterator]()
  }
}

/** Fields whose value routes changes, the most selective first. Their watches are woken in this order. */
export const ROUTING_FIELDS = ['metadata.name', 'spec.nodeName'] as const

/** A watch as the hub sees it. */
export interface RoutedWatch {
  readonly resource: Resource
  readonly selection: Selection
  /** Orders the watches that one write wakes. */
  readonly order: string
  /** The field and value that a change must have, if the watch selects by one. */
  readonly route: { readonly field: string; readonly value: string } | undefined
  /** The step that a change wakes; undefined if the watch is not an informer's. */
  readonly follower: Ready | undefined
  /** Called with a change that may affect this watch. */
  offer(change: StoredChange): void
  /** Advances an idle watch. */
  bookmark(): void
}

/** Registers and removes watches. */
export interface WatchRegister {
  add(watch: RoutedWatch): void
  remove(watch: RoutedWatch): void
}
