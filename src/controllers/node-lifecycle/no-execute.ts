import { nodeCondition } from '../../api/core/conditions.js'
import type { Node } from '../../api/core/generated.js'
import type { ComponentHost } from '../../client/component.js'
import type { Informer } from '../../client/informers/informer.js'
import type { Slice, Topic } from '../../sim/modules/module.js'
import { attempt } from '../shared/queue.js'
import type { NodeWriter } from './node-writer.js'
import { NOT_READY, UNREACHABLE, hasTaint, noExecuteTaint } from './taints.js'
import { factsOf } from './zones.js'

/** Interval of the tainting pass, in ms. Source: NodeEvictionPeriod. */
const TICK = 100

/**
 * Adds NoExecute taints to nodes that are not ready, at the rate of their zone. Passes without work are
 * skipped; all others are at multiples of {@link TICK} after the controller's start.
 */
export class NoExecuteTainter {
  readonly #host: ComponentHost
  readonly #nodes: Informer<Node>
  readonly #writer: NodeWriter
  readonly #queues: Slice<Map<string, TaintQueue>>
  readonly #start: Slice<number>
  readonly #tick: Topic
  readonly #evictionRate: number

  /** `evictionRate`: nodes per second in a new zone. */
  constructor(host: ComponentHost, nodes: Informer<Node>, writer: NodeWriter, evictionRate: number) {
    this.#host = host
    this.#nodes = nodes
    this.#writer = writer
    this.#evictionRate = evictionRate
    this.#queues = host.state('taint-queues', () => new Map<string, TaintQueue>())
    this.#start = host.state('taint-ticks/start', () => host.clock.now())
    this.#tick = host.handle('no-execute-tick', () => this.#pass())
  }

  /** Creates the queue of a zone that is new, or has nodes again. */
  openZone(zone: string): TaintQueue {
    const queue = newTaintQueue(this.#evictionRate, this.#host.clock.now())
    this.#queues.value.set(zone, queue)
    return queue
  }

  /** Sets the rate of a zone, in nodes per second. */
  setRate(zone: string, rate: number): void {
    setRate(this.#queueOf(zone), rate, this.#host.clock.now())
  }

  /**
   * Handles a node that is not ready: swaps an opposite taint immediately, else enqueues the node. Source:
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

  /** Removes both taints, and the node from its queue; cheap for a node without taints. */
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
   * Schedules the first pass that can taint a node; `settle()` waits for it only if it is the very next one.
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
   * Taints a node if needed; returns false, to enqueue it again, if that failed. Source:
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

  /** Returns the queue of a zone, which may be new if a node has moved to it during a pass. */
  #queueOf(zone: string): TaintQueue {
    return this.#queues.value.get(zone) ?? this.openZone(zone)
  }
}

/**
 * The rate-limited queue of the nodes of one zone that wait for their NoExecute taint. A node stays `known`
 * after its turn, so that it is not enqueued again before {@link forget}. Source:
 * nodelifecycle/scheduler/rate_limited_queue.go RateLimitedTimedQueue and UniqueQueue.
 */
interface TaintQueue {
  limiter: Limiter
  waiting: string[]
  readonly known: Set<string>
}

/** Returns an empty queue whose first node need not wait. */
export function newTaintQueue(rate: number, now: number): TaintQueue {
  return { limiter: newLimiter(rate, now), waiting: [], known: new Set() }
}

/** Enqueues a node unless it is known. */
export function enqueue(queue: TaintQueue, node: string): void {
  if (queue.known.has(node)) return
  queue.known.add(node)
  queue.waiting.push(node)
}

/** Removes a node, so that it can be enqueued again. */
export function forget(queue: TaintQueue, node: string): void {
  if (!queue.known.delete(node)) return
  const at = queue.waiting.indexOf(node)
  if (at >= 0) queue.waiting.splice(at, 1)
}

/** Sets the rate in nodes per second. */
export function setRate(queue: TaintQueue, rate: number, now: number): void {
  queue.limiter = swapRate(queue.limiter, rate, now)
}

/** Returns the virtual ms of the next node's turn; undefined if none waits or the rate is 0. */
export function nextTurn(queue: TaintQueue): number | undefined {
  return queue.waiting.length > 0 && queue.limiter.rate > 0 ? queue.limiter.readyAt : undefined
}

/**
 * Calls `handle` for each node that there is a token for; if it returns false, the node is enqueued again.
 */
export function drain(queue: TaintQueue, now: number, handle: (node: string) => boolean): void {
  for (let tries = queue.waiting.length; tries > 0 && hasToken(queue.limiter, now); tries--) {
    queue.limiter = takeToken(queue.limiter, now)
    const node = queue.waiting.shift() as string
    if (!handle(node)) queue.waiting.push(node)
  }
}

/**
 * flowcontrol's token bucket with a burst of 1, as data: it is full one interval after the last token was
 * taken. With a rate of 0 it never has a token.
 */
interface Limiter {
  /** Tokens per second. */
  readonly rate: number
  /** Virtual ms at which the next token is available. */
  readonly readyAt: number
}

/** Returns a full bucket. */
export function newLimiter(rate: number, now: number): Limiter {
  return { rate, readyAt: now }
}

/** Whether a token is available at `now`. */
export function hasToken(limiter: Limiter, now: number): boolean {
  return limiter.rate > 0 && limiter.readyAt <= now
}

/** Returns the bucket after a token has been taken at `now`. */
export function takeToken(limiter: Limiter, now: number): Limiter {
  return { rate: limiter.rate, readyAt: now + 1000 / limiter.rate }
}

/**
 * Returns a bucket with another rate. An empty one stays empty, so that a change of the rate does not provide
 * a token early. Source: nodelifecycle/scheduler/rate_limited_queue.go SwapLimiter.
 */
export function swapRate(limiter: Limiter, rate: number, now: number): Limiter {
  if (limiter.rate === rate) return limiter
  const swapped = newLimiter(rate, now)
  return rate <= 0 || hasToken(limiter, now) ? swapped : takeToken(swapped, now)
}
