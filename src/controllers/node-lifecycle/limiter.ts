/**
 * flowcontrol's token bucket of burst 1, as data: with a burst of one it is full exactly one interval after
 * the last token went. A rate of 0 never lets anything through.
 */
export interface Limiter {
  /** Tokens per second. */
  readonly rate: number
  /** Virtual ms from which on there is a token. */
  readonly readyAt: number
}

/** A full bucket. */
export function newLimiter(rate: number, now: number): Limiter {
  return { rate, readyAt: now }
}

/** Whether there is a token at `now`. */
export function hasToken(limiter: Limiter, now: number): boolean {
  return limiter.rate > 0 && limiter.readyAt <= now
}

/** The bucket after a token has been taken at `now`. */
export function takeToken(limiter: Limiter, now: number): Limiter {
  return { rate: limiter.rate, readyAt: now + 1000 / limiter.rate }
}

/**
 * Changes the rate. A bucket that is empty at the change (and one of rate 0 always is) is replaced by an
 * empty one, so that switching lets nothing through early. Source:
 * nodelifecycle/scheduler/rate_limited_queue.go SwapLimiter.
 */
export function swapRate(limiter: Limiter, rate: number, now: number): Limiter {
  if (limiter.rate === rate) return limiter
  const swapped = newLimiter(rate, now)
  return rate <= 0 || hasToken(limiter, now) ? swapped : takeToken(swapped, now)
}
