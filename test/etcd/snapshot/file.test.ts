import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  EtcdStore,
  formatSnapshotStatus,
  keyBytes,
  SnapshotError,
  snapshotStatus,
} from '../../../src/etcd/index.js'
import { ManualClock } from '../fixtures.js'

const clock = new ManualClock()
const real = gunzipSync(
  readFileSync(new URL('../../fixtures/etcd/real-cluster.snapshot.db.gz', import.meta.url)),
)

/**
 * A store that has every kind of thing in it: history, tombstones, leases, an alarm, a compaction, keys of
 * all bytes.
 */
function filled(): EtcdStore {
  const store = new EtcdStore({ clock })
  store.leaseGrant({ id: 7n, ttl: 60 })
  store.leaseGrant({ id: -3n, ttl: 3600 })
  for (let at = 0; at < 90; at++)
    store.put({
      key: `k${at % 40}`,
      value: keyBytes(`${at}`.repeat(9)),
      ...(at % 5 === 0 ? { lease: 7n } : {}),
    })
  store.deleteRange({ key: 'k1', rangeEnd: 'k15' })
  store.compact({ revision: 60 })
  store.put({ key: '\0\xff', value: new Uint8Array(9000).fill(1) })
  store.txn({
    success: [
      { requestPut: { key: 'x' } },
      { requestPut: { key: 'y', value: keyBytes('1'), lease: -3n } },
      { requestDeleteRange: { key: 'k39' } },
    ],
  })
  store.alarm({ action: 'ACTIVATE', memberId: 0x8e9e05c52164694dn, alarm: 'NOSPACE' })
  return store
}

const read = (file: Uint8Array, skipHashCheck = false): EtcdStore =>
  EtcdStore.fromSnapshot(file, { clock, skipHashCheck })

/** Why a file is refused. */
function refusal(file: Uint8Array, skipHashCheck = false): string {
  try {
    read(file, skipHashCheck)
  } catch (error) {
    if (error instanceof SnapshotError) return error.message
    throw error
  }
  return ''
}

describe('a snapshot file', () => {
  test('brings everything back', () => {
    const store = filled()
    const back = read(store.snapshot())
    expect({ ...back.toJSON(), compactionHashes: [], leaseSequence: 0 }).toEqual({
      ...store.toJSON(),
      compactionHashes: [],
      leaseSequence: 0,
    })
    expect(back.leaseTimeToLive({ id: 7n, keys: true }).keys).toEqual(
      store.leaseTimeToLive({ id: 7n, keys: true }).keys,
    )
    expect(back.snapshot()).toEqual(store.snapshot())
    const empty = new EtcdStore({ clock })
    expect(read(empty.snapshot()).toJSON()).toEqual(empty.toJSON())
  })

  test('of a real cluster is read, byte for byte; its status is as etcdutl prints it', () => {
    expect(formatSnapshotStatus(snapshotStatus(real))).toBe(`\
+----------+----------+------------+------------+
|   HASH   | REVISION | TOTAL KEYS | TOTAL SIZE |
+----------+----------+------------+------------+
| a1a9164c |      462 |        472 |     737 kB |
+----------+----------+------------+------------+
`)
    const store = read(real)
    expect([
      store.revision,
      store.compactedRevision,
      store.count('\0', '\0'),
      store.leases().leases.length,
    ]).toEqual([462, -1, 294, 5])
    expect(store.header.revision).toBe(462)
    expect(read(store.snapshot()).toJSON()).toEqual(store.toJSON())
  })

  test('a lease begins anew with its full TTL; one that was revoked is not in it', () => {
    const store = filled()
    const back = EtcdStore.fromSnapshot(store.snapshot(), { clock: { now: () => clock.now() + 3_000_000 } })
    expect(back.leaseTimeToLive({ id: 7n }).ttl).toBe(60)
    back.leaseRevoke(7n)
    const orphaned = back.snapshot()
    expect(read(orphaned).leases().leases).toEqual([-3n])
  })
})

describe('what is no whole snapshot is refused, with what is wrong', () => {
  const file = filled().snapshot()

  test.each([
    ['an empty file', new Uint8Array(0), /^invalid database: this is not a bbolt file/],
    [
      'a gzipped one',
      readFileSync(new URL('../../fixtures/etcd/real-cluster.snapshot.db.gz', import.meta.url)),
      /^invalid database/,
    ],
    ['text', keyBytes('apiVersion: v1\n'.repeat(999)), /^invalid database/],
    [
      'one that is cut at a page',
      file.subarray(0, 8192),
      /^the file is truncated: it has 8192 bytes, its \d+ pages of 4096 take \d+$/,
    ],
    ['one that is cut where a hash would end', file.subarray(0, 12_320), /^expected sha256 \[/],
    ['one without its hash', file.subarray(0, -32), /^snapshot missing hash but --skip-hash-check=false$/],
    [
      'one with another hash',
      Uint8Array.from([...file.subarray(0, -1), (file.at(-1) as number) ^ 1]),
      /^expected sha256 \[[\d ]+\], got \[[\d ]+\]$/,
    ],
  ])('%s', (_, bytes, reason) => {
    expect(refusal(bytes)).toMatch(reason)
  })

  test("without the check of the hash, it may be a copy of a member's database", () => {
    expect(read(file.subarray(0, -32), true).revision).toBe(filled().revision)
    expect(refusal(new Uint8Array(4096), true)).toMatch(/^invalid database/)
  })

  test(
    'any changed or missing bytes are noticed by the hash, and without it never do worse than change a ' +
      'value',
    () => {
      let refused = 0
      fc.assert(
        fc.property(
          fc.nat(file.length - 33),
          fc.integer({ min: 1, max: 255 }),
          fc.nat(3),
          (at, flip, times) => {
            const broken = file.slice()
            for (let each = 0; each <= times; each++)
              broken[(at + each * 97) % (file.length - 32)] =
                (broken[(at + each * 97) % (file.length - 32)] as number) ^ flip
            expect(refusal(broken)).toMatch(/^expected sha256/)
            if (refusal(broken, true) !== '') refused++
          },
        ),
        { numRuns: 150 },
      )
      expect(refused).toBeGreaterThan(5)
      // where the structure is, every byte counts
      fc.assert(
        fc.property(
          fc.integer({ min: 2, max: Math.floor(file.length / 4096) - 1 }),
          fc.nat(63),
          fc.integer({ min: 1, max: 255 }),
          (page, at, flip) => {
            const broken = file.slice(0, -32)
            broken[page * 4096 + at] = (broken[page * 4096 + at] as number) ^ flip
            refusal(broken, true)
          },
        ),
        { numRuns: 400 },
      )
    },
  )

  test("a database that is not etcd's", async () => {
    const { writeBolt } = await import('../../../src/etcd/snapshot/bolt-writer.js')
    expect(
      refusal(
        writeBolt([{ name: 'users', entries: [{ key: keyBytes('a'), value: keyBytes('b') }] }], 2),
        true,
      ),
    ).toBe("the database has no bucket key, so it is not etcd's; it has: users")
    const entry = (key: Uint8Array, value: Uint8Array): Uint8Array =>
      writeBolt(
        [
          { name: 'key', entries: [{ key, value }] },
          { name: 'meta', entries: [] },
        ],
        2,
      )
    expect(refusal(entry(keyBytes('a'), keyBytes('b')), true)).toBe(
      'a key of bucket key is not a revision: 61',
    )
    const second = keyBytes('\0\0\0\0\0\0\0\x02_\0\0\0\0\0\0\0\0')
    expect(refusal(entry(second, keyBytes('\x0a\x05a')), true)).toBe(
      'what is stored at revision 2 is not a protobuf message: unexpected EOF',
    )
    expect(refusal(entry(second, keyBytes('\x0a\x01a\x10\x03\x18\x03\x20\x01')), true)).toBe(
      'what is stored at revision 2 says that it was written at revision 3',
    )
    expect(refusal(entry(keyBytes('\xff'.repeat(8) + '_' + '\0'.repeat(8)), keyBytes('')), true)).toMatch(
      /which this store cannot count to$/,
    )
  })
})
