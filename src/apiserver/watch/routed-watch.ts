import type { Resource } from '../registry/resources.js'
import type { Selection } from '../selectors/selection.js'
import type { StoredChange } from '../storage/storage.js'

/**
 * Fields whose exact value routes changes, most selective first. The order is also that in which their
 * watches are woken.
 */
export const ROUTING_FIELDS = ['metadata.name', 'spec.nodeName'] as const

/** What the hub needs to know of a watch. */
export interface RoutedWatch {
  readonly resource: Resource
  readonly selection: Selection
  /** Orders the watches that one write wakes. */
  readonly order: string
  /** The field whose exact value a change must have, if the watch selects by one. */
  readonly route: { readonly field: string; readonly value: string } | undefined
  /** Takes a change that may concern this watch. */
  offer(change: StoredChange): void
  /** Moves on a watch that has heard nothing for long. */
  bookmark(): void
}

/** Where watches sign on and off. */
export interface WatchRegister {
  add(watch: RoutedWatch): void
  remove(watch: RoutedWatch): void
}
