import { sha256 } from '../../lang/bytes/sha256.js'
import { CompactionHashes } from '../mvcc/compaction-hashes.js'
import { keyOf } from '../mvcc/keys.js'
import { Lessor, MIN_LEASE_TTL } from '../lessor.js'
import { Mvcc, NEVER_COMPACTED } from '../mvcc/mvcc.js'
import { retainedSize } from '../mvcc/storage-quota.js'
import type { AlarmMember, AlarmType } from '../requests.js'
import type { Settings, StoreState } from '../store-state.js'
import { NO_LEASE, tombstone, type KeyValue } from '../version.js'
import { readAuth } from './auth.js'
import { readBolt } from './bolt-reader.js'
import type { BoltFile } from './bolt-reader.js'
import { bytesField, countField, countOf, decodeKeyValue, decodeMessage, numberField } from './messages.js'
import { HASH_SIZE } from './pages.js'
import type { BoltEntry } from './pages.js'
import { SnapshotError } from './snapshot-error.js'

/** Options for reading a snapshot. */
export interface ReadSnapshotOptions {
  /**
   * Accepts files without the SHA-256 at the end, or with a wrong one; a copy of a member's `snap/db` has
   * none. Default false.
   */
  readonly skipHashCheck?: boolean
}

/** Size in bytes of a stored revision, and of that of a tombstone. */
const REVISION = 17
const TOMBSTONE = 18
const UNDERSCORE = 0x5f
const LETTER_T = 0x74
/**
 * The file size modulo this tells whether there is a hash at the end. Source: etcdutl snapshot v3_snapshot.go
 * hasChecksum.
 */
const SECTOR = 512

/**
 * Returns the database of a snapshot file.
 * @throws SnapshotError if it is not a database, its hash is wrong or a page is damaged
 */
export function openSnapshot(
  file: Uint8Array,
  { skipHashCheck = false }: ReadSnapshotOptions = {},
): BoltFile {
  const hasHash = file.length % SECTOR === HASH_SIZE
  if (!skipHashCheck) checkHash(file, hasHash)
  return readBolt(hasHash ? file.subarray(0, -HASH_SIZE) : file)
}

function checkHash(file: Uint8Array, hasHash: boolean): void {
  if (!hasHash) {
    // report a file of another kind as such, rather than as one that lacks a hash
    readBolt(file)
    throw new SnapshotError('snapshot missing hash but --skip-hash-check=false')
  }
  const database = file.subarray(0, -HASH_SIZE)
  const expected = file.subarray(-HASH_SIZE)
  const got = sha256(database)
  if (got.some((byte, at) => byte !== expected[at]))
    throw new SnapshotError(`expected sha256 [${expected.join(' ')}], got [${got.join(' ')}]`)
}

/**
 * Reads the contents of a store from a snapshot file, as a restored member has them: all keys, the retained
 * history, leases with their full TTL, alarms, users and roles.
 * @throws SnapshotError if the file is not etcd's, or is damaged
 */
export function readSnapshot(file: Uint8Array, settings: Settings, options: ReadSnapshotOptions): StoreState {
  const { buckets } = openSnapshot(file, options)
  const writes = buckets.get('key')
  const meta = buckets.get('meta')
  if (writes === undefined || meta === undefined) {
    throw new SnapshotError(
      `the database has no bucket ${writes === undefined ? 'key' : 'meta'}, so it is not etcd's; it ` +
        `has: ${[...buckets.keys()].join(', ')}`,
    )
  }
  const notes = new Map(meta.map(({ key, value }) => [keyOf(key), value]))
  const mvcc = readHistory(writes, notes)
  const lessor = readLeases(buckets.get('lease') ?? [], settings.clock.now())
  mvcc.visit('', '\u0100', ({ key, lease }) => {
    if (lease !== NO_LEASE && lessor.get(lease) !== undefined) lessor.attach(lease, key)
  })
  return {
    mvcc,
    lessor,
    hashes: new CompactionHashes(),
    quota: {
      alarms: (buckets.get('alarm') ?? []).map(({ key }) => readAlarm(key)),
      size: settings.quotaBackendBytes > 0 ? retainedSize(mvcc) : 0,
    },
    raftIndex: readIndex(notes.get('consistent_index')),
    leaseSequence: 0,
    auth: readAuth(buckets),
  }
}

/** Reads the writes. Source: server/storage/mvcc/kvstore.go restore. */
function readHistory(entries: readonly BoltEntry[], notes: ReadonlyMap<string, Uint8Array>): Mvcc {
  const finished = noteOf(notes, 'finishedCompactRev')
  const scheduled = noteOf(notes, 'scheduledCompactRev')
  const writes = entries.map(readWrite)
  const revision = Math.max(1, finished, scheduled, writes.at(-1)?.kv.modRevision ?? 0)
  const mvcc = new Mvcc({ revision, compacted: finished })
  for (const { kv, sub } of writes) mvcc.load(kv, sub, kv.modRevision >= finished)
  // a compaction was scheduled but had not been executed
  if (scheduled > finished) mvcc.compact(scheduled)
  return mvcc
}

function noteOf(notes: ReadonlyMap<string, Uint8Array>, name: string): number {
  const bytes = notes.get(name)
  return bytes === undefined ? NEVER_COMPACTED : placeOf(bytes, name).revision
}

function placeOf(bytes: Uint8Array, what: string): { readonly revision: number; readonly sub: number } {
  if (bytes.length < REVISION || bytes[8] !== UNDERSCORE)
    throw new SnapshotError(`${what} is not a revision: ${hex(bytes)}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, REVISION)
  return { revision: countOf(view.getBigInt64(0), what), sub: countOf(view.getBigInt64(9), what) }
}

function readWrite({ key: place, value }: BoltEntry): { readonly kv: KeyValue; readonly sub: number } {
  const isTombstone = place.length === TOMBSTONE && place[REVISION] === LETTER_T
  if (place.length !== REVISION && !isTombstone)
    throw new SnapshotError(`a key of bucket key is not a revision: ${hex(place)}`)
  const { revision, sub } = placeOf(place, 'a key of bucket key')
  const what = `what is stored at revision ${revision}`
  if (isTombstone)
    return { kv: tombstone(keyOf(bytesField(decodeMessage(value, what), 1, what)), revision), sub }
  const kv = decodeKeyValue(value, what)
  if (kv.modRevision !== revision)
    throw new SnapshotError(`${what} says that it was written at revision ${kv.modRevision}`)
  if (kv.key === '' || kv.version < 1 || kv.createRevision < 1 || kv.createRevision > revision) {
    throw new SnapshotError(
      `${what} is not a write: version ${kv.version} of a key of revision ${kv.createRevision}`,
    )
  }
  return { kv, sub }
}

/** Reads the leases. Source: server/lease/lessor.go initAndRecover, Promote. */
function readLeases(entries: readonly BoltEntry[], now: number): Lessor {
  const lessor = new Lessor()
  for (const { key, value } of entries) {
    const what = `lease ${hex(key)}`
    const fields = decodeMessage(value, what)
    const ttl = Math.max(countField(fields, 2, what), MIN_LEASE_TTL)
    const remaining = countField(fields, 3, what)
    lessor.load({
      id: BigInt.asIntN(64, numberField(fields, 1, what)),
      ttl,
      expiry: now + (remaining > 0 ? remaining : ttl) * 1000,
    })
  }
  return lessor
}

const ALARMS: readonly AlarmType[] = ['NONE', 'NOSPACE', 'CORRUPT']

function readAlarm(key: Uint8Array): AlarmMember {
  const fields = decodeMessage(key, 'an alarm')
  const alarm = ALARMS[countField(fields, 2, 'an alarm')]
  if (alarm === undefined) throw new SnapshotError(`there is an alarm of an unknown kind: ${hex(key)}`)
  return { memberId: numberField(fields, 1, 'an alarm'), alarm }
}

function readIndex(bytes: Uint8Array | undefined): number {
  if (bytes === undefined) return 0
  if (bytes.length !== 8) throw new SnapshotError(`consistent_index is not a number: ${hex(bytes)}`)
  return countOf(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0), 'consistent_index')
}

function hex(bytes: Uint8Array): string {
  return [...bytes.subarray(0, 32)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
