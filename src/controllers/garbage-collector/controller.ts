import type { KubeObject } from '../../api/kind/definition.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import type { Change } from '../../client/informers/informer.js'
import { splitKey } from '../../client/informers/object-index.js'
import type { WorkQueue } from '../../sim/modules/work-queue.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { Retries, isRequestFailure } from '../shared/queue.js'
import type { ServedResource, ServedResources } from '../shared/served-resources.js'
import { apiVersionOf } from '../shared/served-resources.js'
import type { AttemptResult } from './attempts.js'
import { Attempt } from './attempts.js'
import type { GraphNode, Item } from './graph.js'
import { OwnerGraph, itemText, parseItem } from './graph.js'
import { FOREGROUND, ORPHAN, isDeletedWith, ownersOf, referenceChange } from './references.js'

/** Options of {@link createGarbageCollector}. */
interface GarbageCollectorOptions {
  /**
   * What the server serves, one entry for each resource and version; those that can be deleted, listed and
   * watched are collected.
   */
  readonly resources: ServedResources
}

/**
 * Creates the garbage collector, which deletes objects whose owners are all gone, and carries out foreground
 * deletion and orphaning. Source: pkg/controller/garbagecollector.
 */
export function createGarbageCollector(options: GarbageCollectorOptions): Component {
  return {
    name: controllerName('garbage-collector-controller'),
    identity: controllerIdentity('generic-garbage-collector'),
    setup: (host) => setUp(host, options),
  }
}

function setUp(host: ComponentHost, { resources }: GarbageCollectorOptions): void {
  const graph = new OwnerGraph(host, resources)
  const toDelete = (item: Item): void => deletions.add(itemText(item))
  const attempt = new Attempt({ client: host.client, graph, toDelete })
  const deletions = attemptQueue(host, graph, 'attempt-to-delete', (item) => attempt.delete(item))
  const orphanings = attemptQueue(host, graph, 'attempt-to-orphan', (item) => {
    attempt.orphan(item)
    return 'done'
  })
  const recorder = host.recorder({ component: 'garbage-collector-controller' })
  const events = new GraphEvents(graph, recorder, {
    toDelete,
    toOrphan: (item) => orphanings.add(itemText(item)),
  })
  graph.onChange((item, change) => events.handle(item, change))
}

/** Creates a queue of objects with retries. */
function attemptQueue(
  host: ComponentHost,
  graph: OwnerGraph,
  name: string,
  act: (item: Item) => AttemptResult,
): WorkQueue {
  const retries = new Retries(host, name)
  const queue = host.workQueue(name, (text) => {
    if (!graph.synced) return retries.soon(queue, text)
    try {
      if (act(parseItem(text)) === 'later') retries.later(queue, text)
      else retries.forget(text)
    } catch (error) {
      if (!isRequestFailure(error)) throw error
      host.log('error', `error syncing item ${text}: ${error.message}`)
      retries.soon(queue, text)
    }
  })
  return queue
}

/** The queues of the garbage collector. */
interface Attempts {
  toDelete(item: Item): void
  toOrphan(item: Item): void
}

/** Enqueues the objects that each change affects. Source: graph_builder.go processGraphChanges. */
class GraphEvents {
  readonly #graph: OwnerGraph
  readonly #recorder: EventRecorder
  readonly #attempts: Attempts

  constructor(graph: OwnerGraph, recorder: EventRecorder, attempts: Attempts) {
    this.#graph = graph
    this.#recorder = recorder
    this.#attempts = attempts
  }

  /** Handles one change. */
  handle(item: Item, change: Change<KubeObject>): void {
    const { type, object, old } = change
    if (type === 'DELETED') return this.#handleDeleted(item, object)
    if (type === 'ADDED') this.#checkDependentsOf({ item, object })
    const { added, unblocked } = referenceChange(old, object)
    for (const reference of added) this.#checkReference(item, object, reference)
    for (const owner of unblocked) this.#wakeWaitingOwner(owner)
    this.#startDeletion(item, change)
  }

  /**
   * Starts orphaning or foreground deletion when the object begins to be deleted so. Source:
   * processTransitions.
   */
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
   * Enqueues the object of a new reference, unless the graph knows exactly the owner that it names. Source:
   * graph_builder.go addDependentToOwners.
   */
  #checkReference(item: Item, object: KubeObject, reference: OwnerReference): void {
    const owner = this.#ownerNamed(item, reference) ?? this.#graph.find(reference.uid)
    if (owner && this.#names(item, reference, owner.item)) return
    if (owner && isForeign(item, owner.item)) this.#reportForeign(item, object, reference)
    this.#attempts.toDelete(item)
  }

  /** Enqueues the dependents of a new object whose references have its uid but do not match it otherwise. */
  #checkDependentsOf({ item }: GraphNode): void {
    for (const { item: dependent, object } of this.#graph.dependents(item.uid)) {
      const reference = ownersOf(object).find(({ uid }) => uid === item.uid) as OwnerReference
      if (this.#names(dependent, reference, item)) continue
      if (isForeign(dependent, item)) this.#reportForeign(dependent, object, reference)
      this.#attempts.toDelete(dependent)
    }
  }

  /** Returns the owner if it is where the reference says: the common case, which takes one look-up. */
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
    // upstream knows the object from its graph, which has no versions
    const { resourceVersion: _, ...known } = object.metadata
    const target = { object: { metadata: known }, kind: served.kind, apiVersion: apiVersionOf(served) }
    const reference = `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`
    const message = `ownerRef ${reference} does not exist in namespace "${namespace}"`
    this.#recorder.event(target, 'Warning', 'OwnerRefInvalidNamespace', message)
  }
}

/** Whether a namespaced owner is in another namespace than its dependent. */
function isForeign(dependent: Item, owner: Item): boolean {
  const { namespace } = splitKey(owner.key)
  return namespace !== undefined && namespace !== splitKey(dependent.key).namespace
}
