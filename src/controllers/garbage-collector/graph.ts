import type { KubeObject } from '../../api/definition.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import type { ComponentHost } from '../../client/component.js'
import type { Change, Informer } from '../../client/informer.js'
import type { Indexers } from '../../client/object-index.js'
import { keyOf } from '../../client/object-index.js'
import type { Slice } from '../../sim/module.js'
import type { ServedResource, ServedResources } from '../shared/served-resources.js'
import { apiVersionOf, servedNow } from '../shared/served-resources.js'

/** An object of the graph and where it is served. */
export interface GraphNode {
  readonly item: Item
  readonly object: KubeObject
}

/**
 * Resources that are not watched: they come and go too often, and own nothing. Source:
 * DefaultIgnoredResources.
 */
const IGNORED: ReadonlySet<string> = new Set(['events', 'events.events.k8s.io'])

/**
 * Who owns whom. It has no memory of its own: the graph is the informers' indexes (by uid, and by the uids of
 * the owners), so a fork or restore has the same graph as soon as its informers are back where they stood.
 */
export class OwnerGraph {
  readonly #host: ComponentHost
  readonly #resources: ServedResources
  readonly #informers = new Map<string, Informer<KubeObject>>()
  /** The same in a list. */
  #followed: readonly Informer<KubeObject>[] = []
  /** By `apiVersion kind`; made when somebody asks. */
  #byKind: ReadonlyMap<string, ServedResource> | undefined
  readonly #listeners: ((item: Item, change: Change<KubeObject>) => void)[] = []
  /**
   * Names of the custom resources that are followed, in the order in which they came: a copy follows the
   * same.
   */
  readonly #custom: Slice<string[]>

  constructor(host: ComponentHost, resources: ServedResources) {
    this.#host = host
    this.#resources = resources
    this.#custom = host.state<string[]>('custom resources', () => [])
    const served = servedNow(resources)
    for (const one of served) if (!isCustom(one)) this.#follow(one)
    for (const name of this.#custom.value) this.#follow({ resource: name, verbs: COLLECTABLE })
    this.#followed = [...this.#informers.values()]
    // real servers are asked every half minute what they serve
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

  /** Follows what CRDs have added and lets go of what they no longer serve. */
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

  get synced(): boolean {
    return [...this.#informers.values()].every((informer) => informer.synced)
  }

  onChange(listener: (item: Item, change: Change<KubeObject>) => void): void {
    this.#listeners.push(listener)
  }

  /** The resource that serves that kind in that version. */
  resourceOf({ apiVersion, kind }: Pick<OwnerReference, 'apiVersion' | 'kind'>): ServedResource | undefined {
    return this.#kinds().get(`${apiVersion} ${kind}`)
  }

  /** The resource by its name. */
  served(resource: string): ServedResource | undefined {
    for (const served of this.#kinds().values()) if (served.resource === resource) return served
    return undefined
  }

  /** The object, if the informers have seen it with that uid. */
  get({ resource, key, uid }: Item): KubeObject | undefined {
    const object = this.#informers.get(resource)?.get(key)
    return object?.metadata.uid === uid ? object : undefined
  }

  /** Whether objects of the resource are watched at all. */
  watches(resource: string): boolean {
    return this.#informers.has(resource)
  }

  /** The object of that uid wherever it is; costs one look-up for each resource. */
  find(uid: string): GraphNode | undefined {
    return this.#collect('uid', uid)[0]
  }

  /** The objects that name `uid` as an owner, by resource in the order given, then by key. */
  dependents(uid: string): readonly GraphNode[] {
    return this.#collect('owner', uid)
  }

  #collect(index: 'uid' | 'owner', value: string): readonly GraphNode[] {
    let found: GraphNode[] | undefined
    // nearly always nothing is found, and it is asked for each object that comes: no iterators and closures
    // then
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

/** Custom resources go by their full name. */
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

/** One object of the graph as a key of a work queue: resource, key (`namespace/name`) and uid. */
export interface Item {
  readonly resource: string
  readonly key: string
  readonly uid: string
}

/** Text form of an {@link Item}; resources, keys and uids have no `|`. */
export function itemText({ resource, key, uid }: Item): string {
  return `${resource}|${key}|${uid}`
}

/** The inverse of {@link itemText}. */
export function parseItem(text: string): Item {
  const [resource, key, uid] = text.split('|') as [string, string, string]
  return { resource, key, uid }
}
