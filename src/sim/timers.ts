import type { PlainData } from './plain-data.js'
import { stepId } from './ready-queue.js'

/**
 * `work`: something is in flight (a starting container, a grace period, a retry), and `settle()` waits for
 * it. `watchdog`: periodic or far off (lease renewal, monitor period, toleration deadline, TTL); it fires
 * when time passes it, but `settle()` does not wait for it.
 */
export type TimerClass = 'work' | 'watchdog'

/** A pending timer. Plain data: what it does is determined by the handler that `owner` has for `topic`. */
export interface Timer {
  /** Virtual ms at which it fires. */
  readonly due: number
  /** Order among timers due at the same instant: the order in which they were set. */
  readonly seq: number
  readonly class: TimerClass
  readonly owner: string
  readonly topic: string
  readonly key: string
  readonly payload?: PlainData
}

/**
 * A timer in the heap. A cancelled or replaced one stays there, marked as stale, until it reaches the top.
 */
interface Entry {
  readonly timer: Timer
  readonly id: string
  /** Copies of the timer's, which the heap compares. */
  readonly due: number
  readonly seq: number
  live: boolean
}

/** Returns what the ids of all timers of a topic begin with, for {@link Timers.set}. */
export const timerPrefix = (owner: string, topic: string): string => stepId({ owner, topic, key: '' })

/**
 * All pending timers: a binary heap ordered by (due, seq), and an index by (owner, topic, key), each of which
 * has at most one timer. Cancelled and replaced timers stay in the heap as stale entries until they reach the
 * top, since removing from the middle of a heap is expensive.
 */
export class Timers {
  readonly #heap: Entry[] = []
  readonly #live = new Map<string, Entry>()
  #nextSeq = 0
  #pendingWork = 0

  get size(): number {
    return this.#live.size
  }

  /** Number of live timers of class `work`. */
  get pendingWork(): number {
    return this.#pendingWork
  }

  /**
   * Sets the timer of (owner, topic, key), replacing a pending one. `prefix` is that of the topic, for
   * callers that have it at hand.
   */
  set(timer: Omit<Timer, 'seq'>, prefix: string = timerPrefix(timer.owner, timer.topic)): void {
    const id = prefix + timer.key
    const former = this.#live.get(id)
    if (former) this.#drop(former)
    this.#add(entryOf({ seq: this.#nextSeq++, ...timer }, id))
  }

  /** Sets a timer that has its place in the order already. */
  restore(timer: Timer): void {
    this.#add(entryOf(timer, stepId(timer)))
  }

  /** Takes sequence numbers for timers that {@link restore} sets later. Returns the first one. Default 1. */
  takeSeq(count = 1): number {
    this.#nextSeq += count
    return this.#nextSeq - count
  }

  get(owner: string, topic: string, key: string): Timer | undefined {
    return this.#live.get(stepId({ owner, topic, key }))?.timer
  }

  /** Cancels a pending timer. Returns whether there was one. */
  cancel(owner: string, topic: string, key: string): boolean {
    const entry = this.#live.get(stepId({ owner, topic, key }))
    if (!entry) return false
    this.#drop(entry)
    return true
  }

  /** Cancels all timers of an owner, as when its process stops. */
  cancelOwner(owner: string): void {
    for (const entry of this.#live.values()) if (entry.timer.owner === owner) this.#drop(entry)
  }

  /** Returns the next timer to fire, if any. */
  peek(): Timer | undefined {
    return this.#top()?.timer
  }

  /** Removes and returns the next timer if it is due at `now`. */
  popDue(now: number): Timer | undefined {
    const top = this.#top()
    if (!top || top.due > now) return undefined
    this.#removeTop()
    this.#drop(top)
    return top.timer
  }

  /** Returns all live timers in firing order, for snapshots and diagnosis. */
  toArray(): readonly Timer[] {
    return [...this.#live.values()].sort(byDueThenSeq).map(({ timer }) => timer)
  }

  /** The sequence number of the next timer; part of a snapshot. */
  get nextSeq(): number {
    return this.#nextSeq
  }

  static of(timers: readonly Timer[], nextSeq: number): Timers {
    const all = new Timers()
    for (const timer of timers) all.restore(timer)
    all.#nextSeq = nextSeq
    return all
  }

  /** Returns the first live entry, discarding stale ones before it. */
  #top(): Entry | undefined {
    for (;;) {
      const top = this.#heap[0]
      if (!top || top.live) return top
      this.#removeTop()
    }
  }

  #add(entry: Entry): void {
    this.#live.set(entry.id, entry)
    if (entry.timer.class === 'work') this.#pendingWork++
    this.#push(entry)
  }

  #drop(entry: Entry): void {
    entry.live = false
    this.#live.delete(entry.id)
    if (entry.timer.class === 'work') this.#pendingWork--
    if (this.#heap.length > 64 && this.#heap.length > 4 * this.#live.size) this.#compact()
  }

  /**
   * Discards all stale entries once they are a large majority, so that the heap stays proportional to the
   * number of live timers.
   */
  #compact(): void {
    const live = this.#heap.filter((entry) => entry.live).sort(byDueThenSeq)
    this.#heap.length = 0
    for (const entry of live) this.#heap.push(entry)
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let at = heap.push(entry) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (byDueThenSeq(heap[parent] as Entry, entry) <= 0) break
      heap[at] = heap[parent] as Entry
      at = parent
    }
    heap[at] = entry
  }

  #removeTop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && byDueThenSeq(heap[child + 1] as Entry, heap[child] as Entry) < 0) child++
      if (byDueThenSeq(last, heap[child] as Entry) <= 0) break
      heap[at] = heap[child] as Entry
      at = child
    }
    heap[at] = last
  }
}

function entryOf(timer: Timer, id: string): Entry {
  return { timer, id, due: timer.due, seq: timer.seq, live: true }
}

function byDueThenSeq(a: Entry, b: Entry): number {
  return a.due - b.due || a.seq - b.seq
}
