import type { AuthState } from './auth-store.js'
import type { CompactionHashes } from './mvcc/compaction-hashes.js'
import type { Lessor } from './lessor.js'
import type { StorageQuotaState } from './mvcc/storage-quota.js'
import type { Mvcc } from './mvcc/mvcc.js'

/** Virtual time, in milliseconds since the epoch. */
export interface EtcdClock {
  now(): number
}

export interface EtcdStoreOptions {
  readonly clock: EtcdClock
  /** The quota in bytes, beyond which NOSPACE is raised. Default 0: unlimited, and sizes are not tracked. */
  readonly quotaBackendBytes?: number
  /**
   * Time between progress notifications in ms. Default 600,000. etcd adds up to a tenth at random, this store
   * does not.
   */
  readonly progressNotifyInterval?: number
  /**
   * Whether HashKV remembers the hashes of the last ten compactions, as etcd does. Default true. They are
   * computed on demand; until then, what those compactions dropped stays in memory.
   */
  readonly compactionHashes?: boolean
  /**
   * Creates a lease id for a grant without one, from a sequence number. Positive, 63 bits. Default: a mix of
   * the number's bits.
   */
  readonly leaseId?: (sequence: number) => bigint
  readonly clusterId?: bigint
  readonly memberId?: bigint
  /** The version that `status` reports. Default `3.5.16`. */
  readonly version?: string
}

export type Settings = Required<EtcdStoreOptions>

/** The entire state of a store, without its settings and watchers. */
export interface StoreState {
  readonly mvcc: Mvcc
  readonly lessor: Lessor
  readonly quota: StorageQuotaState
  readonly hashes: CompactionHashes
  readonly raftIndex: number
  readonly leaseSequence: number
  readonly auth: AuthState
}

export function settingsOf(options: EtcdStoreOptions): Settings {
  return {
    clock: options.clock,
    quotaBackendBytes: options.quotaBackendBytes ?? 0,
    progressNotifyInterval: options.progressNotifyInterval ?? 600_000,
    compactionHashes: options.compactionHashes ?? true,
    leaseId: options.leaseId ?? mixedLeaseId,
    clusterId: options.clusterId ?? 0xcdf818194e3a8c32n,
    memberId: options.memberId ?? 0x8e9e05c52164694dn,
    version: options.version ?? '3.5.16',
  }
}

/** SplitMix64's finaliser: distinct ids for distinct numbers, without an obvious pattern. */
function mixedLeaseId(sequence: number): bigint {
  let mixed = BigInt.asUintN(64, BigInt(sequence) * 0x9e3779b97f4a7c15n)
  mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n)
  mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn)
  return (mixed ^ (mixed >> 31n)) & 0x7fffffffffffffffn
}
