import type { KubeObject } from '../../api/kind/definition.js'
import type { ListOptions } from '../client.js'
import type { Indexers } from './object-index.js'
import type { ResourceName } from '../resources.js'

/**
 * A change as an informer's listeners see it. `old` is the previous state; on DELETED, `object` is the last
 * known state.
 */
export interface Change<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: T
  readonly old?: T
}

/** What an informer watches, and the indexes of its objects. */
export interface InformerOptions<T> {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /**
   * Name under which its state is kept, for successive informers whose selection changes.
   * @default derived from the selection
   */
  readonly id?: string
  /** Indexes by name: functions that return the values under which an object is found. */
  readonly indexers?: Indexers<T>
}

/** Namespace and selectors that narrow what an informer watches. */
export type InformerSelection = Pick<ListOptions, 'namespace' | 'labelSelector' | 'fieldSelector'>

/**
 * A local, indexed view of one resource that follows the apiserver by watch, as client-go's
 * SharedIndexInformer with its lister. It lags behind the store: changes arrive in a step of its own.
 * Listeners are called in order, each after the view has been updated.
 */
export interface Informer<T extends KubeObject> {
  readonly resource: ResourceName
  readonly selection: InformerSelection
  /** Whether the first list has been delivered. Controllers wait for it before they act. */
  readonly synced: boolean
  /**
   * Whether the first list is blocked: the component is disconnected from the apiserver, or has no right to
   * list.
   */
  readonly cutOff: boolean
  /** Resource version up to which it has followed the store. */
  readonly seen: string | undefined
  /** Number of objects. */
  readonly size: number
  /** Whether it has been closed. */
  readonly closed: boolean
  /** Adds a listener for all later changes. The objects of the first list come as ADDED. */
  onChange(listener: (change: Change<T>) => void): this
  /**
   * Returns the object of that key (`namespace/name`, or `name` if cluster-scoped) as this informer has last
   * seen it.
   */
  get(key: string): T | undefined
  /** Returns all objects in key order; valid until the informer's next step. */
  list(): readonly T[]
  /** Returns the objects of one value of an index in key order; valid until the informer's next step. */
  byIndex(index: string, value: string): readonly T[]
  /**
   * Closes the informer for good and drops its objects: the resource is no longer served, or its component
   * stops.
   */
  close(): void
}
