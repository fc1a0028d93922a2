import type { KubeObject } from '../../api/definition.js'
import type { Resource } from '../registry/resources.js'
import { routedField, type Selection } from '../selectors/selection.js'
import type { Storage, StoredChange } from '../storage/storage.js'

/** Watches of one resource, by what a change must have in common with them. */
interface Routes {
  readonly resource: Resource
  readonly unfiltered: WatchList
  readonly byNamespace: Map<string, WatchList>
  /** Field (`spec.nodeName`) to value to watches that select exactly that value. */
  readonly byField: Map<
    string,
    { readonly valueOf: (object: KubeObject) => string; readonly byValue: Map<string, WatchList> }
  >
}

/**
 * Routes each change to the watches that it may concern, at the moment of the commit.
 *
 * Cost of a write: one map lookup for its resource, one for its namespace, one or two for each *field* that
 * anybody selects by (for pods: `spec.nodeName`, old and new value), then one append for each watch found. So
 * a pod write reaches the scheduler's and the controllers' watches and the one kubelet concerned, and costs
 * the other 4,999 kubelets nothing; nor do they walk it when they pull. All of this is a cache: a watch
 * opened in a fork starts from its resource version and reads what it missed from etcd's history.
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
   * Wakes every watch that has not seen the present revision, so that idle ones move on (the apiserver's
   * periodic bookmarks). Called before history is cut: a watch that is pulled when woken never meets 410.
   */
  bookmark(): void {
    for (const prefix of [...this.#routes.keys()].sort()) {
      const routes = this.#routes.get(prefix) as Routes
      for (const list of listsOf(routes)) for (const watch of list) watch.bookmark()
    }
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
   * `/registry/pods/ns/name` belongs to `/registry/pods/`, `/registry/services/specs/ns/name` to
   * `/registry/services/specs/`.
   */
  #routesOf(key: string): Routes | undefined {
    for (let slash = key.indexOf('/', 10); slash > 0; slash = key.indexOf('/', slash + 1)) {
      const routes = this.#routes.get(key.slice(0, slash + 1))
      if (routes !== undefined) return routes
    }
    return undefined
  }

  /** Drops the list of a route that nobody takes any more, so that a write need not look there. */
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

function* listsOf({ unfiltered, byNamespace, byField }: Routes): Iterable<WatchList> {
  yield unfiltered
  for (const namespace of [...byNamespace.keys()].sort()) yield byNamespace.get(namespace) as WatchList
  for (const field of [...byField.keys()].sort()) {
    const { byValue } = byField.get(field) as { byValue: Map<string, WatchList> }
    for (const value of [...byValue.keys()].sort()) yield byValue.get(value) as WatchList
  }
}

/**
 * Watches in an order that does not depend on when they were opened: by the identity of their owner and what
 * they select. So a write wakes them in the same order in a fork, where they were opened anew. Watches that
 * agree in all of that keep the order of opening.
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

/**
 * Fields whose exact value routes changes, most selective first. The order is also that in which their
 * watches are woken.
 */
export const ROUTING_FIELDS = ['metadata.name', 'spec.nodeName'] as const

/** What the hub needs to know of a watch. */
export interface RoutedWatch {
  readonly resource: Resource
  readonly selection: Selection
  /** Orders the watches that one write wakes. */
  readonly order: string
  /** The field whose exact value a change must have, if the watch selects by one. */
  readonly route: { readonly field: string; readonly value: string } | undefined
  /** Takes a change that may concern this watch. */
  offer(change: StoredChange): void
  /** Moves on a watch that has heard nothing for long. */
  bookmark(): void
}

/** Where watches sign on and off. */
export interface WatchRegister {
  add(watch: RoutedWatch): void
  remove(watch: RoutedWatch): void
}
