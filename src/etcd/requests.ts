import type { StoredValue } from './mvcc/value.js'
import type { KeyValue } from './version.js'

/** A wire number that is not a member of the enum; the requests say how etcd handles each. */
export type UnknownEnum = number

export type SortOrder = 'NONE' | 'ASCEND' | 'DESCEND' | UnknownEnum
export type SortTarget = 'KEY' | 'VERSION' | 'CREATE' | 'MOD' | 'VALUE' | UnknownEnum
export type CompareResult = 'EQUAL' | 'GREATER' | 'LESS' | 'NOT_EQUAL' | UnknownEnum
export type CompareTarget = 'VERSION' | 'CREATE' | 'MOD' | 'VALUE' | 'LEASE' | UnknownEnum

/**
 * `etcdserverpb.ResponseHeader`. In a txn's inner responses only the revision is set, in an inner txn's
 * responses not even that.
 */
export interface ResponseHeader {
  readonly clusterId: bigint
  readonly memberId: bigint
  readonly revision: number
  readonly raftTerm: number
}

/** `etcdserverpb.RangeRequest`; absent fields are 0, false or empty, as on the wire. */
export interface RangeRequest {
  readonly key: string
  /** Absent: the single key. One zero byte: every key from `key` on. Present but empty: see `upperBound`. */
  readonly rangeEnd?: string | undefined
  /** Maximum number of rows; <= 0 is unlimited. */
  readonly limit?: number | undefined
  /** Revision to read at; <= 0 is the current one. */
  readonly revision?: number | undefined
  /** An unknown number fetches everything and does not sort. */
  readonly sortOrder?: SortOrder | undefined
  /**
   * An unknown number with a sort crashes etcd 3.5; this store returns InvalidArgument, as later versions do.
   */
  readonly sortTarget?: SortTarget | undefined
  /** Has no effect with a single member. */
  readonly serializable?: boolean | undefined
  readonly keysOnly?: boolean | undefined
  readonly countOnly?: boolean | undefined
  /** The four revision filters: 0 is off, a negative number is an active filter. */
  readonly minModRevision?: number | undefined
  readonly maxModRevision?: number | undefined
  readonly minCreateRevision?: number | undefined
  readonly maxCreateRevision?: number | undefined
}

export interface RangeResponse {
  readonly header: ResponseHeader
  readonly kvs: readonly KeyValue[]
  /** Whether the limit cut off rows. */
  readonly more: boolean
  /** Number of live keys in the range, before limit and filters. */
  readonly count: number
}

export interface PutRequest {
  readonly key: string
  /** Stored as it is: a Uint8Array, or a JSON object that the caller has deep-frozen. Absent means empty. */
  readonly value?: StoredValue | undefined
  readonly lease?: bigint | undefined
  readonly prevKv?: boolean | undefined
  readonly ignoreValue?: boolean | undefined
  readonly ignoreLease?: boolean | undefined
}

export interface PutResponse {
  readonly header: ResponseHeader
  readonly prevKv?: KeyValue
}

export interface DeleteRangeRequest {
  readonly key: string
  readonly rangeEnd?: string | undefined
  readonly prevKv?: boolean | undefined
}

export interface DeleteRangeResponse {
  readonly header: ResponseHeader
  readonly deleted: number
  readonly prevKvs: readonly KeyValue[]
}

/** One operation of a txn. An object without any member set fails with `key not found`. */
export interface RequestOp {
  readonly requestRange?: RangeRequest | undefined
  readonly requestPut?: PutRequest | undefined
  readonly requestDeleteRange?: DeleteRangeRequest | undefined
  readonly requestTxn?: TxnRequest | undefined
}

export type ResponseOp =
  | { readonly responseRange: RangeResponse }
  | { readonly responsePut: PutResponse }
  | { readonly responseDeleteRange: DeleteRangeResponse }
  | { readonly responseTxn: TxnResponse }

/** A condition of a txn. Only the operand of the target is used; an absent one is 0 or empty. */
export interface Compare {
  readonly key: string
  /** If set, the condition must hold for every key of the range. */
  readonly rangeEnd?: string | undefined
  /** Default EQUAL; an unknown number is always true. */
  readonly result?: CompareResult | undefined
  /** Default VERSION; under an unknown number all operands are equal. */
  readonly target?: CompareTarget | undefined
  readonly version?: number | undefined
  readonly createRevision?: number | undefined
  readonly modRevision?: number | undefined
  readonly value?: StoredValue | undefined
  readonly lease?: bigint | undefined
}

export interface TxnRequest {
  readonly compare?: readonly Compare[] | undefined
  readonly success?: readonly RequestOp[] | undefined
  readonly failure?: readonly RequestOp[] | undefined
}

export interface TxnResponse {
  readonly header: ResponseHeader
  readonly succeeded: boolean
  readonly responses: readonly ResponseOp[]
}

export interface CompactionRequest {
  readonly revision: number
  /** In etcd, waits until the data has been removed; here that is always immediate. */
  readonly physical?: boolean | undefined
}

export interface HeaderOnlyResponse {
  readonly header: ResponseHeader
}

export interface LeaseGrantRequest {
  /** Seconds; less than 2 is granted as 2. */
  readonly ttl: number
  /** 0n or absent: the store chooses one. */
  readonly id?: bigint | undefined
}

export interface LeaseGrantResponse {
  readonly header: ResponseHeader
  readonly id: bigint
  readonly ttl: number
}

export interface LeaseKeepAliveResponse {
  readonly header: ResponseHeader
  readonly id: bigint
  /** Granted TTL in seconds; 0 if there is no such lease. */
  readonly ttl: number
}

export interface LeaseTimeToLiveRequest {
  readonly id: bigint
  readonly keys?: boolean | undefined
}

export interface LeaseTimeToLiveResponse {
  readonly header: ResponseHeader
  readonly id: bigint
  /** Whole seconds left; -1 if there is no such lease. */
  readonly ttl: number
  readonly grantedTTL: number
  /** Attached keys, ascending (etcd's own order is random). */
  readonly keys: readonly string[]
}

export interface LeaseLeasesResponse {
  readonly header: ResponseHeader
  /** Ids, ordered by expiry, then by id. */
  readonly leases: readonly bigint[]
}

export interface HashKVResponse {
  readonly header: ResponseHeader
  readonly hash: number
  readonly compactRevision: number
}

export interface HashResponse {
  readonly header: ResponseHeader
  readonly hash: number
}

export type AlarmType = 'NONE' | 'NOSPACE' | 'CORRUPT'

export interface AlarmRequest {
  readonly action: 'GET' | 'ACTIVATE' | 'DEACTIVATE'
  /** Absent: this store's own member id. */
  readonly memberId?: bigint | undefined
  /** GET with NONE lists every kind. */
  readonly alarm?: AlarmType | undefined
}

export interface AlarmMember {
  readonly memberId: bigint
  readonly alarm: AlarmType
}

export interface AlarmResponse {
  readonly header: ResponseHeader
  readonly alarms: readonly AlarmMember[]
}

export interface StatusResponse {
  readonly header: ResponseHeader
  readonly version: string
  /** Bytes; see `docs/decisions/etcd-store.md` for how they are counted. */
  readonly dbSize: number
  readonly dbSizeInUse: number
  readonly leader: bigint
  readonly raftIndex: number
  readonly raftTerm: number
  readonly raftAppliedIndex: number
  readonly errors: readonly string[]
  readonly isLearner: boolean
}
