import type { KubeObject } from '../../api/kind/definition.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import type { ComponentHost } from '../../client/component.js'
import type { Change, Informer } from '../../client/informers/informer.js'
import type { Indexers } from '../../client/informers/object-index.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { Slice } from '../../sim/modules/module.js'
import type { ServedResource, ServedResources } from '../shared/served-resources.js'
import { apiVersionOf, servedNow } from '../shared/served-resources.js'

/** An object of the graph. */
export interface GraphNode {
  readonly item: Item
  readonly object: KubeObject
}

/**
 * Resources that are not watched, because they change often and own no objects. Source:
 * DefaultIgnoredResources.
 */
const IGNORED: ReadonlySet<string> = new Set(['events', 'events.events.k8s.io'])

/**
 * The graph of owners and dependents. It consists of the informers' indexes (by uid, and by the owners' uids)
 * and has no state of its own, so that a fork or restore has the same graph when its informers are restored.
 */
export class OwnerGraph {
  readonly #host: ComponentHost
  readonly #resources: ServedResources
  readonly #informers = new Map<string, Informer<KubeObject>>()
  /** The values of `#informers`, as an array. */
  #followed: readonly Informer<KubeObject>[] = []
  /** Resources by `apiVersion kind`, cached until CRDs change. */
  #byKind: ReadonlyMap<string, ServedResource> | undefined
  readonly #listeners: ((item: Item, change: Change<KubeObject>) => void)[] = []
  /** Names of the watched custom resources in order of their creation, so that a fork watches the same. */
  readonly #custom: Slice<string[]>

  constructor(host: ComponentHost, resources: ServedResources) {
    this.#host = host
    this.#resources = resources
    this.#custom = host.state<string[]>('custom resources', () => [])
    const served = servedNow(resources)
    for (const one of served) if (!isCustom(one)) this.#follow(one)
    for (const name of this.#custom.value) this.#follow({ resource: name, verbs: COLLECTABLE })
    this.#followed = [...this.#informers.values()]
    // upstream polls discovery every 30 s; here a change of a CRD is enough
    if (typeof resources === 'function') this.#informers.get(CRDS)?.onChange(() => this.#resync())
  }

  #follow({ resource, verbs }: Pick<ServedResource, 'resource' | 'verbs'>): void {
    if (IGNORED.has(resource) || this.#informers.has(resource) || !isCollectable({ verbs })) return
    const informer = this.#host.informer<string>(resource, { indexers: INDEXERS })
    this.#informers.set(resource, informer)
    informer.onChange((change) => {
      for (const listener of this.#listeners) listener(itemOf(resource, change.object), change)
    })
  }

  #kinds(): ReadonlyMap<string, ServedResource> {
    if (this.#byKind !== undefined) return this.#byKind
    const byKind = new Map<string, ServedResource>()
    for (const one of servedNow(this.#resources))
      if (!IGNORED.has(one.resource)) byKind.set(`${apiVersionOf(one)} ${one.kind}`, one)
    this.#byKind = byKind
    return byKind
  }

  /** Watches new custom resources, and closes the informers of those that are no longer served. */
  #resync(): void {
    const served = servedNow(this.#resources)
    this.#byKind = undefined
    const custom = new Map(served.filter(isCustom).map((one) => [one.resource, one]))
    for (const name of this.#custom.value.filter((known) => !custom.has(known))) {
      this.#informers.get(name)?.close()
      this.#informers.delete(name)
    }
    this.#custom.value = this.#custom.value.filter((known) => custom.has(known))
    for (const [name, one] of custom) {
      if (this.#custom.value.includes(name)) continue
      this.#custom.value.push(name)
      this.#follow(one)
    }
    this.#followed = [...this.#informers.values()]
  }

  /** Whether all informers are synced. */
  get synced(): boolean {
    return [...this.#informers.values()].every((informer) => informer.synced)
  }

  /** Adds a listener for changes of all objects. */
  onChange(listener: (item: Item, change: Change<KubeObject>) => void): void {
    this.#listeners.push(listener)
  }

  /** Returns the resource that serves a kind in a version. */
  resourceOf({ apiVersion, kind }: Pick<OwnerReference, 'apiVersion' | 'kind'>): ServedResource | undefined {
    return this.#kinds().get(`${apiVersion} ${kind}`)
  }

  /** Returns the resource with that name. */
  served(resource: string): ServedResource | undefined {
    for (const served of this.#kinds().values()) if (served.resource === resource) return served
    return undefined
  }

  /** Returns the object if the informers have it with that uid. */
  get({ resource, key, uid }: Item): KubeObject | undefined {
    const object = this.#informers.get(resource)?.get(key)
    return object?.metadata.uid === uid ? object : undefined
  }

  /** Whether the resource is watched. */
  watches(resource: string): boolean {
    return this.#informers.has(resource)
  }

  /** Returns the object with that uid; costs one look-up for each resource. */
  find(uid: string): GraphNode | undefined {
    return this.#collect('uid', uid)[0]
  }

  /**
   * Returns the objects with an owner reference to `uid`, by resource in the order of watching, then by key.
   */
  dependents(uid: string): readonly GraphNode[] {
    return this.#collect('owner', uid)
  }

  #collect(index: 'uid' | 'owner', value: string): readonly GraphNode[] {
    let found: GraphNode[] | undefined
    // runs for every change of any object and nearly always finds nothing, hence no iterators and closures
    for (let at = 0; at < this.#followed.length; at++) {
      const informer = this.#followed[at] as Informer<KubeObject>
      const objects = informer.byIndex(index, value)
      if (objects.length > 0) (found ??= []).push(...nodesOf(informer.resource, objects))
    }
    return found ?? NONE
  }
}

const NONE: readonly GraphNode[] = []
const NO_OWNERS: readonly string[] = []
const INDEXERS: Indexers<KubeObject> = {
  uid: ({ metadata }) => [metadata.uid as string],
  owner: ({ metadata }) => metadata.ownerReferences?.map(({ uid }) => uid) ?? NO_OWNERS,
}
const CRDS = 'customresourcedefinitions'
const COLLECTABLE: ServedResource['verbs'] = ['delete', 'list', 'watch']

/** Whether it is a custom resource, which has its full name (`widgets.example.com`). */
const isCustom = ({ resource, group }: ServedResource): boolean =>
  group !== '' && resource.endsWith(`.${group}`)

function isCollectable({ verbs }: Pick<ServedResource, 'verbs'>): boolean {
  return verbs.includes('delete') && verbs.includes('list') && verbs.includes('watch')
}

function nodesOf(resource: string, objects: readonly KubeObject[]): readonly GraphNode[] {
  return objects.map((object) => ({ item: itemOf(resource, object), object }))
}

function itemOf(resource: string, object: KubeObject): Item {
  return { resource, key: keyOf(object), uid: object.metadata.uid as string }
}

/** The identity of an object in the graph. */
export interface Item {
  readonly resource: string
  readonly key: string
  readonly uid: string
}

/** Formats an {@link Item} as a key of a work queue; its parts never contain `|`. */
export function itemText({ resource, key, uid }: Item): string {
  return `${resource}|${key}|${uid}`
}

/** The inverse of {@link itemText}. */
export function parseItem(text: string): Item {
  const [resource, key, uid] = text.split('|') as [string, string, string]
  return { resource, key, uid }
}
