import { CowTree, type TreeMeasure } from './cow-tree.js'
import { EtcdError } from '../errors.js'
import { EventLog } from './event-log.js'
import { UNBOUNDED } from './keys.js'
import { isBuilder, type StoredValue, type ValueBuilder } from './value.js'
import {
  isTombstone,
  liveAt,
  pushVersion,
  ReservedKeyValue,
  tombstone,
  versionAt,
  type KeyValue,
  type Version,
} from '../version.js'

/** The compacted revision of a store that was never compacted, as etcd counts. */
export const NEVER_COMPACTED = -1

/**
 * `changes` scans up to this many log entries instead of walking the index; scanning one takes a few
 * nanoseconds.
 */
const SHORT_SCAN = 256

const HEADS: TreeMeasure<Version> = {
  weight: (head) => (isTombstone(head.kv) ? 0 : 1),
  stamp: (head) => head.kv.modRevision,
}

interface MvccState {
  readonly index?: CowTree<Version>
  readonly log?: EventLog
  readonly revision: number
  readonly compacted: number
}

/**
 * The multi-version key space: an index from each key to its chain of versions, and the log of all writes.
 *
 * Writes are collected under the next revision until `commit()`; reads without a revision see them at once. A
 * deleted key stays in the index (with weight 0) until a compaction removes its tombstone.
 */
export class Mvcc {
  readonly #index: CowTree<Version>
  readonly #log: EventLog
  #revision: number
  #compacted: number
  /** Number of writes in the open transaction. */
  #open = 0
  /** Version chain of the key of the last `seek`. */
  #seekedChain: Version | undefined

  constructor(state?: MvccState) {
    this.#index = state?.index ?? new CowTree(HEADS)
    this.#log = state?.log ?? new EventLog()
    this.#revision = state?.revision ?? 1
    this.#compacted = state?.compacted ?? NEVER_COMPACTED
  }

  fork(): Mvcc {
    return new Mvcc({
      index: this.#index.fork(),
      log: this.#log.fork(),
      revision: this.#revision,
      compacted: this.#compacted,
    })
  }

  /** The last committed revision. */
  get revision(): number {
    return this.#revision
  }

  /**
   * The revision that a read in the open transaction reports: one more than the committed one once something
   * was written.
   */
  get visibleRevision(): number {
    return this.#open > 0 ? this.#revision + 1 : this.#revision
  }

  get compacted(): number {
    return this.#compacted
  }

  get openWrites(): number {
    return this.#open
  }

  /** Number of live keys. */
  get size(): number {
    return this.#index.weight
  }

  /** Number of writes in the log. */
  get logLength(): number {
    return this.#log.length
  }

  get(key: string): KeyValue | undefined {
    const head = this.#index.get(key)
    return head === undefined || isTombstone(head.kv) ? undefined : head.kv
  }

  getAt(key: string, revision: number): KeyValue | undefined {
    return liveAt(this.#index.get(key), revision)
  }

  /** Like `get`, but the next call must be `write` or `erase` of the same key. */
  seek(key: string): KeyValue | undefined {
    const head = this.#index.seek(key)
    this.#seekedChain = head
    return head === undefined || isTombstone(head.kv) ? undefined : head.kv
  }

  /** Counts the live keys in `[start, end)` now, in O(log n). */
  count(start: string, end: string): number {
    return this.#index.count(start, end)
  }

  nth(start: string, n: number): KeyValue | undefined {
    return this.#index.nth(start, n)?.kv
  }

  /** Visits the live keys in `[start, end)` now, ascending. */
  visit(start: string, end: string, each: (kv: KeyValue) => boolean | void): void {
    this.#index.visit(start, end, (head) => (isTombstone(head.kv) ? true : each(head.kv)))
  }

  /**
   * Visits the live keys in `[start, end)` at a revision, ascending; O(log versions) for each key that exists
   * now or is a tombstone.
   */
  visitAt(start: string, end: string, revision: number, each: (kv: KeyValue) => boolean | void): void {
    this.#index.visit(start, end, (head) => {
      const kv = liveAt(head, revision)
      return kv === undefined ? true : each(kv)
    })
  }

  /** Puts a value at the position of the last `seek(key)`. */
  write(
    key: string,
    value: StoredValue | ValueBuilder,
    lease: bigint,
    current: KeyValue | undefined,
  ): KeyValue {
    const revision = this.#revision + 1
    const created = current?.createRevision ?? revision
    const version = (current?.version ?? 0) + 1
    const kv: KeyValue = isBuilder(value)
      ? new ReservedKeyValue(key, value, created, revision, version, lease)
      : Object.freeze({ key, value, createRevision: created, modRevision: revision, version, lease })
    this.#push(kv)
    return kv
  }

  /** Deletes the live key of the last `seek(key)`. Returns the tombstone. */
  erase(key: string): KeyValue {
    const kv = tombstone(key, this.#revision + 1)
    this.#push(kv)
    return kv
  }

  /** Makes `revision` the last committed one; those in between have no writes. */
  skipTo(revision: number): void {
    if (revision < this.#revision) throw new Error('assertion failed: revisions do not go back')
    this.#revision = revision
  }

  /** Closes the transaction. Returns the number of its writes, which are the last ones of the log. */
  commit(): number {
    const writes = this.#open
    if (writes > 0) this.#revision++
    this.#open = 0
    return writes
  }

  /** Returns the last `n` writes, oldest first. */
  lastWrites(n: number): Version[] {
    return this.#log.last(n)
  }

  /**
   * Returns the writes in `[start, end)` after a revision, in order. Short gaps are scanned in the log. For
   * longer ones the index is walked by its "changed since" stamps: O(changed keys x log n), whatever happened
   * in other ranges.
   */
  changes(start: string, end: string, after: number): Version[] {
    const from = this.#log.positionAfter(after)
    const until = this.#log.length
    const found: Version[] = []
    if (until - from <= SHORT_SCAN || (start <= '\0' && end === UNBOUNDED)) {
      for (let position = from; position < until; position++) {
        const write = this.#log.at(position)
        if (write.kv.key >= start && write.kv.key < end) found.push(write)
      }
      return found
    }
    this.#index.visitNewer(start, end, after, (head) => {
      for (
        let write: Version | undefined = head;
        write !== undefined && write.kv.modRevision > after;
        write = write.previous
      ) {
        found.push(write)
      }
    })
    return found.sort(byRevision)
  }

  /**
   * Returns the value before a write, as a reader at the previous revision sees it; undefined once that is
   * compacted.
   */
  before(write: Version): KeyValue | undefined {
    const revision = write.kv.modRevision - 1
    return revision < this.#compacted ? undefined : liveAt(write.previous, revision)
  }

  /** Returns every retained write at or before a revision, in storage order. O(n log n). */
  storage(until: number = this.#revision): Version[] {
    const writes: Version[] = []
    this.#index.visit('', UNBOUNDED, (head) => {
      for (let write = versionAt(head, until); write !== undefined; write = write.previous) writes.push(write)
    })
    return writes.sort(byRevision)
  }

  /** Throws unless the revision can be read (judged by the state before the open transaction). */
  checkReadable(revision: number): void {
    if (revision > this.#revision) throw new EtcdError('futureRevision')
    if (revision < this.#compacted) throw new EtcdError('compacted')
  }

  /**
   * Throws unless the history can be compacted at the revision: after the compacted one, up to the current
   * one.
   */
  checkCompactable(revision: number): void {
    if (revision <= this.#compacted) throw new EtcdError('compacted')
    if (revision > this.#revision) throw new EtcdError('futureRevision')
  }

  /**
   * Drops everything that no reader at or after the revision can see. Kept for each key: everything newer,
   * and the newest write at or before the revision if that is a put, or a tombstone at exactly the revision.
   * Costs O(dropped + what those keys keep).
   */
  compact(revision: number): void {
    this.checkCompactable(revision)
    const end = this.#log.positionAfter(revision)
    const touched = new Set<string>()
    for (let position = 0; position < end; position++) touched.add(this.#log.at(position).kv.key)
    for (const key of touched) this.#compactKey(key, revision)
    const kept: Version[] = []
    for (let position = this.#log.positionAfter(revision - 1); position < end; position++) {
      const write = this.#log.at(position)
      const stored = versionAt(this.#index.get(write.kv.key), revision)
      if (stored?.kv === write.kv) kept.push(stored)
    }
    this.#log.dropBefore(end, kept)
    this.#compacted = revision
  }

  /** Restores one stored write, for loading from a file. Writes must come in storage order. */
  load(kv: KeyValue, sub: number, logged: boolean): void {
    const write = pushVersion(this.#index.seek(kv.key), kv, sub)
    this.#index.put(kv.key, write)
    if (logged) this.#log.append(write)
  }

  #push(kv: KeyValue): void {
    const write = pushVersion(this.#seekedChain, kv, this.#open++)
    this.#index.put(kv.key, write)
    this.#log.append(write)
  }

  #compactKey(key: string, revision: number): void {
    const head = this.#index.get(key)
    if (head === undefined) return
    const newest = versionAt(head, revision)
    const kept: Version[] = []
    for (let write: Version = head; write !== newest; write = write.previous!) kept.push(write)
    const base =
      newest !== undefined && (!isTombstone(newest.kv) || newest.kv.modRevision === revision)
        ? newest
        : undefined
    if (base === undefined && kept.length === 0) {
      this.#index.delete(key)
      return
    }
    if (base === newest && newest?.previous === undefined) return
    let chain = base === undefined ? undefined : pushVersion(undefined, base.kv, base.sub)
    for (const write of kept.reverse()) {
      chain = pushVersion(chain, write.kv, write.sub)
      this.#log.replace(chain)
    }
    this.#index.set(key, chain!)
  }
}

function byRevision(a: Version, b: Version): number {
  return a.kv.modRevision - b.kv.modRevision || a.sub - b.sub
}
