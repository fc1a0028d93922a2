import type { PlainData } from './plain-data.js'

/**
 * `work`: something is in flight (a container starts, a grace period runs, a retry waits); `settle()` waits for it.
 * `watchdog`: periodic or far-off (lease renewal, monitor period, toleration deadline, TTL); fires when time passes it anyway.
 */
export type TimerClass = 'work' | 'watchdog'

/** A pending timer. Pure data: what it will do is decided by the handler that `owner` has for `topic`. */
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

const idOf = (owner: string, topic: string, key: string): string => `${owner}\n${topic}\n${key}`

/**
 * All pending timers: a binary heap ordered by (due, seq), and an index by (owner, topic, key), for which there is at most one timer.
 * A timer that is cancelled or set again stays in the heap as a stale record until it reaches the top; the index tells which is live.
 */
export class Timers {
  readonly #heap: Timer[] = []
  readonly #live = new Map<string, Timer>()
  #nextSeq = 0
  #pendingWork = 0

  get size(): number {
    return this.#live.size
  }

  /** Number of live timers of class `work`. */
  get pendingWork(): number {
    return this.#pendingWork
  }

  /** Sets the timer of (owner, topic, key), replacing the one that may be pending there. */
  set(timer: Omit<Timer, 'seq'>): void {
    this.cancel(timer.owner, timer.topic, timer.key)
    const record: Timer = { ...timer, seq: this.#nextSeq++ }
    this.#live.set(idOf(record.owner, record.topic, record.key), record)
    if (record.class === 'work') this.#pendingWork++
    this.#push(record)
  }

  get(owner: string, topic: string, key: string): Timer | undefined {
    return this.#live.get(idOf(owner, topic, key))
  }

  /** Removes a pending timer; answers whether there was one. */
  cancel(owner: string, topic: string, key: string): boolean {
    const id = idOf(owner, topic, key)
    const timer = this.#live.get(id)
    if (!timer) return false
    this.#drop(id, timer)
    return true
  }

  /** Removes all timers of an owner: what a stopped process forgets. */
  cancelOwner(owner: string): void {
    for (const [id, timer] of this.#live) if (timer.owner === owner) this.#drop(id, timer)
  }

  /** The timer that fires next, if any. */
  peek(): Timer | undefined {
    for (;;) {
      const top = this.#heap[0]
      if (!top || this.#isLive(top)) return top
      this.#removeTop()
    }
  }

  /** Removes and answers the next timer if it is due at `now`. */
  popDue(now: number): Timer | undefined {
    const top = this.peek()
    if (!top || top.due > now) return undefined
    this.#removeTop()
    this.#drop(idOf(top.owner, top.topic, top.key), top)
    return top
  }

  /** All live timers in firing order, for snapshots and diagnosis. */
  toArray(): readonly Timer[] {
    return [...this.#live.values()].sort(byDueThenSeq)
  }

  /** The sequence number that the next timer gets, part of a snapshot. */
  get nextSeq(): number {
    return this.#nextSeq
  }

  static restore(timers: readonly Timer[], nextSeq: number): Timers {
    const restored = new Timers()
    for (const timer of timers) {
      restored.#live.set(idOf(timer.owner, timer.topic, timer.key), timer)
      if (timer.class === 'work') restored.#pendingWork++
      restored.#push(timer)
    }
    restored.#nextSeq = nextSeq
    return restored
  }

  #isLive(timer: Timer): boolean {
    return this.#live.get(idOf(timer.owner, timer.topic, timer.key)) === timer
  }

  #drop(id: string, timer: Timer): void {
    this.#live.delete(id)
    if (timer.class === 'work') this.#pendingWork--
    if (this.#heap.length > 64 && this.#heap.length > 4 * this.#live.size) this.#compact()
  }

  /** Stale records are thrown out together once they are the large majority, so that the heap stays proportional to what is live. */
  #compact(): void {
    const live = this.#heap.filter((timer) => this.#isLive(timer)).sort(byDueThenSeq)
    this.#heap.length = 0
    for (const timer of live) this.#heap.push(timer)
  }

  #push(timer: Timer): void {
    const heap = this.#heap
    let at = heap.push(timer) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (byDueThenSeq(heap[parent] as Timer, timer) <= 0) break
      heap[at] = heap[parent] as Timer
      at = parent
    }
    heap[at] = timer
  }

  #removeTop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && byDueThenSeq(heap[child + 1] as Timer, heap[child] as Timer) < 0) child++
      if (byDueThenSeq(last, heap[child] as Timer) <= 0) break
      heap[at] = heap[child] as Timer
      at = child
    }
    heap[at] = last
  }
}

function byDueThenSeq(a: Timer, b: Timer): number {
  return a.due - b.due || a.seq - b.seq
}
