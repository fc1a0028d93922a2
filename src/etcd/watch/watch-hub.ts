import { IntervalTree } from '../mvcc/interval-tree.js'
import type { Mvcc } from '../mvcc/mvcc.js'
import { isTombstone, type KeyValue, type Version } from '../version.js'
import type { KeyEvent } from './watch-types.js'

/** The writes of one revision in one range; shared by all observers of that range. */
export class Batch {
  readonly revision: number
  readonly #mvcc: Mvcc
  readonly #writes: readonly Version[]
  #plain: readonly KeyEvent[] | undefined
  #withPrevious: readonly KeyEvent[] | undefined

  constructor(mvcc: Mvcc, writes: readonly Version[]) {
    this.revision = writes[0]!.kv.modRevision
    this.#mvcc = mvcc
    this.#writes = writes
  }

  /** Returns the events in order of their sub-revisions. */
  events(prevKv: boolean): readonly KeyEvent[] {
    if (prevKv)
      return (this.#withPrevious ??= this.#writes.map((write) => eventOf(write, this.#mvcc.before(write))))
    return (this.#plain ??= this.#writes.map((write) => eventOf(write)))
  }
}

export function eventOf({ kv }: Version, prevKv?: KeyValue): KeyEvent {
  const type = isTombstone(kv) ? 'DELETE' : 'PUT'
  return prevKv === undefined ? { type, kv } : { type, kv, prevKv }
}

/** Observes the writes in a range: called once for each revision that has any. */
export interface RangeObserver {
  notify(batch: Batch): void
}

interface RangeGroup {
  readonly start: string
  readonly end: string
  readonly observers: Set<RangeObserver>
  /** The writes of the revision being dispatched. */
  hits: Version[]
}

/**
 * Matches writes to watchers: a map for single keys and an interval tree for ranges, with the observers of
 * equal ranges in one group. A write costs O(log ranges + ranges that contain it), however many observers
 * there are elsewhere.
 *
 * Observers are notified after the commit, one revision at a time, even if an observer itself writes.
 */
export class KeyWatchHub {
  readonly #mvcc: Mvcc
  readonly #keys = new Map<string, RangeGroup>()
  readonly #ranges = new Map<string, RangeGroup>()
  readonly #intervals = new IntervalTree<RangeGroup>()
  readonly #queue: (readonly Version[] | (() => void))[] = []
  #draining = false

  constructor(mvcc: Mvcc) {
    this.#mvcc = mvcc
  }

  get idle(): boolean {
    return this.#keys.size === 0 && this.#ranges.size === 0
  }

  observe(start: string, end: string, observer: RangeObserver): void {
    const single = end === start + '\0'
    const groups = single ? this.#keys : this.#ranges
    const name = single ? start : rangeName(start, end)
    let group = groups.get(name)
    if (group === undefined) {
      group = { start, end, observers: new Set(), hits: [] }
      groups.set(name, group)
      if (!single) this.#intervals.insert(start, end, group)
    }
    group.observers.add(observer)
  }

  forget(start: string, end: string, observer: RangeObserver): void {
    const single = end === start + '\0'
    const groups = single ? this.#keys : this.#ranges
    const name = single ? start : rangeName(start, end)
    const group = groups.get(name)
    if (group === undefined || !group.observers.delete(observer) || group.observers.size > 0) return
    groups.delete(name)
    if (!single) this.#intervals.remove(start, end, group)
  }

  /** Returns how many observers a write of the key would reach. */
  observersOf(key: string): number {
    let count = this.#keys.get(key)?.observers.size ?? 0
    this.#intervals.stab(key, ({ observers }) => (count += observers.size))
    return count
  }

  /** Notifies the observers of the writes of one commit. */
  publish(writes: readonly Version[]): void {
    this.#queue.push(writes)
    this.#drain()
  }

  /** Runs a task now; observers are notified of writes in the meantime after it. */
  hold<T>(task: () => T): T {
    if (this.#draining) return task()
    this.#draining = true
    try {
      return task()
    } finally {
      this.#draining = false
      this.#drain()
    }
  }

  /** Runs a task once observers have been notified of all commits so far. */
  afterPublished(task: () => void): void {
    this.#queue.push(task)
    this.#drain()
  }

  #drain(): void {
    if (this.#draining) return
    this.#draining = true
    const failures: unknown[] = []
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      if (typeof next === 'function') attempt(next, failures)
      else this.#dispatch(next, failures)
    }
    this.#draining = false
    // all observers have been notified; the failure of one must still not be swallowed
    if (failures.length > 0) throw failures[0]
  }

  #dispatch(writes: readonly Version[], failures: unknown[]): void {
    for (const group of this.#hitBy(writes)) {
      const batch = new Batch(this.#mvcc, group.hits)
      group.hits = []
      for (const observer of group.observers) {
        try {
          observer.notify(batch)
        } catch (failure) {
          failures.push(failure)
        }
      }
    }
  }

  /** Returns the groups affected by the writes, with their writes. */
  #hitBy(writes: readonly Version[]): readonly RangeGroup[] {
    const hit: RangeGroup[] = []
    let write = writes[0]!
    const collect = (group: RangeGroup): void => {
      if (group.hits.length === 0) hit.push(group)
      group.hits.push(write)
    }
    for (write of writes) {
      const group = this.#keys.get(write.kv.key)
      if (group !== undefined) collect(group)
      this.#intervals.stab(write.kv.key, collect)
    }
    return hit
  }
}

function attempt(task: () => void, failures: unknown[]): void {
  try {
    task()
  } catch (failure) {
    failures.push(failure)
  }
}

function rangeName(start: string, end: string): string {
  return `${start}\u0101${end}`
}
