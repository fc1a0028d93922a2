import { prefixRangeEnd } from '../../../etcd/mvcc/keys.js'
import type { RangeResponse } from '../../../etcd/requests.js'
import type { StoreJson, WriteJson } from '../../../etcd/store-json.js'
import { valueBytes } from '../../../etcd/mvcc/value.js'
import { NO_LEASE, type KeyValue } from '../../../etcd/version.js'
import { FirstPlaces } from './first-write.js'
import type { KeyRevisions } from './first-write.js'
import { clusterRevision, MIRROR_FORMAT, withStep } from './layout.js'
import type { MirrorLayout, MirrorState } from './layout.js'
import type { RemoteEtcd } from './remote.js'
import { byText } from '../../../lang/text/order.js'

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
  const { noted, places, first } = await readStart(remote, layout)
  const {
    kvs: [note],
    header,
  } = noted
  if (note === undefined) {
    demandEmpty(first)
    return undefined
  }
  const state = readState(note)
  if (state.revision < state.ready) {
    const keys = { requestDeleteRange: { key: layout.range, rangeEnd: prefixRangeEnd(layout.range) } }
    const notes = [layout.places, layout.state].map((key) => ({ requestDeleteRange: { key } }))
    await remote.txn({ success: [keys, ...notes] })
    return undefined
  }
  const steps = withStep(state.steps, state.revision, note.modRevision)
  const placeOf = placing(new FirstPlaces(places), steps)
  const writes: WriteJson[] = []
  for await (const kv of everyKey(remote, layout.range, { first, revision: header.revision }))
    writes.push(writeOf(kv, layout, placeOf(kv)))
  writes.sort((a, b) => a.revision - b.revision || byText(a.key, b.key))
  return {
    state: { ...state, steps },
    noted: note.modRevision,
    store: {
      revision: state.revision,
      compacted: state.revision,
      writes: writes.map((write, at) => ({ ...write, sub: subOf(writes, at) })),
      leases: state.leases,
      alarms: [],
      size: 0,
      compactionHashes: [],
      raftIndex: state.revision,
      leaseSequence: 0,
    },
  }
}

/** Reads the notes and the first keys, as of one revision. */
async function readStart(
  remote: RemoteEtcd,
  { state, places, range }: MirrorLayout,
): Promise<Record<'noted' | 'places' | 'first', RangeResponse>> {
  const { header, responses } = await remote.txn({
    success: [
      { requestRange: { key: state } },
      { requestRange: { key: places } },
      { requestRange: { key: range, rangeEnd: prefixRangeEnd(range), limit: PAGE } },
    ],
  })
  const none = { header, kvs: [], more: false, count: 0 }
  const [noted = none, kept = none, first = none] = responses.map((response) =>
    'responseRange' in response ? { ...response.responseRange, header } : none,
  )
  return { noted, places: kept, first }
}

/** Keys without a note are not ours: writing among them would mix two clusters. */
function demandEmpty({ kvs: [found] }: RangeResponse): void {
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
  if (format !== MIRROR_FORMAT)
    throw new Error(
      `what lies in etcd under ${note.key} is ` +
        `${
          format === undefined
            ? 'no mirror of a simcluster'
            : `a mirror of format ${JSON.stringify(format)}; this version of simcluster reads format ${MIRROR_FORMAT}`
        }`,
    )
  return state as MirrorState
}

/** Yields the keys of the first page, and those that follow it. */
async function* everyKey(
  remote: RemoteEtcd,
  prefix: string,
  { first, revision }: { readonly first: RangeResponse; readonly revision: number },
): AsyncGenerator<KeyValue> {
  const rangeEnd = prefixRangeEnd(prefix)
  for (let page = first; ;) {
    yield* page.kvs
    const last = page.kvs.at(-1)
    if (!page.more || last === undefined) return
    page = await remote.range({ key: `${last.key}\0`, rangeEnd, revision, limit: PAGE })
  }
}

/** Returns the function that tells where a key was in the cluster's store. */
function placing(first: FirstPlaces, steps: MirrorState['steps']): (kv: KeyValue) => KeyRevisions {
  const revisionOf = (etcd: number): number => clusterRevision(steps, etcd)
  return ({ key, createRevision, modRevision, version }) => {
    const place = first.of(key, createRevision)
    if (place === undefined) return [revisionOf(createRevision), revisionOf(modRevision), version]
    const [created, modified, before] = place
    return [created, version === 1 ? modified : revisionOf(modRevision), before + version - 1]
  }
}

function writeOf(
  { key, value }: KeyValue,
  layout: MirrorLayout,
  [created, revision, version]: KeyRevisions,
): WriteJson {
  const { lease, bytes } = unwrapped(valueBytes(value))
  return {
    key: layout.inCluster(key),
    revision,
    created,
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
function subOf(writes: readonly WriteJson[], at: number): number {
  let place = 0
  while (writes[at - place - 1]?.revision === writes[at]?.revision && at - place > 0) place++
  return place
}
