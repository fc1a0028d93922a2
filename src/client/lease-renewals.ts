import type { Lease } from '../api/coordination/generated.js'

/**
 * Renewals of node leases that are counted now and written later, in times in which nobody looks at them: the
 * apiserver's side of the kubelets' quiet heartbeats.
 */
export interface LeaseRenewals {
  /**
   * Whether a renewal of this lease, which must be the stored one, would only be seen by informers. It does
   * not check whether the request would be admitted: the caller has made the same one before.
   */
  accepts(lease: Lease): boolean
  /**
   * Renews the lease at the present time. It takes a revision, and appears in the trace, but the store has it
   * only after `QuietTime.write()`, which calls `written` with the lease as stored.
   */
  renew(lease: Lease, written: (lease: Lease) => void): void
  /** Notes that a node's lease was renewed by a request. */
  note(node: string): void
  /**
   * Calls `visit` with the nodes whose leases have been renewed since the last call, in the order of their
   * first renewal, and the last time in virtual ms. Renewals at the present instant are left for the next
   * call, since informers have not delivered them yet.
   */
  take(visit: (node: string, time: number) => void): void
  /** Calls `visit` as {@link take} will, but forgets nothing. */
  peek(visit: (node: string, time: number) => void): void
}
