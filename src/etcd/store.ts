import { AuthStore } from './auth-store.js'
import type { Commit, StoreListOptions, Store } from './capabilities.js'
import { CompactionHashes } from './mvcc/compaction-hashes.js'
import { EtcdError } from './errors.js'
import { upperBound } from './mvcc/keys.js'
import {
  applyDeleteRange,
  applyPut,
  checkPut,
  deleteAtSeek,
  putAtSeek,
  type KeySpace,
} from './mvcc/key-space.js'
import { Lessor, type Lease } from './lessor.js'
import {
  hashBuckets,
  LEASE_COST,
  putCost,
  retainedSize,
  StorageQuota,
  txnCost,
} from './mvcc/storage-quota.js'
import { Mvcc } from './mvcc/mvcc.js'
import { countAt, listKeyValues, rangeResult } from './mvcc/range.js'
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
import { checkDeleteRange, checkPutShape, checkRange, checkTxn } from './txn/txn-check.js'
import { checkPlan, isReadOnly, mayFailHalfway, planTxn, runPlan } from './txn/txn.js'
import type { StoredValue, ValueBuilder } from './mvcc/value.js'
import { NO_LEASE, type KeyValue } from './version.js'
import { KeyWatchHub, eventOf, type RangeObserver } from './watch/watch-hub.js'
import { openWatchStream } from './watch/watch-stream.js'
import type { KeyEvent, WatchResponse, WatchStream } from './watch/watch-types.js'
import { dumpStore, loadStore, type StoreJson } from './store-json.js'
import { readSnapshot, type ReadSnapshotOptions } from './snapshot/read.js'
import { snapshotFile, type SnapshotOptions } from './snapshot/write.js'
import { settingsOf, type EtcdStoreOptions, type Settings, type StoreState } from './store-state.js'

/**
 * An in-process etcd v3 store: the KV, Watch, Lease and Maintenance services of one member with the responses
 * and error texts of etcd 3.5.16, synchronous and in virtual time. `capabilities.ts` describes each method.
 *
 * Copies (`fork`, `snapshot`, `restore`) need the same few allocations however much is stored, because all
 * state is in copy-on-write structures, see `CowTree`. Watch streams and subscriptions stay with the store on
 * which they were opened.
 *
 * Where a request makes etcd 3.5 crash or lose data, this store returns an error or the correct data; see
 * `docs/decisions/etcd-store.md`.
 */
export class EtcdStore implements Store {
  /**
   * Users, roles and whether authentication is enabled. The store itself does not enforce it: the server on
   * top of it does.
   */
  readonly auth: AuthStore
  readonly #settings: Settings
  readonly #mvcc: Mvcc
  readonly #space: KeySpace
  readonly #lessor: Lessor
  readonly #quota: StorageQuota
  #hashes: CompactionHashes
  #raftIndex: number
  #leaseSequence: number
  #hub: KeyWatchHub | undefined
  readonly #grantListeners: (() => void)[] = []

  constructor(options: EtcdStoreOptions, state?: StoreState) {
    this.#settings = settingsOf(options)
    this.#mvcc = state?.mvcc.fork() ?? new Mvcc()
    this.#lessor = state?.lessor.fork() ?? new Lessor()
    this.#space = { mvcc: this.#mvcc, lessor: this.#lessor }
    this.#quota = new StorageQuota(this.#settings.quotaBackendBytes, this.#settings.memberId, state?.quota)
    this.#hashes = state?.hashes ?? new CompactionHashes()
    this.#raftIndex = state?.raftIndex ?? 0
    this.#leaseSequence = state?.leaseSequence ?? 0
    this.auth = new AuthStore(state?.auth)
  }

  get revision(): number {
    return this.#mvcc.revision
  }

  get compactedRevision(): number {
    return this.#mvcc.compacted
  }

  get header(): ResponseHeader {
    return this.#header()
  }

  get alarms(): readonly AlarmMember[] {
    return this.#quota.state.alarms
  }

  get(key: string, revision = 0): KeyValue | undefined {
    return revision === 0 ? this.#mvcc.get(key) : this.#mvcc.getAt(key, this.#readable(revision))
  }

  count(key: string, rangeEnd: string, revision = 0): number {
    return countAt(this.#mvcc, key, upperBound(key, rangeEnd, 'from-key'), this.#readable(revision))
  }

  list(key: string, rangeEnd: string, { revision = 0, limit = 0 }: StoreListOptions = {}): KeyValue[] {
    return listKeyValues(
      this.#mvcc,
      key,
      upperBound(key, rangeEnd, 'from-key'),
      this.#readable(revision),
      limit,
    )
  }

  nth(key: string, n: number): KeyValue | undefined {
    return this.#mvcc.nth(key, n)
  }

  range(request: RangeRequest): RangeResponse {
    checkRange(request)
    this.#readable(Math.max(request.revision ?? 0, 0))
    return { header: this.#header(), ...rangeResult(this.#mvcc, request, 'from-key') }
  }

  put(request: PutRequest): PutResponse {
    this.#quota.reserve(() => putCost(request.key, request.value))
    checkPutShape(request)
    this.#raftIndex++
    this.#quota.admit(true)
    checkPut(this.#space, request, 'lease-first')
    const before = applyPut(this.#space, request)
    this.#commit()
    return {
      header: this.#header(),
      ...(request.prevKv === true && before !== undefined ? { prevKv: before } : {}),
    }
  }

  deleteRange(request: DeleteRangeRequest): DeleteRangeResponse {
    checkDeleteRange(request)
    this.#raftIndex++
    this.#quota.admit(false)
    const gone = applyDeleteRange(this.#space, request)
    this.#commit()
    return { header: this.#header(), deleted: gone.length, prevKvs: request.prevKv === true ? gone : [] }
  }

  txn(request: TxnRequest): TxnResponse {
    this.#quota.reserve(() => txnCost(request))
    checkTxn(request)
    const empty = isReadOnly(request) ? 'from-key' : 'single'
    if (empty === 'single') {
      this.#raftIndex++
      this.#quota.admit(txnCost(request) > 0)
    }
    const plan = planTxn(this.#space, request, empty)
    checkPlan(this.#space, plan)
    // a trial run on a fork: etcd panics here, so there is no response to imitate
    if (mayFailHalfway(plan)) runPlan(this.#forkedSpace(), plan, empty, () => this.#header())
    const response = runPlan(this.#space, plan, empty, () => this.#header(this.#mvcc.visibleRevision))
    this.#commit()
    return response
  }

  /** Besides a value, takes a function that builds it when it is first read. */
  casPut(
    key: string,
    value: StoredValue | ValueBuilder,
    expectedModRevision: number,
    lease: bigint = NO_LEASE,
  ): KeyValue | undefined {
    if (key === '') throw new EtcdError('keyNotProvided')
    this.#quota.reserve(() => putCost(key, value))
    this.#raftIndex++
    this.#quota.admit(true)
    const current = this.#mvcc.seek(key)
    if ((current?.modRevision ?? 0) !== expectedModRevision) return undefined
    if (lease !== NO_LEASE && this.#lessor.get(lease) === undefined) throw new EtcdError('leaseNotFound')
    const kv = putAtSeek(this.#space, key, value, lease, current)
    this.#commit()
    return kv
  }

  /**
   * Like {@link casPut}, but as the last of `writes` puts of the key, at `revision`. The writes in between,
   * of this and of other keys, leave no history. Only for stores without a quota.
   */
  replay(
    key: string,
    value: StoredValue,
    expectedModRevision: number,
    { revision, writes }: { readonly revision: number; readonly writes: number },
  ): KeyValue | undefined {
    this.#raftIndex += writes
    const current = this.#mvcc.seek(key)
    if ((current?.modRevision ?? 0) !== expectedModRevision) return undefined
    this.#mvcc.skipTo(revision - 1)
    const skipped = current && { ...current, version: current.version + writes - 1 }
    const kv = putAtSeek(this.#space, key, value, current?.lease ?? NO_LEASE, skipped)
    this.#commit()
    return kv
  }

  /** Makes `revision` the current one, as after writes that leave no history, see {@link replay}. */
  skipTo(revision: number): void {
    this.#mvcc.skipTo(revision)
  }

  /** Whether the size of every write counts towards a quota. */
  get countsSize(): boolean {
    return this.#quota.limited
  }

  /** Returns how many watchers and subscribers see the writes of a key. */
  observersOf(key: string): number {
    return this.#hub?.observersOf(key) ?? 0
  }

  casDelete(key: string, expectedModRevision: number): KeyValue | undefined {
    if (key === '') throw new EtcdError('keyNotProvided')
    this.#raftIndex++
    this.#quota.admit(false)
    const current = this.#mvcc.seek(key)
    if (current === undefined || current.modRevision !== expectedModRevision) return undefined
    const gone = deleteAtSeek(this.#space, current)
    this.#commit()
    return gone
  }

  changesSince(revision: number, key: string, rangeEnd: string | undefined, limit = 0): readonly KeyEvent[] {
    if (revision + 1 < this.#mvcc.compacted) throw new EtcdError('compacted')
    const writes = this.#mvcc.changes(key, upperBound(key, rangeEnd, 'single'), revision)
    let end = writes.length
    if (limit > 0 && limit < end) {
      const last = writes[limit - 1]!.kv.modRevision
      end = limit
      while (end < writes.length && writes[end]!.kv.modRevision === last) end++
    }
    return writes.slice(0, end).map((write) => eventOf(write, this.#mvcc.before(write)))
  }

  subscribe(key: string, rangeEnd: string | undefined, onChange: (commit: Commit) => void): () => void {
    const hub = this.#watchers()
    const end = upperBound(key, rangeEnd, 'single')
    const observer: RangeObserver = { notify: onChange }
    hub.observe(key, end, observer)
    return () => hub.forget(key, end, observer)
  }

  watchStream(sink: (response: WatchResponse) => void, isFull: () => boolean = () => false): WatchStream {
    return openWatchStream(
      {
        mvcc: this.#mvcc,
        hub: this.#watchers(),
        now: () => this.#settings.clock.now(),
        header: (revision) => this.#header(revision),
        progressInterval: this.#settings.progressNotifyInterval,
      },
      sink,
      isFull,
    )
  }

  leaseGrant({ ttl, id = NO_LEASE }: LeaseGrantRequest): LeaseGrantResponse {
    this.#quota.reserve(() => LEASE_COST)
    this.#raftIndex++
    this.#quota.admit(true)
    const lease = this.#lessor.grant(
      id === NO_LEASE ? this.#newLeaseId() : id,
      ttl,
      this.#settings.clock.now(),
    )
    for (const listener of this.#grantListeners) listener()
    return { header: this.#header(), id: lease.id, ttl: lease.ttl }
  }

  onLeaseGrant(listener: () => void): void {
    this.#grantListeners.push(listener)
  }

  leaseRevoke(id: bigint): HeaderOnlyResponse {
    this.#raftIndex++
    this.#quota.admit(false)
    const lease = this.#lessor.get(id)
    if (lease === undefined) throw new EtcdError('leaseNotFound')
    for (const key of this.#lessor.keys(id)) deleteAtSeek(this.#space, this.#mvcc.seek(key)!)
    this.#lessor.remove(lease)
    this.#commit()
    return { header: this.#header() }
  }

  leaseKeepAlive(id: bigint): LeaseKeepAliveResponse {
    return { header: this.#header(), id, ttl: this.#lessor.renew(id, this.#settings.clock.now())?.ttl ?? 0 }
  }

  leaseTimeToLive({ id, keys = false }: LeaseTimeToLiveRequest): LeaseTimeToLiveResponse {
    const header = this.#header()
    const lease = this.#lessor.get(id)
    if (lease === undefined) return { header, id, ttl: -1, grantedTTL: 0, keys: [] }
    const ttl = Math.trunc((lease.expiry - this.#settings.clock.now()) / 1000)
    return { header, id, ttl, grantedTTL: lease.ttl, keys: keys ? this.#lessor.keys(id) : [] }
  }

  leases(): LeaseLeasesResponse {
    return { header: this.#header(), leases: this.#lessor.all().map(({ id }) => id) }
  }

  /** Returns all leases with their expiry, the earliest first. */
  grantedLeases(): readonly Lease[] {
    return this.#lessor.all()
  }

  /** Postpones the expiry of all leases by `ms`, as after a time in which none could be renewed. */
  delayLeases(ms: number): void {
    this.#lessor.delay(ms)
  }

  nextExpiry(): number | undefined {
    return this.#lessor.next()?.expiry
  }

  expireLeases(now: number): bigint[] {
    const expired: bigint[] = []
    for (
      let lease = this.#lessor.next();
      lease !== undefined && lease.expiry <= now;
      lease = this.#lessor.next()
    ) {
      this.leaseRevoke(lease.id)
      expired.push(lease.id)
    }
    return expired
  }

  compact({ revision }: CompactionRequest): HeaderOnlyResponse {
    this.#raftIndex++
    this.#quota.admit(false)
    this.#mvcc.checkCompactable(revision)
    const hashes = this.#settings.compactionHashes ? this.#hashes.with(revision, this.#mvcc) : this.#hashes
    this.#mvcc.compact(revision)
    this.#hashes = hashes
    return { header: this.#header() }
  }

  hashKV(revision = 0): HashKVResponse {
    const { hash, compactRevision } = this.#hashes.at(revision, this.#mvcc)
    return { header: this.#header(), hash, compactRevision }
  }

  hash(): HashResponse {
    return {
      header: this.#header(),
      hash: hashBuckets(this.#mvcc, this.#lessor.all(), this.#quota.state.alarms),
    }
  }

  status(): StatusResponse {
    const { memberId, version } = this.#settings
    const inUse = retainedSize(this.#mvcc)
    return {
      header: this.#header(),
      version,
      dbSize: this.#quota.limited ? this.#quota.state.size : inUse,
      dbSizeInUse: inUse,
      leader: memberId,
      raftIndex: this.#raftIndex,
      raftTerm: RAFT_TERM,
      raftAppliedIndex: this.#raftIndex,
      errors: this.#quota.errors,
      isLearner: false,
    }
  }

  alarm(request: AlarmRequest): AlarmResponse {
    this.#raftIndex++ // even a read of the alarms is a raft proposal
    return { header: this.#header(), alarms: this.#quota.alarm(request) }
  }

  /** Counts a request that goes through raft without touching the keys, such as one for users and roles. */
  countProposal(): void {
    this.#raftIndex++
  }

  defragment(): void {
    this.#quota.shrinkTo(this.#quota.limited ? retainedSize(this.#mvcc) : 0)
  }

  /**
   * Returns an independent store with the same contents and history, in O(1); watchers are not copied.
   * Options override this store's.
   */
  fork(options: Partial<EtcdStoreOptions> = {}): EtcdStore {
    return new EtcdStore({ ...this.#settings, ...options }, this.#state())
  }

  /** Returns an immutable handle of everything stored, in O(1). */
  capture(): StoreSnapshot {
    return new StoreSnapshot(this.fork())
  }

  /** Creates a store from a {@link capture}, in O(1). A snapshot can be restored any number of times. */
  static restore(snapshot: StoreSnapshot, options: Partial<EtcdStoreOptions> = {}): EtcdStore {
    return snapshot.open(options)
  }

  /**
   * Returns a snapshot file as `etcdctl snapshot save` writes it: a bbolt database with the retained history,
   * leases, alarms, users and roles, and its SHA-256. etcdutl and real etcd can read it. O(what is stored).
   */
  snapshot(options?: SnapshotOptions): Uint8Array {
    return snapshotFile(this.#state(), this.#settings, options)
  }

  /**
   * Creates a store from a snapshot file, of this class or of real etcd; values are bytes. Leases restart
   * with their full TTL.
   * @throws SnapshotError if the file is corrupt, truncated or not etcd's
   */
  static fromSnapshot(file: Uint8Array, options: EtcdStoreOptions & ReadSnapshotOptions): EtcdStore {
    return new EtcdStore(options, readSnapshot(file, settingsOf(options), options))
  }

  /** Returns the retained history, leases, alarms, users and roles as JSON. */
  toJSON(): StoreJson {
    return dumpStore(this.#state())
  }

  /** Creates a store that responds to every request exactly as the one on which `toJSON` was called. */
  static fromJSON(json: StoreJson, options: EtcdStoreOptions): EtcdStore {
    return new EtcdStore(options, loadStore(json))
  }

  #state(): StoreState {
    return {
      mvcc: this.#mvcc,
      lessor: this.#lessor,
      quota: this.#quota.state,
      hashes: this.#hashes,
      raftIndex: this.#raftIndex,
      leaseSequence: this.#leaseSequence,
      auth: this.auth.state,
    }
  }

  #forkedSpace(): KeySpace {
    return { mvcc: this.#mvcc.fork(), lessor: this.#lessor.fork() }
  }

  #header(revision = this.#mvcc.revision): ResponseHeader {
    const { clusterId, memberId } = this.#settings
    return { clusterId, memberId, revision, raftTerm: RAFT_TERM }
  }

  /** Returns the checked revision; 0 means the current one. */
  #readable(revision: number): number {
    if (revision === 0) return this.#mvcc.revision
    this.#mvcc.checkReadable(revision)
    return revision
  }

  /** Commits the open write and notifies the watchers. */
  #commit(): void {
    const writes = this.#mvcc.commit()
    if (writes === 0) return
    if (this.#quota.limited) {
      for (const { kv } of this.#mvcc.lastWrites(writes)) this.#quota.used(putCost(kv.key, kv.value))
    }
    if (this.#hub !== undefined && !this.#hub.idle) this.#hub.publish(this.#mvcc.lastWrites(writes))
  }

  #watchers(): KeyWatchHub {
    return (this.#hub ??= new KeyWatchHub(this.#mvcc))
  }

  #newLeaseId(): bigint {
    let id = NO_LEASE
    while (id === NO_LEASE || this.#lessor.get(id) !== undefined)
      id = this.#settings.leaseId(++this.#leaseSequence)
    return id
  }
}

const RAFT_TERM = 2

/** The contents of a store at one moment. Opaque; see `EtcdStore.restore`. */
export class StoreSnapshot {
  readonly #store: EtcdStore

  constructor(store: EtcdStore) {
    this.#store = store
  }

  get revision(): number {
    return this.#store.revision
  }

  open(options: Partial<EtcdStoreOptions>): EtcdStore {
    return this.#store.fork(options)
  }
}
