/**
 * Back-off of one container or image: the current delay, and since when it applies. Plain data, virtual ms.
 */
export interface BackOff {
  readonly delay: number
  readonly since: number
}

/** First delay of restarts and pulls. */
export const BACK_OFF_BASE = 10_000
/** Longest delay of restarts and pulls. */
export const BACK_OFF_MAX = 300_000

/**
 * Whether a failure at `failedAt` came so long after the last one that the back-off is reset: twice the
 * longest delay.
 */
function hasExpired(backOff: BackOff, failedAt: number, longest: number): boolean {
  return failedAt - backOff.since > 2 * longest
}

/**
 * Virtual ms at which the next try is due after a failure at `failedAt`; `failedAt` itself without back-off
 * (the first restart is immediate). Source: client-go util/flowcontrol Backoff.IsInBackOffSince.
 */
export function backOffEnd(
  backOff: BackOff | undefined,
  failedAt: number,
  longest: number = BACK_OFF_MAX,
): number {
  if (!backOff || hasExpired(backOff, failedAt, longest)) return failedAt
  return failedAt + backOff.delay
}

/**
 * The back-off after one more try at `now`, following a failure at `failedAt`: 10 s, then twice the last
 * delay, at most `longest`.
 */
export function nextBackOff(
  backOff: BackOff | undefined,
  failedAt: number,
  now: number,
  longest: number = BACK_OFF_MAX,
): BackOff {
  if (!backOff || hasExpired(backOff, failedAt, longest))
    return { delay: Math.min(BACK_OFF_BASE, longest), since: now }
  return { delay: Math.min(backOff.delay * 2, longest), since: now }
}
