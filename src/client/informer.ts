import type { KubeObject } from '../api/definition.js'
import type { ListOptions } from './client.js'
import type { Indexers } from './object-index.js'
import type { ResourceName } from './resources.js'

/**
 * A change as an informer's listeners see it. `old` is the former state; on DELETED `object` is the last
 * known state.
 */
export interface Change<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: T
  readonly old?: T
}

/** What an informer watches, and by what its objects can be looked up beside their key. */
export interface InformerOptions<T> {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /**
   * Under which its state is kept. Default: by what it selects. For one after the other that select what
   * changes.
   */
  readonly id?: string
  /** Index name to a function that answers the values under which an object is found. */
  readonly indexers?: Indexers<T>
}

/** Namespace and selectors that narrow what an informer watches. */
export type Selection = Pick<ListOptions, 'namespace' | 'labelSelector' | 'fieldSelector'>

/**
 * A local, indexed view of one resource that follows the apiserver by watch: client-go's SharedIndexInformer
 * with its lister. It sees the store late: changes arrive in a step of its own. Listeners are called in
 * order, each after the view has been updated.
 */
export interface Informer<T extends KubeObject> {
  readonly resource: ResourceName
  readonly selection: Selection
  /** True once the first list has been delivered. Controllers wait for it before they act. */
  readonly synced: boolean
  /**
   * True while the first list cannot come because the component is cut off from the apiserver, or may not
   * list.
   */
  readonly cutOff: boolean
  /** Resource version up to which it has seen the store. */
  readonly seen: string | undefined
  /** Number of objects. */
  readonly size: number
  /** Whether it has been closed. */
  readonly closed: boolean
  /** Adds a listener for all later changes (the objects of the first list come as ADDED). */
  onChange(listener: (change: Change<T>) => void): this
  /**
   * The object of that key (`namespace/name`, or `name` if cluster-scoped), as far as this informer has seen.
   */
  get(key: string): T | undefined
  /** All objects in key order; valid until the informer's next step. */
  list(): readonly T[]
  /** The objects under one value of an index, in key order; valid until the informer's next step. */
  byIndex(index: string, value: string): readonly T[]
  /**
   * Ends for good: the resource is no longer served, or its component stops. What it had seen is forgotten.
   */
  close(): void
}
