import { nodeCondition } from '../../api/core/conditions.js'
import type { Node } from '../../api/core/generated.js'
import type { ComponentHost } from '../../client/component.js'
import type { Informer } from '../../client/informer.js'
import type { Slice, Topic } from '../../sim/module.js'
import { attempt } from '../process/attempt.js'
import { factsOf } from './node-facts.js'
import type { NodeWriter } from './node-writer.js'
import type { TaintQueue } from './taint-queue.js'
import { drain, enqueue, forget, newTaintQueue, nextTurn, setRate } from './taint-queue.js'
import { NOT_READY, UNREACHABLE, hasTaint, noExecuteTaint } from './taints.js'

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
