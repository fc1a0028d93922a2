import type { Mvcc } from './mvcc.js'
import { hashStorage } from './storage-hash.js'
import { isTombstone, type Version } from '../version.js'

/** How many compaction hashes etcd remembers. */
const REMEMBERED = 10

export interface CompactionHash {
  readonly revision: number
  /** The compacted revision before that compaction. */
  readonly compactRevision: number
  readonly hash: number
}

/** A remembered hash that has not been requested yet: the key space just before the compaction. */
interface PendingHash {
  readonly revision: number
  readonly compactRevision: number
  readonly before: Mvcc
}

type Remembered = CompactionHash | PendingHash

/** HashKV results: computed for readable revisions, remembered for the latest compactions. Immutable. */
export class CompactionHashes {
  readonly #remembered: readonly Remembered[]
  readonly #known = new Map<number, CompactionHash>()

  constructor(remembered: readonly Remembered[] = []) {
    this.#remembered = remembered
  }

  /**
   * Returns the hashes including that of the compaction about to happen. That hash is computed on first use,
   * from an O(1) fork taken now; the fork keeps the compacted data alive until ten more compactions have
   * passed.
   */
  with(revision: number, before: Mvcc): CompactionHashes {
    const pending = { revision, compactRevision: before.compacted, before: before.fork() }
    return new CompactionHashes([pending, ...this.#remembered].slice(0, REMEMBERED))
  }

  /** Returns the hash at a revision (0: the current one), remembered or computed. */
  at(revision: number, mvcc: Mvcc): CompactionHash {
    const entry = this.#remembered.find((each) => each.revision === revision)
    if (entry !== undefined) return this.#resolve(entry)
    const at = revision === 0 ? mvcc.revision : revision
    // etcd accepts a negative revision, at which nothing is stored
    if (at > 0) mvcc.checkReadable(at)
    return hashAt(mvcc, at, false)
  }

  /** Returns all remembered hashes, newest first. */
  all(): CompactionHash[] {
    return this.#remembered.map((entry) => this.#resolve(entry))
  }

  #resolve(entry: Remembered): CompactionHash {
    if (!('before' in entry)) return entry
    let known = this.#known.get(entry.revision)
    if (known === undefined) {
      known = hashAt(entry.before, entry.revision, true)
      this.#known.set(entry.revision, known)
    }
    return known
  }
}

function hashAt(mvcc: Mvcc, revision: number, compacting: boolean): CompactionHash {
  const writes = mvcc.storage(revision)
  const newest = new Map<string, Version>()
  for (const write of writes) newest.set(write.kv.key, write)
  // a compaction keeps a tombstone at exactly its revision, but HashKV's own keep set has no tombstones
  const keep = [...newest.values()].filter(
    ({ kv }) => !isTombstone(kv) || (compacting && kv.modRevision === revision),
  )
  return {
    revision,
    compactRevision: mvcc.compacted,
    hash: hashStorage({ writes, compactRevision: mvcc.compacted, keep: new Set(keep) }),
  }
}
