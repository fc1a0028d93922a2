import type { KubeObject } from '../../api/definition.js'
import { semanticEqual } from '../../api/equal.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Client, DeleteOptions } from '../../client/client.js'
import { splitKey } from '../../client/object-index.js'
import type { Item } from './graph.js'

/** The finalizers by which a deletion with dependents is carried out. */
export const ORPHAN = 'orphan'
export const FOREGROUND = 'foregroundDeletion'

const NONE: readonly OwnerReference[] = []

/** The owner references of an object. */
export function ownersOf(object: KubeObject): readonly OwnerReference[] {
  return object.metadata.ownerReferences ?? NONE
}

/** Whether the object is being deleted and holds `finalizer`. */
export function isDeletedWith(object: KubeObject | undefined, finalizer: string): boolean {
  if (object?.metadata.deletionTimestamp === undefined) return false
  return object.metadata.finalizers?.includes(finalizer) ?? false
}

/** Whether `object` names `owner` (a uid) as one whose deletion in the foreground has to wait for it. */
export function blocks(object: KubeObject, owner: string): boolean {
  return ownersOf(object).some(({ uid, blockOwnerDeletion }) => uid === owner && blockOwnerDeletion === true)
}

/**
 * How the references to owners have changed from one version of an object to the next. Source:
 * graph_builder.go referencesDiffs.
 */
interface ReferenceChange {
  readonly added: readonly OwnerReference[]
  /**
   * Owners that an object in foreground deletion no longer has to wait for this one: reference gone or no
   * longer blocking.
   */
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

/** What is known of the owners of an object after the apiserver has been asked. */
export interface Classified {
  readonly solid: readonly OwnerReference[]
  readonly dangling: readonly OwnerReference[]
  /** Owners in foreground deletion, which wait for this object. */
  readonly waiting: readonly OwnerReference[]
}

/**
 * What is to be done with an object. `keep`: nothing; `release`: those references are removed; the rest:
 * delete with that propagation.
 */
type Verdict =
  | { readonly kind: 'keep' }
  | { readonly kind: 'release'; readonly owners: readonly string[] }
  | { readonly kind: 'delete'; readonly propagation: 'Orphan' | 'Foreground' | 'Background' }

/**
 * The rule of the garbage collector. An object goes when it has owners and none of them is solid; how depends
 * on the finalizers it has and on whether an owner waits for it. Source: garbagecollector.go
 * attemptToDeleteItem.
 */
export function judge(
  object: KubeObject,
  { solid, dangling, waiting }: Classified,
  hasDependents: boolean,
): Verdict {
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
