import type { KubeObject } from '../../api/definition.js'
import type { Client } from '../../client/client.js'
import type { OwnerGraph } from './graph.js'
import type { Item } from './item.js'
import { lookUpOwners } from './owner-lookup.js'
import { FOREGROUND, ORPHAN, blocks, isDeletedWith, judge, ownersOf } from './references.js'
import { GraphWriter } from './writes.js'

/** `later`: nothing could be concluded yet; the object has to be looked at again. */
export type Outcome = 'done' | 'later'

/** What an {@link Attempt} works with. */
export interface AttemptParts {
  readonly client: Client
  readonly graph: OwnerGraph
  /** Has an object looked at. */
  readonly toDelete: (item: Item) => void
}

/** Judges single objects and acts on the judgement. All methods throw ApiError and ConnectionError. */
export class Attempt {
  readonly #parts: AttemptParts
  readonly #writer: GraphWriter

  constructor(parts: AttemptParts) {
    this.#parts = parts
    this.#writer = new GraphWriter(parts.client)
  }

  /**
   * Deletes the object if its owners are gone; ends its deletion in the foreground if nothing blocks it.
   * Source: attemptToDeleteItem.
   */
  delete(item: Item): Outcome {
    const { client, graph } = this.#parts
    const seen = graph.get(item)
    // being deleted is a one-way trip; its end will be reported
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
    const judged = verdict.propagation === 'Foreground' ? this.#breakCircle(item, latest) : latest
    this.#writer.delete(item, judged, verdict.propagation)
    return 'done'
  }

  /** Strips the references of all dependents, then the finalizer. Source: attemptToOrphanWorker. */
  orphan(item: Item): void {
    const { graph } = this.#parts
    for (const { item: dependent } of graph.dependents(item.uid)) {
      const latest = this.#writer.latest(dependent)
      if (latest && ownersOf(latest).some(({ uid }) => uid === item.uid))
        this.#writer.release(dependent, latest, [item.uid])
    }
    this.#writer.removeFinalizer(item, ORPHAN)
  }

  /** Source: processDeletingDependentsItem. */
  #finishForeground(item: Item): Outcome {
    const blocking = this.#parts.graph.dependents(item.uid).filter(({ object }) => blocks(object, item.uid))
    if (blocking.length === 0) this.#writer.removeFinalizer(item, FOREGROUND)
    for (const { item: dependent, object } of blocking) {
      if (!isDeletedWith(object, FOREGROUND)) this.#parts.toDelete(dependent)
    }
    return 'done'
  }

  /**
   * An object between an owner and a dependent that both wait for dependents might wait for itself: its
   * references stop blocking.
   */
  #breakCircle(item: Item, latest: KubeObject): KubeObject {
    const circular = this.#parts.graph
      .dependents(item.uid)
      .some(({ object }) => isDeletedWith(object, FOREGROUND))
    return circular ? (this.#writer.unblock(item, latest) ?? latest) : latest
  }
}
