import type { KubeObject } from '../../api/kind/definition.js'
import type { Change } from '../../client/informers/informer.js'
import type { OriginalView } from '../../client/informers/list-watch-informer.js'
import type { ObjectIndex } from '../../client/informers/object-index.js'
import type { SharedSlices } from '../../sim/modules/slices.js'

/** Views of informers (each an {@link ObjectIndex}) by the owners and the names of their state slices. */
export type SharedViews = Map<string, unknown>

/** What is asked of an informer here. */
export interface KnownInformer {
  readonly resource: string
  view(): unknown
  waiting(): readonly Change<KubeObject>[] | undefined
}

const idOf = (owner: string, slice: string): string => `${owner} ${slice}`

/**
 * What the informers of a cluster have in their caches. A copy starts with the views of its original, or of
 * another copy of the same state, instead of reading all objects again; each copies what it changes.
 */
export class InformerViews {
  readonly #original: SharedViews | undefined
  readonly #informers = new Map<string, KnownInformer>()
  /** Ids of the original's views that are out of date. */
  readonly #outdated = new Set<string>()
  /** The views that were shared last, and the state in which they were. */
  #shared: { readonly slices: SharedSlices; readonly views: SharedViews } | undefined

  /** `original` are the views at the time of the copy, if this cluster is one; it is filled by its copies. */
  constructor(original?: SharedViews) {
    this.#original = original
  }

  /** Returns the view of an informer at the time of the copy; undefined if this cluster is none. */
  originalOf<T extends KubeObject>(owner: string, slice: string): OriginalView<T> | undefined {
    const views = this.#original
    if (views === undefined) return undefined
    const id = idOf(owner, slice)
    return {
      // a slice is of the same resource in all copies
      get: () => (this.#outdated.has(id) ? undefined : (views.get(id) as ObjectIndex<T> | undefined)),
      set: (view) => {
        if (!this.#outdated.has(id)) views.set(id, view)
      },
    }
  }

  /** Notes that an informer has moved on without its view, so that the view must be read again. */
  passOver(owner: string, slice: string): void {
    this.#outdated.add(idOf(owner, slice))
  }

  /** Adds an informer, in place of a former one of the same slice. */
  add(owner: string, slice: string, informer: KnownInformer): void {
    this.#informers.set(idOf(owner, slice), informer)
  }

  /** Returns the informer of a slice that has been set up. */
  find(owner: string, slice: string): KnownInformer | undefined {
    return this.#informers.get(idOf(owner, slice))
  }

  /**
   * Returns the views for a fork, those of dormant components included: the same as the last time if the
   * state, which says what informers have seen, is the same.
   */
  share(slices: SharedSlices): SharedViews {
    if (this.#shared?.slices !== slices) this.#shared = { slices, views: this.#now() }
    return this.#shared.views
  }

  #now(): SharedViews {
    const views: SharedViews = new Map(this.#original)
    for (const id of this.#outdated) views.delete(id)
    for (const [id, informer] of this.#informers) {
      const view = informer.view()
      if (view === undefined) views.delete(id)
      else views.set(id, view)
    }
    return views
  }
}
