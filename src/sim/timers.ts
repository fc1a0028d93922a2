import type { PlainData } from './plain-data.js'

/**
 * `work`: something is in flight (a container starts, a grace period runs, a retry waits); `settle()` waits
 * for it. `watchdog`: periodic or far-off (lease renewal, monitor period, toleration deadline, TTL); fires
 * when time passes it anyway.
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

/** A timer in the heap. One that is cancelled or replaced stays there, marked, until it reaches the top. */
interface Entry {
  readonly timer: Timer
  readonly id: string
  live: boolean
}

const idOf = (owner: string, topic: string, key: string): string => `${owner}\n${topic}\n${key}`

/**
 * All pending timers: a binary heap ordered by (due, seq), and an index by (owner, topic, key), for which
 * there is at most one timer. A timer that is cancelled or set again stays in the heap as a stale entry until
 * it reaches the top.
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

  /** Sets the timer of (owner, topic, key), replacing the one that may be pending there. */
  set(timer: Omit<Timer, 'seq'>): void {
    const id = idOf(timer.owner, timer.topic, timer.key)
    const former = this.#live.get(id)
    if (former) this.#drop(former)
    this.#add({ timer: { ...timer, seq: this.#nextSeq++ }, id, live: true })
  }

  get(owner: string, topic: string, key: string): Timer | undefined {
    return this.#live.get(idOf(owner, topic, key))?.timer
  }

  /** Removes a pending timer; answers whether there was one. */
  cancel(owner: string, topic: string, key: string): boolean {
    const entry = this.#live.get(idOf(owner, topic, key))
    if (!entry) return false
    this.#drop(entry)
    return true
  }

  /** Removes all timers of an owner: what a stopped process forgets. */
  cancelOwner(owner: string): void {
    for (const entry of this.#live.values()) if (entry.timer.owner === owner) this.#drop(entry)
  }

  /** The timer that fires next, if any. */
  peek(): Timer | undefined {
    return this.#top()?.timer
  }

  /** Removes and answers the next timer if it is due at `now`. */
  popDue(now: number): Timer | undefined {
    const top = this.#top()
    if (!top || top.timer.due > now) return undefined
    this.#removeTop()
    this.#drop(top)
    return top.timer
  }

  /** All live timers in firing order, for snapshots and diagnosis. */
  toArray(): readonly Timer[] {
    return [...this.#live.values()].sort(byDueThenSeq).map(({ timer }) => timer)
  }

  /** The sequence number that the next timer gets, part of a snapshot. */
  get nextSeq(): number {
    return this.#nextSeq
  }

  static restore(timers: readonly Timer[], nextSeq: number): Timers {
    const restored = new Timers()
    for (const timer of timers) {
      restored.#add({ timer, id: idOf(timer.owner, timer.topic, timer.key), live: true })
    }
    restored.#nextSeq = nextSeq
    return restored
  }

  /** The first entry that is live; stale ones before it are thrown away. */
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
   * Stale entries are thrown out together once they are the large majority, so that the heap stays
   * proportional to what is live.
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

function byDueThenSeq(a: Entry, b: Entry): number {
  return a.timer.due - b.timer.due || a.timer.seq - b.timer.seq
}
