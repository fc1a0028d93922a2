import type { KubeObject } from '../../api/definition.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import type { EventRecorder } from '../../client/event-recorder.js'
import type { Change } from '../../client/informer.js'
import { splitKey } from '../../client/object-index.js'
import type { ServedResource } from '../process/resource.js'
import { apiVersionOf } from '../process/resource.js'
import type { GraphNode, OwnerGraph } from './graph.js'
import type { Item } from './item.js'
import { FOREGROUND, ORPHAN, isDeletedWith, ownersOf, referenceChange } from './references.js'

/** Where objects go that have to be looked at. */
export interface Attempts {
  toDelete(item: Item): void
  toOrphan(item: Item): void
}

/**
 * Finds out of each change of an object which objects have to be judged. Source: graph_builder.go
 * processGraphChanges.
 */
export class GraphEvents {
  readonly #graph: OwnerGraph
  readonly #recorder: EventRecorder
  readonly #attempts: Attempts

  constructor(graph: OwnerGraph, recorder: EventRecorder, attempts: Attempts) {
    this.#graph = graph
    this.#recorder = recorder
    this.#attempts = attempts
  }

  handle(item: Item, change: Change<KubeObject>): void {
    const { type, object, old } = change
    if (type === 'DELETED') return this.#handleDeleted(item, object)
    if (type === 'ADDED') this.#checkDependentsOf({ item, object })
    const { added, unblocked } = referenceChange(old, object)
    for (const reference of added) this.#checkReference(item, object, reference)
    for (const owner of unblocked) this.#wakeWaitingOwner(owner)
    this.#startDeletion(item, change)
  }

  /** Source: graph_builder.go processTransitions. */
  #startDeletion(item: Item, { object, old }: Change<KubeObject>): void {
    const starts = (finalizer: string): boolean =>
      isDeletedWith(object, finalizer) && !isDeletedWith(old, finalizer)
    if (starts(ORPHAN)) return this.#attempts.toOrphan(item)
    if (!starts(FOREGROUND)) return
    for (const dependent of this.#graph.dependents(item.uid)) this.#attempts.toDelete(dependent.item)
    this.#attempts.toDelete(item)
  }

  #handleDeleted(item: Item, object: KubeObject): void {
    for (const dependent of this.#graph.dependents(item.uid)) this.#attempts.toDelete(dependent.item)
    for (const { uid } of ownersOf(object)) this.#wakeWaitingOwner(uid)
  }

  #wakeWaitingOwner(uid: string): void {
    const owner = this.#graph.find(uid)
    if (owner && isDeletedWith(owner.object, FOREGROUND)) this.#attempts.toDelete(owner.item)
  }

  /**
   * A new reference. If it names exactly the owner that the graph knows, there is nothing to do; else the
   * object has to be judged. Source: graph_builder.go addDependentToOwners.
   */
  #checkReference(item: Item, object: KubeObject, reference: OwnerReference): void {
    const owner = this.#ownerNamed(item, reference) ?? this.#graph.find(reference.uid)
    if (owner && this.#names(item, reference, owner.item)) return
    if (owner && isForeign(item, owner.item)) this.#reportForeign(item, object, reference)
    this.#attempts.toDelete(item)
  }

  /**
   * An object is seen for the first time: those that named its uid before, but not it, have to be judged
   * again.
   */
  #checkDependentsOf({ item }: GraphNode): void {
    for (const { item: dependent, object } of this.#graph.dependents(item.uid)) {
      const reference = ownersOf(object).find(({ uid }) => uid === item.uid) as OwnerReference
      if (this.#names(dependent, reference, item)) continue
      if (isForeign(dependent, item)) this.#reportForeign(dependent, object, reference)
      this.#attempts.toDelete(dependent)
    }
  }

  /**
   * The common case, by one look-up: the owner is where the reference says, in the object's own namespace or
   * cluster-wide.
   */
  #ownerNamed({ key }: Item, reference: OwnerReference): GraphNode | undefined {
    const served = this.#graph.resourceOf(reference)
    if (!served) return undefined
    const { namespace } = splitKey(key)
    const ownerKey =
      served.namespaced && namespace !== undefined ? `${namespace}/${reference.name}` : reference.name
    const item = { resource: served.resource, key: ownerKey, uid: reference.uid }
    const object = this.#graph.get(item)
    return object && { item, object }
  }

  #names(dependent: Item, reference: OwnerReference, owner: Item): boolean {
    return (
      this.#graph.resourceOf(reference)?.resource === owner.resource &&
      splitKey(owner.key).name === reference.name &&
      !isForeign(dependent, owner)
    )
  }

  #reportForeign(item: Item, object: KubeObject, { apiVersion, kind, name, uid }: OwnerReference): void {
    const { namespace = '' } = splitKey(item.key)
    const served = this.#graph.served(item.resource) as ServedResource
    const target = { object, kind: served.kind, apiVersion: apiVersionOf(served) }
    const reference = `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`
    const message = `ownerRef ${reference} does not exist in namespace "${namespace}"`
    this.#recorder.event(target, 'Warning', 'OwnerRefInvalidNamespace', message)
  }
}

/** Whether a namespaced owner lies in another namespace than its dependent. */
function isForeign(dependent: Item, owner: Item): boolean {
  const { namespace } = splitKey(owner.key)
  return namespace !== undefined && namespace !== splitKey(dependent.key).namespace
}
