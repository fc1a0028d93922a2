import type { Lease } from '../api/coordination/generated.js'
import type { Node } from '../api/core/generated.js'

/** A renewal of a node's lease, or a post of an unchanged status. */
export type HeartbeatKind = 'lease' | 'status'

/** Called with a node, a kind of heartbeat, and its time in virtual ms. */
export type HeartbeatVisitor = (node: string, kind: HeartbeatKind, time: number) => void

/**
 * Heartbeats that are counted now and written later, as long as nobody reads or watches them. The apiserver
 * implements it for the kubelets.
 */
export interface Heartbeats {
  /** `QuietTime.era`. */
  readonly era: number
  /**
   * Whether another heartbeat of this lease or node, which must be the stored one, would only be seen by
   * informers. It does not check whether the request would be admitted: the caller has made the same before.
   */
  accepts(object: Lease | Node): boolean
  /**
   * Renews the lease or the times of the node's conditions now. The write takes a revision, and appears in
   * the trace, but the store has it only after `QuietTime.write()`, which calls `written` with the stored
   * object.
   */
  beat(object: Lease | Node, written: (object: Lease | Node) => void): void
  /** Notes a heartbeat that was a request. */
  note(node: string, kind: HeartbeatKind): void
  /**
   * Visits the nodes that have been heard of since the last call, with the last time of each kind. Heartbeats
   * of the present instant are left for the next call, since informers have not delivered them yet.
   */
  take(visit: HeartbeatVisitor): void
  /** Visits as {@link take} will, but forgets nothing. */
  peek(visit: HeartbeatVisitor): void
}
