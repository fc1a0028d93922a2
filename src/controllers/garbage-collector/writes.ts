import type { KubeObject } from '../../api/definition.js'
import { semanticEqual } from '../../api/equal.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Client, DeleteOptions } from '../../client/client.js'
import { splitKey } from '../../client/object-index.js'
import type { Item } from './item.js'
import { ownersOf } from './references.js'

/** The requests of the garbage collector. Each acts on one object and throws ApiError. */
export class GraphWriter {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** The object as the apiserver has it; undefined if there is none of that uid. */
  latest({ resource, key, uid }: Item): KubeObject | undefined {
    const object: KubeObject | undefined = ignoreNotFound(() => this.#client.get(resource, splitKey(key)))
    return object?.metadata.uid === uid ? object : undefined
  }

  /**
   * Deletes the very version that was judged; if it has changed meanwhile but not in its owners, the
   * judgement still holds. Source: garbagecollector/operations.go deleteObject.
   */
  delete(
    item: Item,
    judged: KubeObject,
    propagationPolicy: NonNullable<DeleteOptions['propagationPolicy']>,
  ): void {
    const { uid } = item
    const { resourceVersion } = judged.metadata
    const versioned = resourceVersion === undefined ? { uid } : { uid, resourceVersion }
    const request = (preconditions: NonNullable<DeleteOptions['preconditions']>): unknown =>
      ignoreNotFound(() =>
        this.#client.delete(item.resource, splitKey(item.key), { propagationPolicy, preconditions }),
      )
    try {
      request(versioned)
    } catch (error) {
      if (!isApiError(error, 'Conflict')) throw error
      const now = this.latest(item)
      if (!now) return
      if (!semanticEqual(ownersOf(now), ownersOf(judged))) throw error
      request({ uid })
    }
  }

  /** Removes the references to `owners` (uids). */
  release(item: Item, object: KubeObject, owners: readonly string[]): void {
    this.#setReferences(
      item,
      object,
      ownersOf(object).filter(({ uid }) => !owners.includes(uid)),
    )
  }

  /** Makes all references of the object non-blocking; answers what came of it, undefined if it is gone. */
  unblock(item: Item, object: KubeObject): KubeObject | undefined {
    return this.#setReferences(
      item,
      object,
      ownersOf(object).map((reference) => ({ ...reference, blockOwnerDeletion: false })),
    )
  }

  removeFinalizer(item: Item, finalizer: string): void {
    const object = this.latest(item)
    const finalizers = object?.metadata.finalizers
    if (!object || !finalizers?.includes(finalizer)) return
    const { resourceVersion } = object.metadata
    const kept = finalizers.filter((known) => known !== finalizer)
    this.#merge(item, { metadata: { resourceVersion, finalizers: kept.length === 0 ? null : kept } })
  }

  #setReferences(
    item: Item,
    object: KubeObject,
    references: readonly OwnerReference[],
  ): KubeObject | undefined {
    const { uid, resourceVersion } = object.metadata
    return this.#merge(item, {
      metadata: { uid, resourceVersion, ownerReferences: references.length === 0 ? null : references },
    })
  }

  #merge({ resource, key }: Item, body: object): KubeObject | undefined {
    return ignoreNotFound(() => this.#client.patch(resource, splitKey(key), { type: 'merge', body }))
  }
}
