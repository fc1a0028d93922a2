import type { KubeObject } from '../../api/definition.js'
import type { ListWatchInformer } from '../../client/list-watch-informer.js'
import type { ObjectIndex } from '../../client/object-index.js'

/** Views of informers by the owners and the names of their state slices. */
export type SharedViews = ReadonlyMap<string, ObjectIndex<KubeObject>>

const idOf = (owner: string, slice: string): string => `${owner} ${slice}`

/**
 * What the informers of a cluster have in their caches. A fork starts with the views of its original instead
 * of reading all objects again; each copies what it changes.
 */
export class InformerViews {
  readonly #inherited: SharedViews | undefined
  readonly #informers = new Map<string, Pick<ListWatchInformer<KubeObject>, 'view'>>()

  /** `inherited` are the original's, if this cluster is a fork. */
  constructor(inherited?: SharedViews) {
    this.#inherited = inherited
  }

  /** Returns the original's view for a new informer. */
  inherited(owner: string, slice: string): ObjectIndex<KubeObject> | undefined {
    return this.#inherited?.get(idOf(owner, slice))
  }

  /** Adds an informer, in place of a former one of the same slice. */
  add(owner: string, slice: string, informer: Pick<ListWatchInformer<never>, 'view'>): void {
    this.#informers.set(idOf(owner, slice), informer)
  }

  /** Returns the views for a fork, those of dormant components included. */
  share(): SharedViews {
    const views = new Map(this.#inherited)
    for (const [id, informer] of this.#informers) {
      const view = informer.view()
      if (view === undefined) views.delete(id)
      else views.set(id, view)
    }
    return views
  }
}
