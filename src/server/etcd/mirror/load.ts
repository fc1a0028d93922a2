import { prefixRangeEnd } from '../../../etcd/keys.js'
import type { RangeResponse } from '../../../etcd/requests.js'
import type { StoreJson, WriteJson } from '../../../etcd/store-json.js'
import { valueBytes } from '../../../etcd/value.js'
import { NO_LEASE, type KeyValue } from '../../../etcd/version.js'
import { clusterRevision, withStep } from './layout.js'
import type { MirrorLayout, MirrorState } from './layout.js'
import type { RemoteEtcd } from './remote.js'

/** Keys per response. */
const PAGE = 500

/** A cluster read from etcd. */
export interface Mirrored {
  readonly state: MirrorState
  /** Mod revision of the state key, which the next write compares with. */
  readonly noted: number
  readonly store: StoreJson
}

/**
 * Reads everything that a mirror has written, as of one revision; returns undefined when there is nothing.
 * Removes a cluster whose creation was interrupted. The caller must hold the lock.
 * @throws Error when the keys are not those of a mirror
 */
export async function loadMirror(remote: RemoteEtcd, layout: MirrorLayout): Promise<Mirrored | undefined> {
  const {
    kvs: [note],
    header,
  } = await remote.range({ key: layout.state })
  if (note === undefined) {
    await demandEmpty(remote, layout)
    return undefined
  }
  const state = readState(note)
  if (state.revision < state.ready) {
    const all = { requestDeleteRange: { key: layout.range, rangeEnd: prefixRangeEnd(layout.range) } }
    await remote.txn({ success: [all, { requestDeleteRange: { key: layout.state } }] })
    return undefined
  }
  const steps = withStep(state.steps, state.revision, note.modRevision)
  const writes: WriteJson[] = []
  for await (const kv of everyKey(remote, layout.range, header.revision))
    writes.push(writeOf(kv, layout, (revision) => clusterRevision(steps, revision)))
  writes.sort((a, b) => a.revision - b.revision || (a.key < b.key ? -1 : 1))
  const placed = writes.map((write, at) => ({ ...write, sub: placeOf(writes, at) }))
  return {
    state: { ...state, steps },
    noted: note.modRevision,
    store: {
      revision: state.revision,
      compacted: state.revision,
      writes: placed,
      leases: state.leases,
      alarms: [],
      size: 0,
      compactionHashes: [],
      raftIndex: state.revision,
      leaseSequence: 0,
    },
  }
}

/** Keys without a note are not ours: writing among them would mix two clusters. */
async function demandEmpty(remote: RemoteEtcd, { range }: MirrorLayout): Promise<void> {
  const { kvs } = await remote.range({ key: range, rangeEnd: prefixRangeEnd(range), limit: 1 })
  const [found] = kvs
  if (found !== undefined)
    throw new Error(
      `etcd already has ${found.key}, which no mirror of a simcluster has written; choose another prefix`,
    )
}

function readState(note: KeyValue): MirrorState {
  let state: unknown
  try {
    state = JSON.parse(new TextDecoder().decode(valueBytes(note.value)))
  } catch {
    state = undefined
  }
  const format = (state as { readonly simclusterMirror?: unknown } | undefined)?.simclusterMirror
  if (format !== 1)
    throw new Error(
      `what lies in etcd under ${note.key} is ` +
        `${
          format === undefined
            ? 'no mirror of a simcluster'
            : `a mirror of format ${JSON.stringify(format)}; this version of simcluster reads format 1`
        }`,
    )
  return state as MirrorState
}

async function* everyKey(remote: RemoteEtcd, prefix: string, revision: number): AsyncGenerator<KeyValue> {
  const rangeEnd = prefixRangeEnd(prefix)
  for (let key = prefix; ;) {
    const { kvs, more }: RangeResponse = await remote.range({ key, rangeEnd, revision, limit: PAGE })
    yield* kvs
    const last = kvs.at(-1)
    if (!more || last === undefined) return
    key = `${last.key}\0`
  }
}

function writeOf(
  { key, value, createRevision, modRevision, version }: KeyValue,
  layout: MirrorLayout,
  revisionOf: (etcd: number) => number,
): WriteJson {
  const { lease, bytes } = unwrapped(valueBytes(value))
  return {
    key: layout.inCluster(key),
    revision: revisionOf(modRevision),
    created: revisionOf(createRevision),
    version,
    ...(lease === NO_LEASE ? {} : { lease: `${lease}` }),
    ...(bytes.length === 0 ? {} : { bytes: Buffer.from(bytes).toString('base64') }),
  }
}

/**
 * Prefix of the value of a key that has a lease in the cluster, followed by the lease's id. Other values have
 * no prefix.
 */
const LEASED = 'simcluster lease '

/** Adds the id of its lease to a value. */
export function wrapped(bytes: Uint8Array, lease: bigint): Uint8Array {
  if (lease === NO_LEASE && unwrapped(bytes).bytes === bytes) return bytes
  return Buffer.concat([
    Buffer.from(`${LEASED}${BigInt.asUintN(64, lease).toString(16).padStart(16, '0')}\n`),
    bytes,
  ])
}

function unwrapped(bytes: Uint8Array): { readonly lease: bigint; readonly bytes: Uint8Array } {
  const head = Buffer.from(
    bytes.buffer,
    bytes.byteOffset,
    Math.min(bytes.length, LEASED.length + 17),
  ).toString('latin1')
  const [, id] = /^simcluster lease ([0-9a-f]{16})\n$/.exec(head) ?? []
  return id === undefined
    ? { lease: NO_LEASE, bytes }
    : { lease: BigInt.asIntN(64, BigInt(`0x${id}`)), bytes: bytes.subarray(head.length) }
}

/** Returns how many writes of the same revision precede the one at `at`. */
function placeOf(writes: readonly WriteJson[], at: number): number {
  let place = 0
  while (writes[at - place - 1]?.revision === writes[at]?.revision && at - place > 0) place++
  return place
}
