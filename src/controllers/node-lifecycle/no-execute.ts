import { nodeCondition } from '../../api/core/conditions.js'
import type { Node } from '../../api/core/generated.js'
import type { ComponentHost } from '../../client/component.js'
import type { Informer } from '../../client/informer.js'
import type { Slice, Topic } from '../../sim/module.js'
import { attempt } from '../shared/queue.js'
import type { NodeWriter } from './node-writer.js'
import { NOT_READY, UNREACHABLE, hasTaint, noExecuteTaint } from './taints.js'
import { factsOf } from './zones.js'

/** The tainting pass looks at the queues every 100 ms (NodeEvictionPeriod). */
const TICK = 100

/**
 * Puts NoExecute taints on nodes that are not ready, zone by zone, no faster than the rate of the zone. Ticks
 * at which nothing could happen are left out; those that happen lie on the 100 ms grid of the controller's
 * start.
 */
export class NoExecuteTainter {
  readonly #host: ComponentHost
  readonly #nodes: Informer<Node>
  readonly #writer: NodeWriter
  readonly #queues: Slice<Map<string, TaintQueue>>
  readonly #start: Slice<number>
  readonly #tick: Topic
  readonly #evictionRate: number

  /** `evictionRate`: nodes per second in a zone of which nothing is known yet. */
  constructor(host: ComponentHost, nodes: Informer<Node>, writer: NodeWriter, evictionRate: number) {
    this.#host = host
    this.#nodes = nodes
    this.#writer = writer
    this.#evictionRate = evictionRate
    this.#queues = host.state('taint-queues', () => new Map<string, TaintQueue>())
    this.#start = host.state('taint-ticks/start', () => host.clock.now())
    this.#tick = host.handle('no-execute-tick', () => this.#pass())
  }

  /**
   * A zone that is seen for the first time, or again after it had no nodes: an empty queue with a full
   * bucket.
   */
  openZone(zone: string): TaintQueue {
    const queue = newTaintQueue(this.#evictionRate, this.#host.clock.now())
    this.#queues.value.set(zone, queue)
    return queue
  }

  setRate(zone: string, rate: number): void {
    setRate(this.#queueOf(zone), rate, this.#host.clock.now())
  }

  /**
   * Acts on a Ready status that is not True: swaps an opposite taint at once, queues otherwise. Source:
   * processTaintBaseEviction.
   */
  handleNotReady(node: Node, status: string): void {
    const taint = noExecuteTaint(status)
    if (!taint) return
    const name = node.metadata.name as string
    if (hasTaint(node.spec.taints, taint.opposite, 'NoExecute')) {
      const change = { effect: 'NoExecute', add: [taint.key], remove: [taint.opposite] } as const
      attempt(this.#host, `swap of NoExecute taints of node ${name}`, () =>
        this.#writer.changeTaints(name, change),
      )
      return
    }
    const queue = this.#queueOf(factsOf(node).zone)
    if (!hasTaint(node.spec.taints, taint.key, 'NoExecute')) forget(queue, name)
    enqueue(queue, name)
  }

  /** Removes both taints and takes the node out of its queue. Costs nothing for a node that has neither. */
  markReachable(node: Node): void {
    const { tainted, zone } = factsOf(node)
    const name = node.metadata.name as string
    if (tainted) {
      const change = { effect: 'NoExecute', add: [], remove: [UNREACHABLE, NOT_READY] } as const
      const what = `removal of NoExecute taints of node ${name}`
      if (!attempt(this.#host, what, () => this.#writer.changeTaints(name, change))) return
    }
    const queue = this.#queues.value.get(zone)
    if (queue) forget(queue, name)
  }

  /**
   * Sets the timer for the first tick at which a node can be tainted. `settle()` waits for it if that is the
   * very next one.
   */
  schedule(): void {
    const now = this.#host.clock.now()
    const turns = [...this.#queues.value.values()].map(nextTurn).filter((turn) => turn !== undefined)
    if (turns.length === 0) return void this.#tick.cancel('')
    const due = this.#tickFrom(Math.max(Math.min(...turns), now + 1))
    this.#tick.wakeAfter('', due - now, { class: due - now <= TICK ? 'work' : 'watchdog' })
  }

  #tickFrom(instant: number): number {
    const start = this.#start.value
    return start + Math.ceil((instant - start) / TICK) * TICK
  }

  #pass(): void {
    for (const queue of this.#queues.value.values())
      drain(queue, this.#host.clock.now(), (name) => this.#taint(name))
    this.schedule()
  }

  /**
   * Answers whether the node is done with; false puts it back into the queue. Source:
   * doNoExecuteTaintingPass.
   */
  #taint(name: string): boolean {
    const node = this.#nodes.get(name)
    const ready = node && nodeCondition(node, 'Ready')
    const taint = ready && noExecuteTaint(ready.status)
    if (!taint) return true
    const change = { effect: 'NoExecute', add: [taint.key], remove: [taint.opposite] } as const
    return attempt(this.#host, `NoExecute taint of node ${name}`, () =>
      this.#writer.changeTaints(name, change),
    )
  }

  /** A node may turn out to have moved to a new zone in the middle of a pass. */
  #queueOf(zone: string): TaintQueue {
    return this.#queues.value.get(zone) ?? this.openZone(zone)
  }
}

/**
 * The rate-limited queue of one zone: nodes that wait for their NoExecute taint. Pure data.
 * A node stays `known` after its turn, so that it is not queued again before {@link forget}.
 * Source: nodelifecycle/scheduler/rate_limited_queue.go RateLimitedTimedQueue and UniqueQueue.
 */
interface TaintQueue {
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

/**
 * flowcontrol's token bucket of burst 1, as data: with a burst of one it is full exactly one interval after
 * the last token went. A rate of 0 never lets anything through.
 */
interface Limiter {
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
