import type { KubeObject } from '../../api/kind/definition.js'
import type { Resource } from '../registry/resources.js'
import type { Follower } from '../../client/client.js'
import { routedField, type Selection } from '../selectors/selection.js'
import type { Storage, StoredChange } from '../storage/storage.js'

/**
 * What a watch has asked for. It is data, so that the copies of a cluster share it: an informer that has not
 * been set up in a copy is woken all the same.
 */
export interface Subscription {
  readonly resource: Resource
  readonly selection: Selection
  /** Orders the watches that one write wakes. */
  readonly order: string
  /** The field and value that a change must have, if the watch selects by one. */
  readonly route: { readonly field: string; readonly value: string } | undefined
  /** The informer that a change wakes; undefined if the watch is not an informer's. */
  follower: Follower | undefined
}

/** The subscriptions of one resource, by the namespace or field value that a change must have. */
interface Routes {
  readonly resource: Resource
  readonly unfiltered: SubscriptionList
  readonly byNamespace: Map<string, SubscriptionList>
  /** Subscriptions by field (`spec.nodeName`) and the value that they select. */
  readonly byField: Map<string, FieldRoutes>
}

interface FieldRoutes {
  readonly valueOf: (object: KubeObject) => string
  readonly byValue: Map<string, SubscriptionList>
}

/** All subscriptions of a hub, by resource prefix. Shared with copies until one of them changes. */
export type Subscriptions = ReadonlyMap<string, Routes>

/** The informers of a cluster, which need not be set up yet in a copy. */
export interface Informers {
  /** Puts the step of an informer in line. */
  wake(informer: Follower): void
  /**
   * Moves the position of an informer on to a revision, since nothing has happened to it. Returns false if
   * its step waits.
   */
  advance(informer: Follower, revision: number): boolean
  /** Moves an informer that has not been set up past heartbeats, to a revision. */
  passOver(informer: Follower, revision: number): void
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
  readonly #storage: Storage
  readonly #informers: Informers | undefined
  readonly #live = new Map<Subscription, RoutedWatch>()
  #routes: Map<string, Routes>
  #isShared: boolean
  /** While heartbeats are written: the informers that they concern, and that have not been set up. */
  #passed: Set<Follower> | undefined

  /** `subscriptions` are those of the cluster of which this one is a copy. */
  constructor(storage: Storage, informers?: Informers, subscriptions?: Subscriptions) {
    this.#storage = storage
    this.#informers = informers
    this.#routes = (subscriptions as Map<string, Routes> | undefined) ?? new Map<string, Routes>()
    this.#isShared = subscriptions !== undefined
    storage.subscribe((change) => this.#route(change))
  }

  /** Returns the subscriptions for a copy of the cluster. */
  share(): Subscriptions {
    this.#isShared = true
    return this.#routes
  }

  add(watch: RoutedWatch, subscription: Subscription): Subscription {
    this.#own()
    this.#listOf(subscription).add(subscription)
    this.#live.set(subscription, watch)
    return subscription
  }

  resume(watch: RoutedWatch, subscription: Subscription): Subscription {
    const { order } = subscription
    const known = this.#existing(subscription)?.find(
      (each) => each.order === order && each.follower !== undefined && !this.#live.has(each),
    )
    if (known === undefined) return this.add(watch, subscription)
    this.#live.set(known, watch)
    return known
  }

  remove(subscription: Subscription): void {
    if (!this.#live.delete(subscription)) return
    this.#own()
    const list = this.#listOf(subscription)
    list.remove(subscription)
    if (list.size === 0) this.#forget(subscription)
  }

  /**
   * Advances every idle watch to the current revision (the apiserver's periodic bookmarks), so that none
   * needs the history that the next compaction removes. Informers are moved on without a step.
   */
  bookmark(): void {
    for (const prefix of [...this.#routes.keys()].sort()) {
      const routes = this.#routes.get(prefix) as Routes
      for (const list of listsOf(routes)) for (const each of list) this.#advance(each)
    }
  }

  #advance(subscription: Subscription): void {
    const watch = this.#live.get(subscription)
    const { follower } = subscription
    if (follower === undefined || this.#informers === undefined) watch?.bookmark()
    else if (this.#informers.advance(follower, this.#storage.revision)) watch?.skipToNow()
  }

  /**
   * Calls `write`, which writes heartbeats and calls `delivered` when informers have had a chance to read
   * them. Those that have not been set up take notice without a step.
   */
  passOver(write: (delivered: () => void) => void): void {
    const passed = (this.#passed = new Set())
    write(() => {
      for (const informer of passed) this.#informers?.passOver(informer, this.#storage.revision)
      passed.clear()
    })
    this.#passed = undefined
  }

  /** Whether heartbeats are being written, see {@link passOver}. */
  get passesOver(): boolean {
    return this.#passed !== undefined
  }

  /**
   * Whether only informers watch a new version of this object. Its routed fields must be those of the
   * present one.
   */
  isOnlyFollowed(key: string, object: KubeObject): boolean {
    const routes = this.#routesOf(key)
    if (routes === undefined) return true
    return listsFor(routes, object).every((list) => this.#isOnlyFollowed(list))
  }

  /** Returns how many watches without field selectors see the objects of a resource in a namespace. */
  countOf({ prefix }: Resource, namespace: string | undefined): number {
    const routes = this.#routes.get(prefix)
    const own = namespace === undefined ? undefined : routes?.byNamespace.get(namespace)
    return (routes?.unfiltered.size ?? 0) + (own?.size ?? 0)
  }

  /** Whether a watch other than an informer's has a listener, which sees each bookmark. */
  get tellsOfBookmarks(): boolean {
    for (const [{ follower }, { isHeard }] of this.#live) if (isHeard && follower === undefined) return true
    return false
  }

  #isOnlyFollowed(list: SubscriptionList): boolean {
    for (const each of list) if (each.follower === undefined && this.#live.has(each)) return false
    return true
  }

  #route(change: StoredChange): void {
    const routes = this.#routesOf(change.key)
    if (routes === undefined) return
    this.#offer(routes.unfiltered, change)
    if (routes.byNamespace.size > 0) {
      const { metadata } = (change.object ?? change.old) as KubeObject
      this.#offer(routes.byNamespace.get(metadata.namespace ?? ''), change)
    }
    if (routes.byField.size === 0) return
    for (const name of ROUTING_FIELDS) {
      const field = routes.byField.get(name)
      if (field === undefined) continue
      const { valueOf, byValue } = field
      const after = change.object === undefined ? undefined : valueOf(change.object)
      const before = change.old === undefined ? undefined : valueOf(change.old)
      if (before !== undefined && before !== after) this.#offer(byValue.get(before), change)
      if (after !== undefined) this.#offer(byValue.get(after), change)
    }
  }

  #offer(list: SubscriptionList | undefined, change: StoredChange): void {
    if (list === undefined) return
    for (const each of list) {
      const watch = this.#live.get(each)
      if (watch !== undefined) watch.offer(change)
      else if (each.follower === undefined) continue
      else if (this.#passed !== undefined) this.#passed.add(each.follower)
      else this.#informers?.wake(each.follower)
    }
  }

  /** Makes the subscriptions this hub's own before it changes them; those of nobody are left out. */
  #own(): void {
    if (!this.#isShared) return
    this.#isShared = false
    const copy = (list: SubscriptionList): SubscriptionList =>
      list.filter((each) => each.follower !== undefined || this.#live.has(each))
    this.#routes = mapped(this.#routes, ({ resource, unfiltered, byNamespace, byField }) => ({
      resource,
      unfiltered: copy(unfiltered),
      byNamespace: mapped(byNamespace, copy),
      byField: mapped(byField, ({ valueOf, byValue }) => ({ valueOf, byValue: mapped(byValue, copy) })),
    }))
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
  #forget({ resource, selection, route }: Subscription): void {
    const routes = this.#routes.get(resource.prefix)
    if (route === undefined) {
      if (selection.namespace !== undefined) routes?.byNamespace.delete(selection.namespace)
      return
    }
    const field = routes?.byField.get(route.field)
    field?.byValue.delete(route.value)
    if (field?.byValue.size === 0) routes?.byField.delete(route.field)
  }

  #existing({ resource, selection: { namespace }, route }: Subscription): SubscriptionList | undefined {
    const routes = this.#routes.get(resource.prefix)
    if (route !== undefined) return routes?.byField.get(route.field)?.byValue.get(route.value)
    return namespace === undefined ? routes?.unfiltered : routes?.byNamespace.get(namespace)
  }

  #listOf({ resource, selection, route }: Subscription): SubscriptionList {
    let routes = this.#routes.get(resource.prefix)
    if (routes === undefined) {
      routes = { resource, unfiltered: new SubscriptionList(), byNamespace: new Map(), byField: new Map() }
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

function getOrAdd(lists: Map<string, SubscriptionList>, key: string): SubscriptionList {
  let list = lists.get(key)
  if (list === undefined) lists.set(key, (list = new SubscriptionList()))
  return list
}

const mapped = <V, R>(map: ReadonlyMap<string, V>, to: (value: V) => R): Map<string, R> =>
  new Map([...map].map(([key, value]) => [key, to(value)]))

/** Returns the lists of the watches that a change of this object reaches, in order. */
function listsFor(
  { unfiltered, byNamespace, byField }: Routes,
  object: KubeObject,
): readonly SubscriptionList[] {
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

function* listsOf({ unfiltered, byNamespace, byField }: Routes): Iterable<SubscriptionList> {
  yield unfiltered
  for (const namespace of [...byNamespace.keys()].sort()) yield byNamespace.get(namespace) as SubscriptionList
  for (const field of [...byField.keys()].sort()) {
    const { byValue } = byField.get(field) as { byValue: Map<string, SubscriptionList> }
    for (const value of [...byValue.keys()].sort()) yield byValue.get(value) as SubscriptionList
  }
}

/**
 * Subscriptions sorted by the identity of their owner and by what they select, not by when they were made. So
 * a write wakes them in the same order in a fork, where they are made anew. Those that are equal in both keep
 * the order of opening.
 */
class SubscriptionList {
  readonly #all: Subscription[]

  constructor(all: Subscription[] = []) {
    this.#all = all
  }

  get size(): number {
    return this.#all.length
  }

  add(one: Subscription): void {
    let low = 0
    let high = this.#all.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#all[middle] as Subscription).order <= one.order) low = middle + 1
      else high = middle
    }
    this.#all.splice(low, 0, one)
  }

  remove(one: Subscription): void {
    const at = this.#all.indexOf(one)
    if (at >= 0) this.#all.splice(at, 1)
  }

  find(test: (one: Subscription) => boolean): Subscription | undefined {
    return this.#all.find(test)
  }

  filter(test: (one: Subscription) => boolean): SubscriptionList {
    return new SubscriptionList(this.#all.filter(test))
  }

  [Symbol.iterator](): IterableIterator<Subscription> {
    return this.#all[Symbol.iterator]()
  }
}

/** Fields whose value routes changes, the most selective first. Their watches are woken in this order. */
export const ROUTING_FIELDS = ['metadata.name', 'spec.nodeName'] as const

/** A watch as the hub sees it. */
export interface RoutedWatch {
  /** Whether it has a listener. A watch without one is pulled. */
  readonly isHeard: boolean
  /** Called with a change that may affect this watch. */
  offer(change: StoredChange): void
  /** Wakes an idle watch that is behind the current revision. */
  bookmark(): void
  /** Advances a watch of which nothing waits to be taken. */
  skipToNow(): void
}

/** Registers and removes watches. */
export interface WatchRegister {
  /** Registers a watch, and returns its subscription. */
  add(watch: RoutedWatch, subscription: Subscription): Subscription
  /** Registers a watch that goes on with that of the original cluster, if there is one. */
  resume(watch: RoutedWatch, subscription: Subscription): Subscription
  remove(subscription: Subscription): void
}
