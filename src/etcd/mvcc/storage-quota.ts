import { EtcdError } from '../errors.js'
import { keyBytes } from './keys.js'
import type { Lease } from '../lessor.js'
import type { Mvcc } from './mvcc.js'
import type { AlarmMember, AlarmRequest, AlarmType, PutRequest, RequestOp, TxnRequest } from '../requests.js'
import { Crc32c, storageKey, storageValue, varint } from './storage-hash.js'
import { EMPTY_VALUE, isBuilder, valueBytes, type StoredValue, type ValueBuilder } from './value.js'

/** What etcd charges for a put besides key and value, in bytes. */
const PUT_OVERHEAD = 256
/** What etcd charges for a lease grant, in bytes. */
export const LEASE_COST = 64

/** Returns the bytes that a put counts against the quota. */
export function putCost(key: string, value: StoredValue | ValueBuilder = EMPTY_VALUE): number {
  const built = isBuilder(value) ? value() : value
  return PUT_OVERHEAD + key.length + valueBytes(built).length
}

/**
 * Returns the cost of a txn: the puts of its more expensive branch, without those of inner txns, as etcd
 * calculates it.
 */
export function txnCost({ success = [], failure = [] }: TxnRequest): number {
  return Math.max(putsCost(success), putsCost(failure))
}

function putsCost(ops: readonly RequestOp[]): number {
  const puts = ops.flatMap(({ requestPut }): PutRequest[] => (requestPut === undefined ? [] : [requestPut]))
  return puts.reduce((sum, { key, value }) => sum + putCost(key, value), 0)
}

/** Returns the bytes of everything retained. */
export function retainedSize(mvcc: Mvcc): number {
  return mvcc.storage().reduce((sum, { kv }) => sum + putCost(kv.key, kv.value), 0)
}

/** Plain data of a {@link StorageQuota}. */
export interface StorageQuotaState {
  readonly alarms: readonly AlarmMember[]
  /** High-water mark in bytes; 0 if no quota is set. */
  readonly size: number
}

/** The quota and the alarms, which decide what writes are accepted. */
export class StorageQuota {
  readonly #quota: number
  readonly #memberId: bigint
  #alarms: readonly AlarmMember[]
  #size: number

  constructor(quota: number, memberId: bigint, state: StorageQuotaState = { alarms: [], size: 0 }) {
    this.#quota = quota
    this.#memberId = memberId
    this.#alarms = state.alarms
    this.#size = state.size
  }

  get state(): StorageQuotaState {
    return { alarms: this.#alarms, size: this.#size }
  }

  /** Whether sizes are tracked at all. */
  get limited(): boolean {
    return this.#quota > 0
  }

  /** The errors of Status: `memberID:<id> alarm:NOSPACE `, including the trailing blank. */
  get errors(): string[] {
    return this.#alarms.map(({ memberId, alarm }) => `memberID:${memberId} alarm:${alarm} `)
  }

  /**
   * Checks the quota before a request is validated. Raises the alarm if it is exceeded, even if the request
   * is invalid.
   */
  reserve(cost: () => number): void {
    if (this.#quota <= 0) return
    const bytes = cost()
    if (bytes === 0 || this.#size + bytes < this.#quota) return
    this.#activate({ memberId: this.#memberId, alarm: 'NOSPACE' })
    throw new EtcdError('noSpace')
  }

  /** Rejects what the alarms forbid: every write under CORRUPT, writes that take space under NOSPACE. */
  admit(takesSpace: boolean): void {
    if (this.#alarms.length === 0) return
    if (this.#has('CORRUPT')) throw new EtcdError('corrupt')
    if (takesSpace && this.#has('NOSPACE')) throw new EtcdError('noSpace')
  }

  used(bytes: number): void {
    this.#size += bytes
  }

  shrinkTo(bytes: number): void {
    if (this.limited) this.#size = bytes
  }

  alarm({ action, memberId = this.#memberId, alarm = 'NONE' }: AlarmRequest): AlarmMember[] {
    const member = { memberId, alarm }
    if (action === 'GET') return this.#alarms.filter((each) => alarm === 'NONE' || each.alarm === alarm)
    if (action === 'ACTIVATE') return alarm === 'NONE' ? [] : [this.#activate(member)]
    const gone = this.#alarms.filter((each) => same(each, member))
    this.#alarms = this.#alarms.filter((each) => !same(each, member))
    return gone
  }

  #has(alarm: AlarmType): boolean {
    return this.#alarms.some((each) => each.alarm === alarm)
  }

  #activate(member: AlarmMember): AlarmMember {
    if (!this.#alarms.some((each) => same(each, member))) this.#alarms = [...this.#alarms, member]
    return member
  }
}

function same(a: AlarmMember, b: AlarmMember): boolean {
  return a.memberId === b.memberId && a.alarm === b.alarm
}

/**
 * Computes CRC-32C over the buckets of this model (alarm, key, lease and meta) as etcd does: bucket name,
 * then key and value of each entry. Equal stores have equal hashes. It cannot be compared with a real
 * member's, which also hashes its own ids.
 */
export function hashBuckets(mvcc: Mvcc, leases: readonly Lease[], alarms: readonly AlarmMember[]): number {
  const crc = new Crc32c()
  crc.add(keyBytes('alarm'))
  for (const { memberId, alarm } of alarms) crc.add(keyBytes(`${memberId} ${alarm}`))
  crc.add(keyBytes('key'))
  for (const write of mvcc.storage()) {
    crc.add(storageKey(write))
    crc.add(storageValue(write))
  }
  crc.add(keyBytes('lease'))
  for (const { id, ttl } of leases.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const fields = [0x08]
    varint(fields, id)
    fields.push(0x10)
    varint(fields, BigInt(ttl))
    crc.add(Uint8Array.from(fields))
  }
  crc.add(keyBytes('meta'))
  crc.add(keyBytes(`${mvcc.compacted}`))
  return crc.sum
}
