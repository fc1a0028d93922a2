import type { Slice } from '../../sim/modules/module.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { ClusterEvent, ClusterEventKind, QueueingHint } from '../framework/cluster-event.js'
import type { PluginRejection } from '../framework/rejection.js'
import type { Backoff, QueuePlace, QueuedPod } from './queued-pod.js'
import { Heap } from './heap.js'
import { UnschedulablePool } from './unschedulable-pool.js'

/** The entire state of the queue. */
export interface QueueState {
  readonly pods: Map<string, QueuedPod>
  nextSeq: number
}

/** What the queue needs from its environment. */
export interface QueueDependencies {
  readonly state: Slice<QueueState>
  readonly backoff: Backoff
  /** Whether to take pods out of back-off early if nothing else is ready. */
  readonly popFromBackoff: boolean
  now(): number
  /** Returns the current state of the pod. */
  podInfo(key: string): PodInfo | undefined
  /** Compares by QueueSort. */
  less(a: QueuedPod, b: QueuedPod): boolean
  /** Runs PreEnqueue. */
  preEnqueue(pod: PodInfo): PluginRejection | undefined
  /** Returns whether a plugin of that name, in any profile, registered for such events. */
  isInterested(plugin: string, kind: ClusterEventKind): boolean
  /** Returns the hint of a plugin in the pod's profile for such events. */
  hintOf(pod: PodInfo, plugin: string, kind: ClusterEventKind): QueueingHint | 'queue' | undefined
}

/**
 * The result of an attempt without a node: rejected by plugins, or failed with an error if there are none.
 */
export interface SchedulingFailure {
  readonly rejectedBy: readonly string[]
  readonly pendingBy?: readonly string[]
}

/**
 * Pods in the unschedulable pool longer than this (ms) are retried. Source:
 * DefaultPodMaxInUnschedulablePodsDuration.
 */
export const MAX_UNSCHEDULABLE_MS = 300_000

/**
 * The scheduling queue: active, back-off, error back-off, and the pool of unschedulable pods. Its contents
 * are the plain data of the state slice. Heaps and indexes are caches with a total order, so they give the
 * same results when rebuilt. Source: pkg/scheduler/backend/queue/scheduling_queue.go.
 */
export class SchedulingQueue {
  readonly #dependencies: QueueDependencies
  readonly #active: Heap<QueuedPod>
  readonly #backoff: Heap<QueuedPod>
  readonly #errors: Heap<QueuedPod>
  readonly #pool = new UnschedulablePool()

  constructor(dependencies: QueueDependencies) {
    this.#dependencies = dependencies
    const { backoff } = dependencies
    const before = (a: QueuedPod, b: QueuedPod): boolean =>
      dependencies.less(a, b) || (!dependencies.less(b, a) && a.seq < b.seq)
    const byExpiry =
      (then: typeof before) =>
      (a: QueuedPod, b: QueuedPod): boolean => {
        const difference = backoff.expiry(a) - backoff.expiry(b)
        return difference === 0 ? then(a, b) : difference < 0
      }
    this.#active = new Heap(before)
    this.#backoff = new Heap(byExpiry(before))
    this.#errors = new Heap(byExpiry((a, b) => a.seq < b.seq))
    for (const pod of dependencies.state.value.pods.values()) this.#index(pod)
  }

  /** Number of waiting pods in all places. */
  get size(): number {
    return this.#pods.size
  }

  /** Whether there are unschedulable pods, which events might help. */
  get hasUnschedulable(): boolean {
    return this.#pool.size > 0
  }

  get(key: string): QueuedPod | undefined {
    return this.#pods.get(key)
  }

  /** Adds a pod that has not been tried yet. */
  add(pod: PodInfo): void {
    if (this.#pods.has(pod.key)) return
    const { key, priority } = pod
    const fresh = { attempts: 0, unschedulableCount: 0, consecutiveErrors: 0, rejectedBy: [], pendingBy: [] }
    this.#enqueue(
      { key, place: 'active', priority, timestamp: this.#dependencies.now(), seq: 0, ...fresh },
      pod,
    )
  }

  /** Removes a pod. */
  delete(key: string): void {
    const pod = this.#pods.get(key)
    if (!pod) return
    this.#pods.delete(key)
    if (pod.place === 'unschedulable') this.#pool.delete(pod)
  }

  /** Removes and returns the next pod, with its attempts incremented; undefined if none can be tried now. */
  pop(): QueuedPod | undefined {
    this.flush()
    const pod =
      this.#take(this.#active) ?? (this.#dependencies.popFromBackoff ? this.#take(this.#backoff) : undefined)
    if (!pod) return undefined
    this.#pods.delete(pod.key)
    return { ...pod, attempts: pod.attempts + 1 }
  }

  /** Whether {@link pop} would return a pod. */
  get hasReady(): boolean {
    this.flush()
    return (
      this.#peek(this.#active) !== undefined ||
      (this.#dependencies.popFromBackoff && this.#peek(this.#backoff) !== undefined)
    )
  }

  /** Puts back a pod that {@link pop} returned and that found no node. */
  addUnschedulable(pod: QueuedPod, failure: SchedulingFailure): void {
    const { rejectedBy, pendingBy = [] } = failure
    const timestamp = this.#dependencies.now()
    if (rejectedBy.length === 0 && pendingBy.length === 0) {
      const { gatedBy: _, ...rest } = pod
      const failed = {
        ...rest,
        timestamp,
        rejectedBy,
        pendingBy,
        consecutiveErrors: pod.consecutiveErrors + 1,
      }
      this.#put(failed, 'errorBackoff')
    } else {
      const unschedulableCount = pod.unschedulableCount + 1
      this.#put(
        { ...pod, timestamp, rejectedBy, pendingBy, unschedulableCount, consecutiveErrors: 0 },
        'unschedulable',
      )
    }
  }

  /** Handles an event: pods that it may help leave the pool, in the order in which they entered it. */
  onEvent(event: ClusterEvent): void {
    if (this.#pool.size === 0) return
    // most events help no pod, so only the helped ones are sorted
    const helped = this.#pool.candidates(
      (plugin) => this.#dependencies.isInterested(plugin, event.kind),
      (pod) => this.#helps(pod, event) !== undefined,
    )
    for (const pod of helped) this.#reconsider(pod, event)
  }

  /** Handles events that concern one pod only: changes of itself. */
  onOwnEvents(key: string, events: readonly ClusterEvent[]): void {
    for (const event of events) {
      const pod = this.#pods.get(key)
      if (pod?.place === 'unschedulable') this.#reconsider(pod, event)
    }
  }

  /** Activates the pods whose back-off has ended. */
  flush(): void {
    const now = this.#dependencies.now()
    for (const heap of [this.#backoff, this.#errors]) {
      for (
        let pod = this.#peek(heap);
        pod && !this.#dependencies.backoff.isBackingOff(pod, now);
        pod = this.#peek(heap)
      ) {
        heap.pop()
        this.#activate(pod)
      }
    }
  }

  /**
   * Returns the virtual ms at which {@link flush} next has an effect that {@link pop} would not have by
   * itself.
   */
  nextFlush(): number | undefined {
    const waiting = this.#dependencies.popFromBackoff ? [this.#errors] : [this.#errors, this.#backoff]
    const times = waiting.map((heap) => this.#peek(heap)).filter((pod) => pod !== undefined)
    return times.length === 0
      ? undefined
      : Math.min(...times.map((pod) => this.#dependencies.backoff.flushTime(pod)))
  }

  /** Returns the pod with the earliest end of an error back-off. */
  nextError(): QueuedPod | undefined {
    return this.#peek(this.#errors)
  }

  /**
   * Retries pods that have been in the pool for more than 5 minutes. Returns the timestamp of the oldest
   * remaining one.
   */
  sweep(): number | undefined {
    const now = this.#dependencies.now()
    let earliest: number | undefined
    for (const pod of this.#pool.bySeq()) {
      if (pod.gatedBy !== undefined) continue
      if (now - pod.timestamp > MAX_UNSCHEDULABLE_MS) this.#leavePool(pod)
      else earliest = Math.min(earliest ?? pod.timestamp, pod.timestamp)
    }
    return earliest
  }

  get #pods(): Map<string, QueuedPod> {
    return this.#dependencies.state.value.pods
  }

  #reconsider(pod: QueuedPod, event: ClusterEvent): void {
    const help = this.#helps(pod, event)
    if (help === 'at once') this.#activate(pod)
    else if (help === 'after back-off') this.#leavePool(pod)
  }

  /** Returns whether, and when, a plugin that rejected the pod wants it back because of the event. */
  #helps(pod: QueuedPod, event: ClusterEvent): 'at once' | 'after back-off' | undefined {
    const info = this.#dependencies.podInfo(pod.key)
    if (!info) return undefined
    const says = (plugin: string): boolean => {
      const hint = this.#dependencies.hintOf(info, plugin, event.kind)
      return hint !== undefined && (hint === 'queue' || hint(info, event))
    }
    if (pod.gatedBy !== undefined) return says(pod.gatedBy) ? 'at once' : undefined
    if (pod.pendingBy.some(says)) return 'at once'
    return pod.rejectedBy.some(says) ? 'after back-off' : undefined
  }

  #leavePool(pod: QueuedPod): void {
    if (this.#dependencies.backoff.isBackingOff(pod, this.#dependencies.now())) this.#moveTo(pod, 'backoff')
    else this.#activate(pod)
  }

  #activate(pod: QueuedPod): void {
    this.#moveTo(pod, 'active')
  }

  #moveTo(pod: QueuedPod, place: 'active' | 'backoff'): void {
    const info = this.#dependencies.podInfo(pod.key)
    if (info) this.#enqueue({ ...pod, place }, info)
    else this.delete(pod.key)
  }

  /**
   * Moves a pod to the active or back-off queue, or as gated to the pool if a PreEnqueue plugin rejects it.
   */
  #enqueue(pod: QueuedPod, info: PodInfo): void {
    const gate = this.#dependencies.preEnqueue(info)
    if (gate) this.#put({ ...pod, gatedBy: gate.plugin }, 'unschedulable')
    else {
      const { gatedBy: _, ...free } = pod
      this.#put(free, pod.place)
    }
  }

  #put(pod: QueuedPod, place: QueuePlace): void {
    const { value: state } = this.#dependencies.state
    const old = state.pods.get(pod.key)
    if (old?.place === 'unschedulable') this.#pool.delete(old)
    const { key, ...rest } = pod
    const record = Object.freeze({ key, ...rest, place, seq: state.nextSeq++ })
    state.pods.set(record.key, record)
    this.#index(record)
  }

  #index(pod: QueuedPod): void {
    if (pod.place === 'unschedulable') this.#pool.add(pod)
    else this.#heapOf(pod.place).push(pod)
  }

  #heapOf(place: Exclude<QueuePlace, 'unschedulable'>): Heap<QueuedPod> {
    return place === 'active' ? this.#active : place === 'backoff' ? this.#backoff : this.#errors
  }

  /**
   * Returns the top of a heap. A record that has been replaced or deleted stays in its heap until it comes to
   * the top.
   */
  #peek(heap: Heap<QueuedPod>): QueuedPod | undefined {
    for (let top = heap.peek(); top; top = heap.peek()) {
      if (this.#pods.get(top.key) === top) return top
      heap.pop()
    }
    return undefined
  }

  #take(heap: Heap<QueuedPod>): QueuedPod | undefined {
    const pod = this.#peek(heap)
    if (pod) heap.pop()
    return pod
  }
}
