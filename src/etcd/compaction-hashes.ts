import type { Mvcc } from './mvcc.js'
import { hashStorage } from './storage-hash.js'
import { isTombstone, type Version } from './version.js'

/** How many compactions' hashes etcd remembers. */
const REMEMBERED = 10

export interface CompactionHash {
  readonly revision: number
  /** The compacted revision before that compaction. */
  readonly compactRevision: number
  readonly hash: number
}

/** A remembered hash that nobody has asked for yet: the space as it was just before the compaction. */
interface PendingHash {
  readonly revision: number
  readonly compactRevision: number
  readonly before: Mvcc
}

type Remembered = CompactionHash | PendingHash

/** HashKV's answers: computed for readable revisions, remembered for the newest compactions. Immutable. */
export class CompactionHashes {
  readonly #remembered: readonly Remembered[]
  readonly #known = new Map<number, CompactionHash>()

  constructor(remembered: readonly Remembered[] = []) {
    this.#remembered = remembered
  }

  /**
   * With the compaction that is about to be done. Its hash is computed when it is first asked for, from an
   * O(1) fork taken now; that fork keeps what is compacted alive until ten more compactions have passed.
   */
  with(revision: number, before: Mvcc): CompactionHashes {
    const pending = { revision, compactRevision: before.compacted, before: before.fork() }
    return new CompactionHashes([pending, ...this.#remembered].slice(0, REMEMBERED))
  }

  /** The hash at a revision (0: the current one), remembered or computed. */
  at(revision: number, mvcc: Mvcc): CompactionHash {
    const entry = this.#remembered.find((each) => each.revision === revision)
    if (entry !== undefined) return this.#resolve(entry)
    const at = revision === 0 ? mvcc.revision : revision
    // etcd lets a negative revision pass, at which nothing is stored.
    if (at > 0) mvcc.checkReadable(at)
    return hashAt(mvcc, at, false)
  }

  /** All remembered hashes, newest first. */
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
  // A compaction keeps a tombstone at exactly its revision; HashKV's own keep set holds no tombstones.
  const keep = [...newest.values()].filter(
    ({ kv }) => !isTombstone(kv) || (compacting && kv.modRevision === revision),
  )
  return {
    revision,
    compactRevision: mvcc.compacted,
    hash: hashStorage({ writes, compactRevision: mvcc.compacted, keep: new Set(keep) }),
  }
}
