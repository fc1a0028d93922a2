import { execFile } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  EtcdStore,
  formatSnapshotStatus,
  keyOf,
  snapshotStatus,
  valueBytes,
} from '../../../src/etcd/index.js'
import type { KeyValue, RequestOp, StoreJson, TxnRequest } from '../../../src/etcd/index.js'
import { Random } from '../../../src/sim/random.js'
import type { RandomStream } from '../../../src/sim/random.js'
import { RealEtcd } from '../real-etcd.js'
import { txnMessage } from '../wire.js'

const clock = { now: (): number => 1_700_000_000_000 }
/** Largest value that a put with a short key may have; a request is 1.5 MiB with all that is around it. */
const LARGEST = 1_572_000

/** What a round trip has looked at. */
export interface RoundTripFigures {
  readonly keys: number
  /** Retained writes: versions and tombstones. */
  readonly writes: number
  readonly leases: number
  readonly bytes: number
  readonly largest: number
}

/** What a store keeps that a snapshot must bring back. */
export function kept({ revision, compacted, writes, leases }: StoreJson): unknown {
  const byId = leases.map(({ id, ttl }) => ({ id, ttl })).sort((a, b) => (a.id < b.id ? -1 : 1))
  return { revision, compacted, writes, leases: byId }
}

/**
 * A random store of so many keys (with history, tombstones, a compaction, leases, keys of any bytes, values
 * to 1.5 MB) goes into a snapshot, through `etcdutl snapshot restore` into a real etcd, and is read there
 * with etcdctl; then both go on with the same writes, and what `etcdctl snapshot save` writes comes back
 * here. @throws Error that says what differs.
 */
export async function roundTrip(folder: string, keys: number, seed: number): Promise<RoundTripFigures> {
  const random = new Random(seed).stream('round trip')
  const store = new EtcdStore({ clock, compactionHashes: false })
  fill(store, random, keys)
  const file = store.snapshot()
  writeFileSync(join(folder, 'ours'), file)
  const run = (program: string, ...args: readonly string[]): Promise<string> => output(folder, program, args)
  demandEqual(
    'etcdutl snapshot status',
    await run('etcdutl', 'snapshot', 'status', '-w', 'table', 'ours'),
    formatSnapshotStatus(snapshotStatus(file)),
  )
  await run('etcdutl', 'snapshot', 'restore', 'ours', '--data-dir', 'ours.data')
  const etcd = await RealEtcd.start([
    '--data-dir',
    join(folder, 'ours.data'),
    '--quota-backend-bytes',
    '8000000000',
  ])
  try {
    const etcdctl = (...args: readonly string[]): Promise<string> =>
      run('etcdctl', '--endpoints', etcd.address, '--command-timeout', '60s', ...args)
    await compareAll(store, random, etcdctl)
    for (const request of writesOf(random, keys, Math.min(2 + keys / 10, 1000), store)) {
      store.txn(request)
      await etcd.call('KV', 'Txn', txnMessage(request))
    }
    const revision = random.int(store.compactedRevision + 1, store.revision)
    store.compact({ revision })
    await etcd.call('KV', 'Compact', { revision, physical: true })
    await etcdctl('snapshot', 'save', 'theirs')
  } finally {
    await etcd.stop()
  }
  const theirs = readFileSync(join(folder, 'theirs'))
  const back = EtcdStore.fromSnapshot(theirs, { clock })
  demandEqual('what came back', JSON.stringify(kept(back.toJSON())), JSON.stringify(kept(store.toJSON())))
  demandEqual(
    'status of theirs',
    await run('etcdutl', 'snapshot', 'status', '-w', 'table', 'theirs'),
    formatSnapshotStatus(snapshotStatus(theirs)),
  )
  for (const each of ['ours', 'ours.data', 'theirs']) rmSync(join(folder, each), { recursive: true })
  const sizes = back.list('\0', '\0').map(({ value }) => valueBytes(value).length)
  return {
    keys: back.count('\0', '\0'),
    writes: back.toJSON().writes.length,
    leases: back.leases().leases.length,
    bytes: theirs.length,
    largest: Math.max(0, ...sizes),
  }
}

async function output(cwd: string, program: string, args: readonly string[]): Promise<string> {
  return (
    await promisify(execFile)(`/usr/bin/${program}`, args, {
      cwd,
      maxBuffer: 2 ** 30,
      env: { PATH: process.env.PATH },
    })
  ).stdout
}

function demandEqual(what: string, found: string, wanted: string): void {
  if (found === wanted) return
  let at = 0
  while (found[at] === wanted[at]) at++
  throw new Error(
    `${what} differs at character ${at}: ${found.slice(at, at + 200)} and not ${wanted.slice(at, at + 200)}`,
  )
}

/** The `n`-th key: most are those of an apiserver, some have any bytes. */
const keyAt = (n: number): string =>
  n % 50 === 7
    ? keyOf(Uint8Array.of(n % 256, n >>> 8, 0, 0xff, n % 7))
    : `/registry/pods/ns-${n % 40}/web-${((n * 2_654_435_761) % 2 ** 32).toString(36)}`

function fill(store: EtcdStore, random: RandomStream, keys: number): void {
  for (let n = 0; n < 3 + keys / 1000; n++) {
    store.leaseGrant({
      id:
        BigInt(random.int(0, 2 ** 31)) * 2n ** 32n +
        BigInt(random.int(1, 2 ** 31)) -
        (n % 3 === 0 ? 2n ** 62n : 0n),
      ttl: random.int(5_000, 1_000_000),
    })
  }
  for (let from = 0; from < keys;) {
    const until = Math.min(keys, from + random.int(1, 60))
    store.txn({
      success: Array.from({ length: until - from }, (_, at) => ({
        requestPut: putOf(keyAt(from + at), valueOf(random, at === 0 ? 3_000 : 0), random, store),
      })),
    })
    from = until
  }
  for (let n = 0; n < 1 + keys / 20_000; n++)
    store.put({ key: `/large/${n}`, value: bytes(random, n === 0 ? LARGEST : random.int(100_000, LARGEST)) })
  for (const request of writesOf(random, keys, keys / 2, store)) store.txn(request)
  store.compact({ revision: random.int(1, store.revision) })
  for (const request of writesOf(random, keys, 1 + keys / 4, store)) store.txn(request)
  store.leaseRevoke(store.leases().leases[1] as bigint)
}

function putOf(
  key: string,
  value: Uint8Array,
  random: RandomStream,
  store: EtcdStore,
): NonNullable<RequestOp['requestPut']> {
  const { leases } = store.leases()
  return random.int(0, 30) === 0 ? { key, value, lease: random.pick(leases) } : { key, value }
}

/** Puts and deletes of keys that are there or were; each makes a revision at most. */
function* writesOf(
  random: RandomStream,
  keys: number,
  count: number,
  store: EtcdStore,
): Generator<TxnRequest> {
  for (let n = 0; n < count; n++) {
    const key = keyAt(random.int(0, keys - 1))
    switch (random.int(0, 9)) {
      case 0:
        yield { success: [{ requestDeleteRange: { key } }] }
        break
      case 1:
        yield {
          success: [
            { requestDeleteRange: { key, rangeEnd: `${key}\xff` } },
            { requestPut: { key: `/other/${n % 100}` } },
          ],
        }
        break
      case 2:
        yield {
          success: [
            { requestPut: putOf(key, bytes(random, 5), random, store) },
            { requestPut: { key: `/other/${n % 100}`, value: valueOf(random, 0) } },
          ],
        }
        break
      default:
        yield { success: [{ requestPut: putOf(key, valueOf(random, 500), random, store) }] }
    }
  }
}

/** Mostly short; one of so many (0: none) is long. */
function valueOf(random: RandomStream, rarity: number): Uint8Array {
  return bytes(
    random,
    rarity > 0 && random.int(1, rarity) === 1 ? random.int(3_000, 80_000) : random.int(0, 200),
  )
}

function bytes(random: RandomStream, length: number): Uint8Array {
  const value = new Uint8Array(length)
  const first = random.int(0, 255)
  for (let at = 0; at < length; at++) value[at] = first + at * 31
  return value
}

type Etcdctl = (...args: readonly string[]) => Promise<string>

async function compareAll(store: EtcdStore, random: RandomStream, etcdctl: Etcdctl): Promise<void> {
  const revisions = [
    store.revision,
    Math.max(store.compactedRevision, 1),
    random.int(store.compactedRevision, store.revision),
  ]
  for (const revision of revisions) {
    const printed = await etcdctl('get', '', '--from-key', '--rev', String(revision), '-w', 'json')
    demandEqual(
      `revision ${revision}`,
      rowsOf(printed),
      store.list('\0', '\0', { revision }).map(rowOf).join('\n'),
    )
  }
  const [
    {
      HashKV: { hash },
    },
  ] = JSON.parse(await etcdctl('endpoint', 'hashkv', '-w', 'json')) as [{ HashKV: { hash: number } }]
  demandEqual('the hash of all history', String(hash), String(store.hashKV().hash))
  const hex = (id: bigint): string =>
    id < 0n ? `-${(-id).toString(16).padStart(15, '0')}` : id.toString(16).padStart(16, '0')
  const { leases } = store.leases()
  const listed = (await etcdctl('lease', 'list')).trim().split('\n').slice(1).sort()
  demandEqual('leases', listed.join(' '), leases.map(hex).sort().join(' '))
  for (const id of leases.filter((each) => each > 0n).slice(0, 20)) {
    const told = JSON.parse(await etcdctl('lease', 'timetolive', hex(id), '--keys', '-w', 'json')) as {
      'granted-ttl': number
      keys: readonly string[] | null
    }
    const { grantedTTL, keys } = store.leaseTimeToLive({ id, keys: true })
    demandEqual(
      `lease ${hex(id)}`,
      JSON.stringify([told['granted-ttl'], (told.keys ?? []).toSorted()]),
      JSON.stringify([grantedTTL, keys.map(base64).sort()]),
    )
  }
}

const base64 = (key: string): string => Buffer.from(key, 'latin1').toString('base64')

interface PrintedRow {
  readonly key: string
  readonly create_revision: number
  readonly mod_revision: number
  readonly version: number
  readonly value?: string
  readonly lease?: string
}

/**
 * What `etcdctl get -w json` has printed, one row a line; ids of leases are larger than JavaScript's numbers.
 */
function rowsOf(printed: string): string {
  const { kvs = [] } = JSON.parse(printed.replaceAll(/"lease":(-?\d+)/g, '"lease":"$1"')) as {
    readonly kvs?: readonly PrintedRow[]
  }
  return kvs
    .map(({ key, create_revision, mod_revision, version, value = '', lease = '0' }) =>
      [key, create_revision, mod_revision, version, lease, value].join(' '),
    )
    .join('\n')
}

function rowOf({ key, createRevision, modRevision, version, lease, value }: KeyValue): string {
  return [
    base64(key),
    createRevision,
    modRevision,
    version,
    String(lease),
    Buffer.from(valueBytes(value)).toString('base64'),
  ].join(' ')
}
