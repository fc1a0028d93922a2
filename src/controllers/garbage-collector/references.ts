import type { KubeObject } from '../../api/kind/definition.js'
import { semanticEqual } from '../../api/kind/equal.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Client, DeletionOptions } from '../../client/client.js'
import { splitKey } from '../../client/informers/object-index.js'
import type { Item } from './graph.js'

/** The finalizers of deletions that affect dependents. */
export const ORPHAN = 'orphan'
export const FOREGROUND = 'foregroundDeletion'

const NONE: readonly OwnerReference[] = []

/** Returns the owner references of an object. */
export function ownersOf(object: KubeObject): readonly OwnerReference[] {
  return object.metadata.ownerReferences ?? NONE
}

/** Whether the object is being deleted and has the finalizer. */
export function isDeletedWith(object: KubeObject | undefined, finalizer: string): boolean {
  if (object?.metadata.deletionTimestamp === undefined) return false
  return object.metadata.finalizers?.includes(finalizer) ?? false
}

/** Whether `object` blocks the foreground deletion of `owner` (a uid). */
export function blocks(object: KubeObject, owner: string): boolean {
  return ownersOf(object).some(({ uid, blockOwnerDeletion }) => uid === owner && blockOwnerDeletion === true)
}

/**
 * The difference of owner references between two versions of an object. Source: graph_builder.go
 * referencesDiffs.
 */
interface ReferenceChange {
  readonly added: readonly OwnerReference[]
  /** Uids of owners whose foreground deletion this object no longer blocks. */
  readonly unblocked: readonly string[]
}

/** Compares the owner references of two versions of an object. */
export function referenceChange(old: KubeObject | undefined, object: KubeObject): ReferenceChange {
  const before = old ? ownersOf(old) : NONE
  const now = ownersOf(object)
  if (before === now) return { added: NONE, unblocked: [] }
  const added = now.filter(({ uid }) => !before.some((reference) => reference.uid === uid))
  const blocking = (references: readonly OwnerReference[]): string[] =>
    references.filter(({ blockOwnerDeletion }) => blockOwnerDeletion === true).map(({ uid }) => uid)
  const stillBlocking = blocking(now)
  const unblocked = blocking(before).filter((uid) => !stillBlocking.includes(uid))
  return { added, unblocked }
}

/** The references of an object by the state of the owner. */
export interface Classified {
  /** The owner exists. */
  readonly solid: readonly OwnerReference[]
  /** The owner does not exist. */
  readonly dangling: readonly OwnerReference[]
  /** The owner is in foreground deletion and waits for this object. */
  readonly waiting: readonly OwnerReference[]
}

/** The decision about an object. `release`: remove the references to those owners (uids). */
type Disposal =
  | { readonly kind: 'keep' }
  | { readonly kind: 'release'; readonly owners: readonly string[] }
  | { readonly kind: 'delete'; readonly propagation: 'Orphan' | 'Foreground' | 'Background' }

/**
 * Decides about an object: it is deleted if it has owners and none of them is solid; the propagation depends
 * on its finalizers and on whether an owner waits for it. Source: garbagecollector.go attemptToDeleteItem.
 */
export function judge(
  object: KubeObject,
  { solid, dangling, waiting }: Classified,
  hasDependents: boolean,
): Disposal {
  if (solid.length + dangling.length + waiting.length === 0) return { kind: 'keep' }
  if (solid.length > 0) {
    const owners = [...dangling, ...waiting].map(({ uid }) => uid)
    return owners.length === 0 ? { kind: 'keep' } : { kind: 'release', owners }
  }
  if (waiting.length > 0 && hasDependents) return { kind: 'delete', propagation: 'Foreground' }
  const finalizers = object.metadata.finalizers ?? []
  if (finalizers.includes(ORPHAN)) return { kind: 'delete', propagation: 'Orphan' }
  return { kind: 'delete', propagation: finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background' }
}

/** The requests of the garbage collector. Each concerns one object and throws ApiError. */
export class GraphWriter {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** Returns the apiserver's copy of the object, or undefined if no object has that uid. */
  latest({ resource, key, uid }: Item): KubeObject | undefined {
    const object: KubeObject | undefined = ignoreNotFound(() => this.#client.get(resource, splitKey(key)))
    return object?.metadata.uid === uid ? object : undefined
  }

  /**
   * Deletes the version that was judged; if a newer one has the same owners, the decision is still valid.
   * Source: garbagecollector/operations.go deleteObject.
   */
  delete(
    item: Item,
    judged: KubeObject,
    propagationPolicy: NonNullable<DeletionOptions['propagationPolicy']>,
  ): void {
    const { uid } = item
    const { resourceVersion } = judged.metadata
    const versioned = resourceVersion === undefined ? { uid } : { uid, resourceVersion }
    const request = (preconditions: NonNullable<DeletionOptions['preconditions']>): unknown =>
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

  /** Makes all references of the object non-blocking; returns the new version, or undefined if it is gone. */
  unblock(item: Item, object: KubeObject): KubeObject | undefined {
    return this.#setReferences(
      item,
      object,
      ownersOf(object).map((reference) => ({ ...reference, blockOwnerDeletion: false })),
    )
  }

  /** Removes a finalizer if the object still has it. */
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
