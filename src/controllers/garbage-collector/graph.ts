import type { KubeObject } from '../../api/definition.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import type { ComponentHost } from '../../apiserver/client/component.js'
import type { Change, Informer } from '../../apiserver/client/informer.js'
import { keyOf } from '../../apiserver/client/object-index.js'
import type { ServedResource } from '../process/resource.js'
import { apiVersionOf } from '../process/resource.js'
import type { Item } from './item.js'

/** An object of the graph and where it is served. */
export interface GraphNode {
  readonly item: Item
  readonly object: KubeObject
}

/** Resources that are not watched: they come and go too often, and own nothing. Source: DefaultIgnoredResources. */
const IGNORED: ReadonlySet<string> = new Set(['events', 'events.events.k8s.io'])

/**
 * Who owns whom. It has no memory of its own: the graph is the informers' indexes (by uid, and by the uids of the owners), so a
 * fork or restore has the same graph as soon as its informers are back where they stood.
 */
export class OwnerGraph {
  readonly #informers = new Map<string, Informer<KubeObject>>()
  readonly #byKind = new Map<string, ServedResource>()

  constructor(host: ComponentHost, resources: readonly ServedResource[]) {
    for (const served of resources) {
      if (IGNORED.has(served.resource)) continue
      this.#byKind.set(`${apiVersionOf(served)} ${served.kind}`, served)
      if (this.#informers.has(served.resource) || !isCollectable(served)) continue
      this.#informers.set(served.resource, host.informer<string>(served.resource, {
        indexers: {
          uid: ({ metadata }) => [metadata.uid as string],
          owner: ({ metadata }) => metadata.ownerReferences?.map(({ uid }) => uid) ?? [],
        },
      }))
    }
  }

  get synced(): boolean {
    return [...this.#informers.values()].every((informer) => informer.synced)
  }

  onChange(listener: (item: Item, change: Change<KubeObject>) => void): void {
    for (const [resource, informer] of this.#informers) {
      informer.onChange((change) => listener(itemOf(resource, change.object), change))
    }
  }

  /** The resource that serves that kind in that version. */
  resourceOf({ apiVersion, kind }: Pick<OwnerReference, 'apiVersion' | 'kind'>): ServedResource | undefined {
    return this.#byKind.get(`${apiVersion} ${kind}`)
  }

  /** The resource by its name. */
  served(resource: string): ServedResource | undefined {
    for (const served of this.#byKind.values()) if (served.resource === resource) return served
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
    const found: GraphNode[] = []
    for (const [resource, informer] of this.#informers) {
      for (const object of informer.byIndex(index, value)) found.push({ item: itemOf(resource, object), object })
    }
    return found
  }
}

function isCollectable({ verbs }: ServedResource): boolean {
  return verbs.includes('delete') && verbs.includes('list') && verbs.includes('watch')
}

function itemOf(resource: string, object: KubeObject): Item {
  return { resource, key: keyOf(object), uid: object.metadata.uid as string }
}
