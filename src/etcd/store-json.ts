import { NO_AUTH, type AuthState } from './auth-store.js'
import { CompactionHashes, type CompactionHash } from './mvcc/compaction-hashes.js'
import { Lessor } from './lessor.js'
import { keyBytes, keyOf } from './mvcc/keys.js'
import { Mvcc } from './mvcc/mvcc.js'
import type { AlarmType } from './requests.js'
import type { StoreState } from './store-state.js'
import { deepFreeze, EMPTY_VALUE, type StoredValue } from './mvcc/value.js'
import { isTombstone, NO_LEASE, tombstone, type Version } from './version.js'

/** One stored write. */
export interface WriteJson {
  readonly key: string
  readonly revision: number
  /** Position in its transaction; absent is 0. */
  readonly sub?: number
  /** Absent for a tombstone. */
  readonly created?: number
  readonly version?: number
  readonly lease?: string
  /** A JSON value. */
  readonly value?: object
  /** A bytes value, in base64. If both this and `value` are absent, the value is empty. */
  readonly bytes?: string
}

/** A whole store as JSON; ids are decimal strings. */
export interface StoreJson {
  readonly revision: number
  /** -1 if never compacted. */
  readonly compacted: number
  /** In order of (revision, sub). */
  readonly writes: readonly WriteJson[]
  readonly leases: readonly { readonly id: string; readonly ttl: number; readonly expiry: number }[]
  readonly alarms: readonly { readonly memberId: string; readonly alarm: AlarmType }[]
  readonly size: number
  readonly compactionHashes: readonly CompactionHash[]
  readonly raftIndex: number
  readonly leaseSequence: number
  /** Users and roles; absent if there never were any. */
  readonly auth?: AuthState
}

export function dumpStore({
  mvcc,
  lessor,
  quota,
  hashes,
  raftIndex,
  leaseSequence,
  auth,
}: StoreState): StoreJson {
  return {
    revision: mvcc.revision,
    compacted: mvcc.compacted,
    writes: mvcc.storage().map(dumpWrite),
    leases: lessor.all().map(({ id, ttl, expiry }) => ({ id: `${id}`, ttl, expiry })),
    alarms: quota.alarms.map(({ memberId, alarm }) => ({ memberId: `${memberId}`, alarm })),
    size: quota.size,
    compactionHashes: hashes.all(),
    raftIndex,
    leaseSequence,
    ...(auth.revision === NO_AUTH.revision ? {} : { auth }),
  }
}

export function loadStore(json: StoreJson): StoreState {
  const mvcc = new Mvcc({ revision: json.revision, compacted: json.compacted })
  for (const write of json.writes)
    mvcc.load(keyValueOf(write), write.sub ?? 0, write.revision >= json.compacted)
  const lessor = new Lessor()
  for (const { id, ttl, expiry } of json.leases) lessor.load({ id: BigInt(id), ttl, expiry })
  mvcc.visit('', '\u0100', ({ key, lease }) => {
    if (lease !== NO_LEASE) lessor.attach(lease, key)
  })
  return {
    mvcc,
    lessor,
    quota: {
      alarms: json.alarms.map(({ memberId, alarm }) => ({ memberId: BigInt(memberId), alarm })),
      size: json.size,
    },
    hashes: new CompactionHashes(json.compactionHashes),
    raftIndex: json.raftIndex,
    leaseSequence: json.leaseSequence,
    auth: json.auth === undefined ? NO_AUTH : deepFreeze(json.auth),
  }
}

function dumpWrite({ kv, sub }: Version): WriteJson {
  const place = { key: kv.key, revision: kv.modRevision, ...(sub > 0 ? { sub } : {}) }
  if (isTombstone(kv)) return place
  return {
    ...place,
    created: kv.createRevision,
    version: kv.version,
    ...(kv.lease === NO_LEASE ? {} : { lease: `${kv.lease}` }),
    ...dumpValue(kv.value),
  }
}

function dumpValue(value: StoredValue): Pick<WriteJson, 'value' | 'bytes'> {
  if (!(value instanceof Uint8Array)) return { value }
  return value.length === 0 ? {} : { bytes: btoa(keyOf(value)) }
}

function keyValueOf({ key, revision, created, version = 0, lease, value, bytes }: WriteJson): Version['kv'] {
  if (created === undefined) return tombstone(key, revision)
  const stored =
    value === undefined ? (bytes === undefined ? EMPTY_VALUE : keyBytes(atob(bytes))) : deepFreeze(value)
  return Object.freeze({
    key,
    value: stored,
    createRevision: created,
    modRevision: revision,
    version,
    lease: lease === undefined ? NO_LEASE : BigInt(lease),
  })
}
