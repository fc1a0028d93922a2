import { sha256 } from '../../lang/bytes/sha256.js'
import { keyBytes } from '../mvcc/keys.js'
import type { Lease } from '../lessor.js'
import type { AlarmMember } from '../requests.js'
import { storageKey, storageValue } from '../mvcc/storage-hash.js'
import type { Settings, StoreState } from '../store-state.js'
import { authBuckets } from './auth.js'
import { writeBolt } from './bolt-writer.js'
import { encodeMessage } from './messages.js'
import { compareBytes, HASH_SIZE } from './pages.js'
import type { BoltEntry } from './pages.js'

/** The cluster version that an etcd 3.5 cluster records. */
const CLUSTER_VERSION = '3.5.0'
const TERM = 2

/** Options for writing a snapshot. */
export interface SnapshotOptions {
  /**
   * Whether to append the SHA-256 that `etcdutl snapshot restore` requires. Default true; etcd streams it
   * separately.
   */
  readonly hash?: boolean
}

/**
 * Returns a store in etcd's on-disk format. Source: server/storage/schema, server/storage/backend,
 * client/v3/snapshot.
 */
export function snapshotFile(
  state: StoreState,
  settings: Settings,
  { hash = true }: SnapshotOptions = {},
): Uint8Array {
  const database = writeBolt(
    [
      { name: 'alarm', entries: sorted(state.quota.alarms.map(alarmEntry)) },
      ...authBuckets(state.auth),
      { name: 'cluster', entries: [{ key: keyBytes('clusterVersion'), value: keyBytes(CLUSTER_VERSION) }] },
      {
        name: 'key',
        entries: state.mvcc
          .storage()
          .map((write) => ({ key: storageKey(write), value: storageValue(write) })),
      },
      { name: 'lease', entries: sorted(state.lessor.all().map(leaseEntry)) },
      { name: 'members', entries: [memberEntry(settings.memberId)] },
      { name: 'members_removed', entries: [] },
      { name: 'meta', entries: metaEntries(state, settings.memberId) },
    ],
    state.raftIndex + 2,
  )
  if (!hash) return database
  const file = new Uint8Array(database.length + HASH_SIZE)
  file.set(database)
  file.set(sha256(database), database.length)
  return file
}

function sorted(entries: readonly BoltEntry[]): readonly BoltEntry[] {
  return entries.toSorted((a, b) => compareBytes(a.key, b.key))
}

function bigEndian(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value))
  return bytes
}

function alarmEntry({ memberId, alarm }: AlarmMember): BoltEntry {
  const kind = alarm === 'CORRUPT' ? 2 : 1
  return {
    key: encodeMessage([
      [1, memberId],
      [2, kind],
    ]),
    value: new Uint8Array(0),
  }
}

function leaseEntry({ id, ttl }: Lease): BoltEntry {
  return {
    key: bigEndian(id),
    value: encodeMessage([
      [1, id],
      [2, ttl],
    ]),
  }
}

function memberEntry(id: bigint): BoltEntry {
  const member =
    `{"id":${id},"peerURLs":["http://localhost:2380"],"name":"default","clientURLs":["http://` +
    'localhost:2379"]}'
  return { key: keyBytes(id.toString(16)), value: keyBytes(member) }
}

function metaEntries({ mvcc, raftIndex }: StoreState, memberId: bigint): readonly BoltEntry[] {
  const compaction =
    mvcc.compacted < 0
      ? []
      : ['finishedCompactRev', 'scheduledCompactRev'].map((name) => ({
          key: keyBytes(name),
          value: revisionBytes(mvcc.compacted),
        }))
  return sorted([
    { key: keyBytes('confState'), value: keyBytes(`{"voters":[${memberId}],"auto_leave":false}`) },
    { key: keyBytes('consistent_index'), value: bigEndian(BigInt(raftIndex)) },
    { key: keyBytes('term'), value: bigEndian(BigInt(TERM)) },
    ...compaction,
  ])
}

/** Encodes a revision with sub-revision 0: 8 bytes, `_`, and 8 more. */
function revisionBytes(revision: number): Uint8Array {
  const bytes = new Uint8Array(17)
  bytes.set(bigEndian(BigInt(revision)))
  bytes[8] = 0x5f
  return bytes
}
