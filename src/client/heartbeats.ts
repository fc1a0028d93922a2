import type { Lease } from '../api/coordination/generated.js'
import type { Node } from '../api/core/generated.js'

/** A renewal of a node's lease, or a post of an unchanged status. */
export type HeartbeatKind = 'lease' | 'status'

/** Called with a node, a kind of heartbeat, and its time in virtual ms. */
export type HeartbeatVisitor = (node: string, kind: HeartbeatKind, time: number) => void

/** Returns the subject of writes of a resource, see `QuietForm.subjects`: `resource/pods`. */
export const subjectOf = (resource: string): string => `resource/${resource}`

/** The heartbeats of one object in a quiet spell. */
export interface HeartbeatTally {
  /** Renews the lease, or the times of the node's conditions, at `now` (virtual ms). It takes a revision. */
  beat(now: number): void
  /** Counts a renewal at `now`, after the last one of this object; a later one must follow in the spell. */
  leap(now: number): void
}

/** A place among the heartbeats of a spell. */
export interface HeartbeatPlace {
  /** Revision of the store there. */
  readonly revision: number
  /** The instant in virtual ms, and the last revision that it has. */
  readonly instant: { readonly at: number; readonly end: number }
}

/**
 * Heartbeats that are counted in a quiet spell and written at its end, since no one reads or watches them in
 * between. The apiserver implements it for the kubelets.
 */
export interface Heartbeats {
  /** Whether single requests are not observed, so that a quiet spell may leave them out. */
  readonly areUnseen: boolean
  /**
   * Returns the tally of a lease or node for this spell; undefined if it is not the stored one, or if others
   * than informers would see the heartbeats. It does not check whether the request would be admitted: the
   * caller has made the same before. The end of the spell stores the last one, and calls `written` with it.
   */
  tally<T extends Lease | Node>(object: T, written?: (object: T) => void): HeartbeatTally | undefined
  /** Returns the present place among the heartbeats of this spell. */
  place(now: number): HeartbeatPlace
  /** Calls `write` at the end of the spell, when the heartbeats before that place are written. */
  writeAt(place: HeartbeatPlace, write: () => void): void
  /** Notes a heartbeat that was a request, and what it has stored. */
  note(stored: Lease | Node): void
  /**
   * Returns the status that a node has posted last, if nothing has happened since that the next post would
   * show: it is the same again but for the times.
   */
  repeatable(node: string): Node | undefined
  /** Notes that the node lifecycle controller checks all nodes at `now` (virtual ms). */
  checked(now: number): void
  /**
   * Visits the nodes that have been heard of since the last call, with the last time of each kind before the
   * last check. Later heartbeats, and those of its instant, are left for the next call, since informers had
   * not delivered them yet.
   */
  take(visit: HeartbeatVisitor): void
  /** Visits as {@link take} would after a check at `now`, but forgets nothing. */
  peek(now: number, visit: HeartbeatVisitor): void
}
