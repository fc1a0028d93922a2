import type { Limiter } from './limiter.js'
import { hasToken, newLimiter, swapRate, takeToken } from './limiter.js'

/**
 * The rate-limited queue of one zone: nodes that wait for their NoExecute taint. Pure data.
 * A node stays `known` after its turn, so that it is not queued again before {@link forget}.
 * Source: nodelifecycle/scheduler/rate_limited_queue.go RateLimitedTimedQueue and UniqueQueue.
 */
export interface TaintQueue {
  limiter: Limiter
  waiting: string[]
  readonly known: Set<string>
}

/** An empty queue whose first node goes through at once. */
export function newTaintQueue(rate: number, now: number): TaintQueue {
  return { limiter: newLimiter(rate, now), waiting: [], known: new Set() }
}

/** Queues a node that is not known. */
export function enqueue(queue: TaintQueue, node: string): void {
  if (queue.known.has(node)) return
  queue.known.add(node)
  queue.waiting.push(node)
}

/** Takes a node out altogether; it may be queued anew. */
export function forget(queue: TaintQueue, node: string): void {
  if (!queue.known.delete(node)) return
  const at = queue.waiting.indexOf(node)
  if (at >= 0) queue.waiting.splice(at, 1)
}

/** Sets the rate at which nodes are let through. */
export function setRate(queue: TaintQueue, rate: number, now: number): void {
  queue.limiter = swapRate(queue.limiter, rate, now)
}

/** Virtual ms at which the next node may go; undefined if none waits, or none ever may. */
export function nextTurn(queue: TaintQueue): number | undefined {
  return queue.waiting.length > 0 && queue.limiter.rate > 0 ? queue.limiter.readyAt : undefined
}

/**
 * Hands out, one for each token, the nodes whose turn it is; one for which `handle` answers false goes to the
 * end of the queue.
 */
export function drain(queue: TaintQueue, now: number, handle: (node: string) => boolean): void {
  for (let tries = queue.waiting.length; tries > 0 && hasToken(queue.limiter, now); tries--) {
    queue.limiter = takeToken(queue.limiter, now)
    const node = queue.waiting.shift() as string
    if (!handle(node)) queue.waiting.push(node)
  }
}
