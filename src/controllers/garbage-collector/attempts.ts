import type { KubeObject } from '../../api/kind/definition.js'
import type { OwnerReference } from '../../api/meta/generated.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { splitKey } from '../../client/informers/object-index.js'
import type { Item, OwnerGraph } from './graph.js'
import type { Classified } from './references.js'
import { FOREGROUND, GraphWriter, ORPHAN, blocks, isDeletedWith, judge, ownersOf } from './references.js'

/** The result of an attempt; `later`: it must be repeated, because no decision was possible yet. */
export type AttemptResult = 'done' | 'later'

/** The dependencies of an {@link Attempt}. */
interface AttemptDependencies {
  readonly client: Client
  readonly graph: OwnerGraph
  /** Enqueues an object for an attempt to delete it. */
  readonly toDelete: (item: Item) => void
}

/** Decides about single objects and acts on the decision. All methods throw ApiError and ConnectionError. */
export class Attempt {
  readonly #dependencies: AttemptDependencies
  readonly #writer: GraphWriter

  constructor(dependencies: AttemptDependencies) {
    this.#dependencies = dependencies
    this.#writer = new GraphWriter(dependencies.client)
  }

  /**
   * Deletes the object if its owners are gone; finishes its foreground deletion if no dependent blocks it.
   * Source: attemptToDeleteItem.
   */
  delete(item: Item): AttemptResult {
    const { client, graph } = this.#dependencies
    const seen = graph.get(item)
    // a deletion cannot be undone, and the graph will be told of its end
    if (seen?.metadata.deletionTimestamp !== undefined && !isDeletedWith(seen, FOREGROUND)) return 'done'
    const latest = this.#writer.latest(item)
    if (!latest) return 'done'
    if (isDeletedWith(seen, FOREGROUND)) return this.#finishForeground(item)
    const references = ownersOf(latest)
    if (references.length === 0) return 'done'
    const lookup = lookUpOwners(client, graph, item, references)
    if (lookup.kind === 'invalid') return 'done'
    if (lookup.kind === 'unknown-kind') return 'later'
    const verdict = judge(latest, lookup.owners, graph.dependents(item.uid).length > 0)
    if (verdict.kind === 'release') this.#writer.release(item, latest, verdict.owners)
    if (verdict.kind !== 'delete') return lookup.unseen ? 'later' : 'done'
    const judged = verdict.propagation === 'Foreground' ? this.#breakCycle(item, latest) : latest
    this.#writer.delete(item, judged, verdict.propagation)
    return 'done'
  }

  /** Removes the owner reference from all dependents, then the finalizer. Source: attemptToOrphanWorker. */
  orphan(item: Item): void {
    const { graph } = this.#dependencies
    for (const { item: dependent } of graph.dependents(item.uid)) {
      const latest = this.#writer.latest(dependent)
      if (latest && ownersOf(latest).some(({ uid }) => uid === item.uid))
        this.#writer.release(dependent, latest, [item.uid])
    }
    this.#writer.removeFinalizer(item, ORPHAN)
  }

  /**
   * Removes the finalizer if no dependent blocks, else enqueues those that do. Source:
   * processDeletingDependentsItem.
   */
  #finishForeground(item: Item): AttemptResult {
    const blocking = this.#dependencies.graph
      .dependents(item.uid)
      .filter(({ object }) => blocks(object, item.uid))
    if (blocking.length === 0) this.#writer.removeFinalizer(item, FOREGROUND)
    for (const { item: dependent, object } of blocking) {
      if (!isDeletedWith(object, FOREGROUND)) this.#dependencies.toDelete(dependent)
    }
    return 'done'
  }

  /**
   * Makes the references of an object non-blocking if both an owner and a dependent of it wait for their
   * dependents, because it might be part of a cycle and wait for itself.
   */
  #breakCycle(item: Item, latest: KubeObject): KubeObject {
    const circular = this.#dependencies.graph
      .dependents(item.uid)
      .some(({ object }) => isDeletedWith(object, FOREGROUND))
    return circular ? (this.#writer.unblock(item, latest) ?? latest) : latest
  }
}

/**
 * The result of looking up the owners. `unknown-kind`: an owner's kind is not served, so that no decision is
 * possible; `invalid`: the object is cluster-scoped and has a namespaced owner, which a retry cannot change.
 * `unseen`: whether an owner exists that the informers have not seen.
 */
type Lookup =
  | { readonly kind: 'classified'; readonly owners: Classified; readonly unseen: boolean }
  | { readonly kind: 'unknown-kind'; readonly reference: OwnerReference }
  | { readonly kind: 'invalid' }

/** Reads each owner of an object from the apiserver, in the object's own namespace; its uid must match. */
function lookUpOwners(
  client: Client,
  graph: OwnerGraph,
  item: Item,
  references: readonly OwnerReference[],
): Lookup {
  const { namespace } = splitKey(item.key)
  const solid: OwnerReference[] = []
  const dangling: OwnerReference[] = []
  const waiting: OwnerReference[] = []
  let unseen = false
  for (const reference of references) {
    const served = graph.resourceOf(reference)
    if (!served) return { kind: 'unknown-kind', reference }
    if (served.namespaced && namespace === undefined) return { kind: 'invalid' }
    const at =
      served.namespaced && namespace !== undefined
        ? { name: reference.name, namespace }
        : { name: reference.name }
    const owner: KubeObject | undefined = ignoreNotFound(() => client.get(served.resource, at))
    if (owner?.metadata.uid !== reference.uid) dangling.push(reference)
    else if (isDeletedWith(owner, FOREGROUND)) waiting.push(reference)
    else solid.push(reference)
    const key = at.namespace === undefined ? at.name : `${at.namespace}/${at.name}`
    if (owner?.metadata.uid === reference.uid && graph.watches(served.resource)) {
      unseen ||= graph.get({ resource: served.resource, key, uid: reference.uid }) === undefined
    }
  }
  return { kind: 'classified', owners: { solid, dangling, waiting }, unseen }
}
