import type {
  AlarmMember,
  AlarmRequest,
  AlarmResponse,
  CompactionRequest,
  DeleteRangeRequest,
  DeleteRangeResponse,
  HashKVResponse,
  HashResponse,
  HeaderOnlyResponse,
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseKeepAliveResponse,
  LeaseLeasesResponse,
  LeaseTimeToLiveRequest,
  LeaseTimeToLiveResponse,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  ResponseHeader,
  StatusResponse,
  TxnRequest,
  TxnResponse,
} from './requests.js'
import type { Value } from './value.js'
import type { KeyValue } from './version.js'
import type { WatchEvent, WatchResponse, WatchStream } from './watch-types.js'

/** Options of `list`. */
export interface ListOptions {
  /** Revision to read at; 0 or absent is the current one. */
  readonly revision?: number | undefined
  /** Most rows; 0 or absent is no limit. */
  readonly limit?: number | undefined
}

/**
 * Reading. The short forms take no request object and make no response; their rows are the stored, frozen
 * records. A `rangeEnd` is exclusive; `'\0'` means every key from `key` on; see `prefixRangeEnd`.
 */
export interface ReadView {
  /** The current revision; 1 for a fresh store. */
  readonly revision: number
  /** The compacted revision; -1 while never compacted. */
  readonly compactedRevision: number
  /** What an answer would carry now. */
  readonly header: ResponseHeader
  /** A live key, now or at a revision. Throws `compacted` and `futureRevision`. O(log n). */
  get(key: string, revision?: number): KeyValue | undefined
  /**
   * Live keys of a range, now in O(log n), at an older revision in O(rows). Throws `compacted` and
   * `futureRevision`.
   */
  count(key: string, rangeEnd: string, revision?: number): number
  /** Live keys of a range, ascending. Throws `compacted` and `futureRevision`. O(log n + rows). */
  list(key: string, rangeEnd: string, options?: ListOptions): KeyValue[]
  /** The `n`-th (from 0) live key at or after `key`, in O(log n). */
  nth(key: string, n: number): KeyValue | undefined
  /** etcd's Range. */
  range(request: RangeRequest): RangeResponse
}

/** Writing. Every call makes at most one revision, and none when nothing changes. */
export interface WriteView extends ReadView {
  put(request: PutRequest): PutResponse
  deleteRange(request: DeleteRangeRequest): DeleteRangeResponse
  txn(request: TxnRequest): TxnResponse
  /**
   * Puts a key whose mod revision is the expected one (0: which does not exist); answers the new version, or
   * undefined on a mismatch. The same as a txn that compares MOD and puts, without its request and response.
   * Throws `leaseNotFound`.
   */
  casPut(key: string, value: Value, expectedModRevision: number, lease?: bigint): KeyValue | undefined
  /**
   * Deletes a key whose mod revision is the expected one; answers the tombstone, or undefined on a mismatch.
   */
  casDelete(key: string, expectedModRevision: number): KeyValue | undefined
}

/** The writes of one revision that fall into a range. */
export interface Commit {
  readonly revision: number
  /** In order; with `prevKv` each has the version before it, unless that is compacted. */
  events(prevKv: boolean): readonly WatchEvent[]
}

/** Following changes. */
export interface WatchView extends ReadView {
  /**
   * Changes in a range after a revision, in order, each with the version before it: state as data, with no
   * watcher. Throws `compacted` when some may be gone. With a limit, stops at the end of the revision that
   * reaches it. Cost: the log's tail up to 256 writes, beyond that O(changed keys of the range x log n); the
   * changes of other ranges cost nothing.
   */
  changesSince(
    revision: number,
    key: string,
    rangeEnd: string | undefined,
    limit?: number,
  ): readonly WatchEvent[]
  /**
   * Calls back after each commit that touches the range, one revision after the other. Answers what ends it.
   * Costs other ranges' commits nothing. Forks and restored stores start with no subscriptions.
   */
  subscribe(key: string, rangeEnd: string | undefined, onChange: (commit: Commit) => void): () => void
  /**
   * Opens a stream of etcd watchers that hands its answers to `sink`, synchronously. Forks start with no
   * streams.
   */
  watchStream(sink: (response: WatchResponse) => void): WatchStream
}

/** Leases, in virtual time. Nothing expires by itself: whoever owns the clock calls `expireLeases`. */
export interface LeaseView {
  leaseGrant(request: LeaseGrantRequest): LeaseGrantResponse
  /**
   * Calls after each grant: somebody must see to the lease's end. Forks and restored stores start with no
   * listeners.
   */
  onLeaseGrant(listener: () => void): void
  leaseRevoke(id: bigint): HeaderOnlyResponse
  leaseKeepAlive(id: bigint): LeaseKeepAliveResponse
  leaseTimeToLive(request: LeaseTimeToLiveRequest): LeaseTimeToLiveResponse
  leases(): LeaseLeasesResponse
  /** Virtual time (ms) at which the next lease expires. */
  nextExpiry(): number | undefined
  /**
   * Revokes what is due, by expiry and then id, each lease with keys in a revision of its own; answers the
   * ids.
   */
  expireLeases(now: number): bigint[]
}

/** Upkeep. */
export interface MaintenanceView {
  /** Drops history before a revision. Throws `compacted` and `futureRevision`. */
  compact(request: CompactionRequest): HeaderOnlyResponse
  /** etcd's HashKV at a revision, 0 or absent being the current one. Serialises everything retained. */
  hashKV(revision?: number): HashKVResponse
  /** A hash over all that is stored. Serialises everything retained. */
  hash(): HashResponse
  status(): StatusResponse
  alarm(request: AlarmRequest): AlarmResponse
  /** The alarms that are set. */
  readonly alarms: readonly AlarmMember[]
  /** Gives back the space of what has been compacted. */
  defragment(): void
}

/** Everything but copying. */
export interface Store extends WriteView, WatchView, LeaseView, MaintenanceView {}
