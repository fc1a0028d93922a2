import type { PlainData } from './data/plain-data.js'
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

/** Pending timers that copies of a simulation have in common. */
class SharedTimers {
  /** In firing order. */
  readonly all: readonly Timer[]
  /** Number of those of class `work`. */
  readonly work: number
  #places: Map<string, number> | undefined

  constructor(all: readonly Timer[]) {
    this.all = all
    let work = 0
    for (const timer of all) if (timer.class === 'work') work++
    this.work = work
  }

  /** Returns the index of the timer with that id, see {@link stepId}; undefined if there is none. */
  placeOf(id: string): number | undefined {
    this.#places ??= new Map(this.all.map((timer, place) => [stepId(timer), place]))
    return this.#places.get(id)
  }
}

/** By what they return as an array, which is part of a state. */
const sharedByArray = new WeakMap<readonly Timer[], SharedTimers>()

function sharedOf(timers: readonly Timer[]): SharedTimers {
  let shared = sharedByArray.get(timers)
  if (shared === undefined) sharedByArray.set(timers, (shared = new SharedTimers(timers)))
  return shared
}

/**
 * All pending timers, each of which has an (owner, topic, key) of its own: those shared with copies, in
 * firing order, and, for those that have been set since, a binary heap ordered by (due, seq) and an index.
 * Cancelled and replaced timers stay in the heap as stale entries until they reach the top, since removing
 * from the middle of a heap is expensive.
 */
export class Timers {
  #shared: SharedTimers
  /** Index of the first shared timer that can be pending. */
  #next = 0
  /** Indexes of the later ones that are not pending any more. */
  readonly #gone = new Set<number>()
  readonly #heap: Entry[] = []
  readonly #live = new Map<string, Entry>()
  #nextSeq: number
  #pendingWork: number

  /** `shared` are the pending timers at first, in firing order. */
  constructor(shared: readonly Timer[] = [], nextSeq = 0) {
    this.#shared = sharedOf(shared)
    this.#nextSeq = nextSeq
    this.#pendingWork = this.#shared.work
  }

  get size(): number {
    return this.#live.size + this.#shared.all.length - this.#next - this.#gone.size
  }

  /** Number of pending timers of class `work`. */
  get pendingWork(): number {
    return this.#pendingWork
  }

  /**
   * Sets the timer of (owner, topic, key), replacing a pending one. `prefix` is that of the topic, for
   * callers that have it at hand.
   */
  set(timer: Omit<Timer, 'seq'>, prefix: string = timerPrefix(timer.owner, timer.topic)): void {
    const id = prefix + timer.key
    this.#cancel(id)
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
    const id = stepId({ owner, topic, key })
    const own = this.#live.get(id)
    if (own !== undefined) return own.timer
    const place = this.#placeOf(id)
    return place === undefined ? undefined : this.#shared.all[place]
  }

  /** Cancels a pending timer. Returns whether there was one. */
  cancel(owner: string, topic: string, key: string): boolean {
    return this.#cancel(stepId({ owner, topic, key }))
  }

  /** Cancels all timers of an owner, as when its process stops. */
  cancelOwner(owner: string): void {
    for (const timer of this.#pendingShared()) if (timer.owner === owner) this.#cancel(stepId(timer))
    for (const entry of this.#live.values()) if (entry.timer.owner === owner) this.#drop(entry)
  }

  /** Returns the next timer to fire, if any. */
  peek(): Timer | undefined {
    const shared = this.#nextShared()
    const own = this.#top()
    if (shared === undefined || own === undefined) return shared ?? own?.timer
    return byDueThenSeq(shared, own) < 0 ? shared : own.timer
  }

  /** Removes and returns the next timer if it is due at `now`. */
  popDue(now: number): Timer | undefined {
    const next = this.peek()
    if (next === undefined || next.due > now) return undefined
    const top = this.#heap[0]
    if (top?.timer === next) {
      this.#removeTop()
      this.#drop(top)
    } else {
      this.#next++
      this.#countOut(next)
    }
    return next
  }

  /** Returns all pending timers in firing order, for diagnosis. */
  toArray(): readonly Timer[] {
    if (this.#live.size === 0 && this.size === this.#shared.all.length) return this.#shared.all
    const own = [...this.#live.values()].map(({ timer }) => timer)
    return [...this.#pendingShared(), ...own].sort(byDueThenSeq)
  }

  /** Returns all pending timers in firing order, for copies; the same array as long as nothing changes. */
  share(): readonly Timer[] {
    const all = this.toArray()
    if (all === this.#shared.all) return all
    this.#shared = sharedOf(all)
    this.#next = 0
    this.#gone.clear()
    this.#heap.length = 0
    this.#live.clear()
    return all
  }

  /** The sequence number of the next timer; part of a snapshot. */
  get nextSeq(): number {
    return this.#nextSeq
  }

  /** Returns the index of a pending shared timer. */
  #placeOf(id: string): number | undefined {
    if (this.#next === this.#shared.all.length) return undefined
    const place = this.#shared.placeOf(id)
    return place === undefined || place < this.#next || this.#gone.has(place) ? undefined : place
  }

  /** Returns the first pending shared timer. */
  #nextShared(): Timer | undefined {
    while (this.#gone.size > 0 && this.#gone.delete(this.#next)) this.#next++
    return this.#shared.all[this.#next]
  }

  #pendingShared(): readonly Timer[] {
    const first = this.#next
    return this.#shared.all.filter((_, place) => place >= first && !this.#gone.has(place))
  }

  #cancel(id: string): boolean {
    const own = this.#live.get(id)
    if (own !== undefined) {
      this.#drop(own)
      return true
    }
    const place = this.#placeOf(id)
    if (place === undefined) return false
    this.#gone.add(place)
    this.#countOut(this.#shared.all[place] as Timer)
    return true
  }

  #countOut(timer: Timer): void {
    if (timer.class === 'work') this.#pendingWork--
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
    this.#countOut(entry.timer)
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

function byDueThenSeq(a: Pick<Timer, 'due' | 'seq'>, b: Pick<Timer, 'due' | 'seq'>): number {
  return a.due - b.due || a.seq - b.seq
}
