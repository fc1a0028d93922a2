import type { RangeResponse, RequestOp } from '../../../etcd/requests.js'
import { valueBytes } from '../../../etcd/mvcc/value.js'

/** Where a key is in the history of the cluster's store. */
export type KeyRevisions = readonly [created: number, modified: number, version: number]

/** One write of the cluster's store, as it is made in etcd. */
export interface MirroredWrite {
  /** Key in etcd. */
  readonly key: string
  readonly op: RequestOp
  readonly place: KeyRevisions
}

/** Writes of one revision, or of all up to that revision. */
export interface MirroredBatch<W extends MirroredWrite = MirroredWrite> {
  readonly revision: number
  readonly writes: readonly W[]
}

/** A transaction's limits, with room for the notes. Source: etcd `--max-txn-ops`, `--max-request-bytes`. */
const MOST_WRITES = 4_000
const MOST_BYTES = 1_000_000

/**
 * Joins revisions, in order, as far as one transaction takes them: the first write of a mirror, since a
 * cluster that is still being created has no readers. Returns the last write of each key, and the number of
 * revisions.
 */
export function firstWrite(revisions: readonly MirroredBatch[]): {
  readonly batch: MirroredBatch
  readonly joined: number
} {
  const last = new Map<string, MirroredWrite>()
  let [joined, bytes] = [0, 0]
  for (const { writes } of revisions) {
    bytes += writes.reduce((sum, write) => sum + sizeOf(write), 0)
    const isFull = bytes > MOST_BYTES || last.size + writes.length > MOST_WRITES
    if (isFull && joined > 0) break
    for (const write of writes) last.set(write.key, write)
    joined++
  }
  return { batch: { revision: revisions[joined - 1]?.revision ?? 0, writes: [...last.values()] }, joined }
}

function sizeOf({ key, op }: MirroredWrite): number {
  const value = op.requestPut?.value
  return 2 * key.length + 64 + (value === undefined ? 0 : valueBytes(value).length)
}

/**
 * The places of what the first write has put: etcd gives them one revision, the cluster's store has given
 * each its own. Its key is written with them, and never again.
 */
export class FirstPlaces {
  /** The revision of the write in etcd; 0 if there was none. */
  readonly #revision: number
  readonly #places: ReadonlyMap<string, KeyRevisions>

  constructor({ kvs: [kept] }: Pick<RangeResponse, 'kvs'>) {
    this.#revision = kept?.modRevision ?? 0
    const text = kept === undefined ? '[]' : new TextDecoder().decode(valueBytes(kept.value))
    this.#places = new Map(JSON.parse(text) as readonly (readonly [string, KeyRevisions])[])
  }

  /** Returns the operation that keeps the places of `writes`. */
  static put(key: string, writes: readonly MirroredWrite[]): RequestOp {
    const places = writes.flatMap((write) =>
      write.op.requestPut === undefined ? [] : [[write.key, write.place] as const],
    )
    return { requestPut: { key, value: Buffer.from(JSON.stringify(places)) } }
  }

  /** Returns the place of a key that the first write made: etcd says that it was made at `created`. */
  of(key: string, created: number): KeyRevisions | undefined {
    return created === this.#revision ? this.#places.get(key) : undefined
  }
}
