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
import type { StoredValue } from './mvcc/value.js'
import type { KeyValue } from './version.js'
import type { KeyEvent, WatchResponse, WatchStream } from './watch/watch-types.js'

/** Options of `list`. */
export interface StoreListOptions {
  /** Revision to read at; 0 or absent is the current one. */
  readonly revision?: number | undefined
  /** Maximum number of rows; 0 or absent is unlimited. */
  readonly limit?: number | undefined
}

/**
 * Reading. The short forms take no request object and build no response; their rows are the stored, frozen
 * records. A `rangeEnd` is exclusive; `'\0'` means every key from `key` on; see `prefixRangeEnd`.
 */
export interface ReadView {
  /** The current revision; 1 for a fresh store. */
  readonly revision: number
  /** The compacted revision; -1 if never compacted. */
  readonly compactedRevision: number
  /** The header that a response would carry now. */
  readonly header: ResponseHeader
  /** Returns a live key, now or at a revision. Throws `compacted` and `futureRevision`. O(log n). */
  get(key: string, revision?: number): KeyValue | undefined
  /**
   * Counts the live keys of a range: now in O(log n), at an older revision in O(rows). Throws `compacted` and
   * `futureRevision`.
   */
  count(key: string, rangeEnd: string, revision?: number): number
  /**
   * Returns the live keys of a range, ascending. Throws `compacted` and `futureRevision`. O(log n + rows).
   */
  list(key: string, rangeEnd: string, options?: StoreListOptions): KeyValue[]
  /** Returns the `n`-th (from 0) live key at or after `key`, in O(log n). */
  nth(key: string, n: number): KeyValue | undefined
  /** etcd's Range request. */
  range(request: RangeRequest): RangeResponse
}

/** Writing. Every call creates at most one revision, and none if nothing changes. */
export interface WriteView extends ReadView {
  put(request: PutRequest): PutResponse
  deleteRange(request: DeleteRangeRequest): DeleteRangeResponse
  txn(request: TxnRequest): TxnResponse
  /**
   * Puts a key whose mod revision is the expected one (0: the key must not exist). Returns the new version,
   * or undefined on a mismatch. Equivalent to a txn that compares MOD and puts, without its request and
   * response. Throws `leaseNotFound`.
   */
  casPut(key: string, value: StoredValue, expectedModRevision: number, lease?: bigint): KeyValue | undefined
  /**
   * Deletes a key whose mod revision is the expected one. Returns the tombstone, or undefined on a mismatch.
   */
  casDelete(key: string, expectedModRevision: number): KeyValue | undefined
}

/** The writes of one revision within a range. */
export interface Commit {
  readonly revision: number
  /** Returns the events in order; with `prevKv` each has the previous version, unless that is compacted. */
  events(prevKv: boolean): readonly KeyEvent[]
}

/** Following changes. */
export interface WatchView extends ReadView {
  /**
   * Returns the changes in a range after a revision, in order, each with the previous version: the state of a
   * watch as data, without a watcher. Throws `compacted` if some may be lost. With a limit, stops at the end
   * of the revision that reaches it. Cost: a scan of the log's tail up to 256 writes, beyond that O(changed
   * keys of the range x log n); changes in other ranges cost nothing.
   */
  changesSince(
    revision: number,
    key: string,
    rangeEnd: string | undefined,
    limit?: number,
  ): readonly KeyEvent[]
  /**
   * Calls back after each commit that touches the range, one revision at a time. Returns a function that ends
   * the subscription. Commits in other ranges pay nothing for it. Forks and restored stores start without
   * subscriptions.
   */
  subscribe(key: string, rangeEnd: string | undefined, onChange: (commit: Commit) => void): () => void
  /**
   * Opens a stream of etcd watchers that passes its responses to `sink` synchronously. While `isFull` returns
   * true, events wait in the store, not as responses, until {@link WatchStream.drained}; by default they
   * never do. Forks start without streams.
   */
  watchStream(sink: (response: WatchResponse) => void, isFull?: () => boolean): WatchStream
}

/** Leases, in virtual time. Nothing expires by itself: the owner of the clock calls `expireLeases`. */
export interface LeaseView {
  leaseGrant(request: LeaseGrantRequest): LeaseGrantResponse
  /**
   * Calls `listener` after each grant, so that the owner of the clock can schedule the expiry. Forks and
   * restored stores start without listeners.
   */
  onLeaseGrant(listener: () => void): void
  leaseRevoke(id: bigint): HeaderOnlyResponse
  leaseKeepAlive(id: bigint): LeaseKeepAliveResponse
  leaseTimeToLive(request: LeaseTimeToLiveRequest): LeaseTimeToLiveResponse
  leases(): LeaseLeasesResponse
  /** Returns the virtual time (ms) at which the next lease expires. */
  nextExpiry(): number | undefined
  /**
   * Revokes the leases that are due, ordered by expiry, then by id; each lease with keys takes a revision of
   * its own. Returns the ids.
   */
  expireLeases(now: number): bigint[]
}

/** Maintenance. */
export interface MaintenanceView {
  /** Drops the history before a revision. Throws `compacted` and `futureRevision`. */
  compact(request: CompactionRequest): HeaderOnlyResponse
  /** Computes etcd's HashKV at a revision, by default the current one. Serialises everything retained. */
  hashKV(revision?: number): HashKVResponse
  /** Computes a hash over everything stored. Serialises everything retained. */
  hash(): HashResponse
  status(): StatusResponse
  alarm(request: AlarmRequest): AlarmResponse
  /** The active alarms. */
  readonly alarms: readonly AlarmMember[]
  /** Releases the space of compacted data. */
  defragment(): void
}

/** All capabilities except copying. */
export interface Store extends WriteView, WatchView, LeaseView, MaintenanceView {}
