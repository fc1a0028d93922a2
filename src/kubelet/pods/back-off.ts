/** Back-off of one container or image: the delay now in force, and when it came into force. Plain data, virtual ms. */
export interface BackOff {
  readonly delay: number
  readonly since: number
}

/** First delay of restarts and pulls. */
export const BACK_OFF_BASE = 10_000
/** Longest delay of restarts and pulls. */
export const BACK_OFF_MAX = 300_000

/** Whether a failure at `failedAt` came so long after the last one that the back-off starts afresh: twice the longest delay. */
function hasExpired(backOff: BackOff, failedAt: number): boolean {
  return failedAt - backOff.since > 2 * BACK_OFF_MAX
}

/**
 * Virtual ms at which the next try is due after a failure at `failedAt`; `failedAt` itself where there is no back-off (the first
 * restart is immediate). Source: client-go util/flowcontrol Backoff.IsInBackOffSince.
 */
export function backOffEnd(backOff: BackOff | undefined, failedAt: number): number {
  if (!backOff || hasExpired(backOff, failedAt)) return failedAt
  return failedAt + backOff.delay
}

/** The back-off after one more try at `now`, following a failure at `failedAt`: 10 s, then twice the last, at most 5 minutes. */
export function nextBackOff(backOff: BackOff | undefined, failedAt: number, now: number): BackOff {
  if (!backOff || hasExpired(backOff, failedAt)) return { delay: BACK_OFF_BASE, since: now }
  return { delay: Math.min(backOff.delay * 2, BACK_OFF_MAX), since: now }
}
