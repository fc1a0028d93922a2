import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EtcdStore, formatSnapshotStatus, keyBytes, snapshotStatus } from '../../../src/etcd/index.js'
import { Lockstep } from '../lockstep.js'
import { operation } from '../operations.js'
import { etcdInstalled, RealEtcd } from '../real-etcd.js'
import { kept } from './round-trip.js'

const clock = { now: (): number => 1_700_000_000_000 }
const installed =
  etcdInstalled() && ['etcdctl', 'etcdutl'].every((program) => existsSync(`/usr/bin/${program}`))

test(
  'the real etcd, etcdctl and etcdutl are there (in CI they must be; elsewhere these tests are skipped ' +
    'without them)',
  () => {
    if (!installed)
      console.warn('install etcd-server and etcd-client to try snapshots with the real programs')
    expect(installed || process.env.CI === undefined).toBe(true)
  },
)

describe.skipIf(!installed)('snapshots and the real programs', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'simcluster-snapshot-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const run = (program: string, ...args: readonly string[]): string =>
    execFileSync(`/usr/bin/${program}`, args, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH },
    })

  /** A real etcd on what `etcdutl snapshot restore` makes of a file. */
  async function restored(name: string, file: Uint8Array): Promise<RealEtcd> {
    writeFileSync(join(folder, name), file)
    run('etcdutl', 'snapshot', 'restore', name, '--data-dir', `${name}.data`)
    return RealEtcd.start(['--data-dir', join(folder, `${name}.data`)])
  }

  test('random stores go from etcd to here and back, and go on there as they would have here', async () => {
    const etcd = await RealEtcd.start()
    const lockstep = new Lockstep(etcd)
    const differences: unknown[] = []
    for (const [round, operations] of fc
      .sample(fc.array(operation, { minLength: 60, maxLength: 120 }), { numRuns: 3, seed: 11 })
      .entries()) {
      await lockstep.reset()
      for (const each of operations) differences.push(...(await differenceOf(lockstep, each)))
      run('etcdctl', '--endpoints', etcd.address, 'snapshot', 'save', `real-${round}`)
      const theirs = EtcdStore.fromSnapshot(readFileSync(join(folder, `real-${round}`)), { clock })
      expect(kept(theirs.toJSON())).toEqual(kept(lockstep.model.toJSON()))
    }
    const file = lockstep.model.snapshot()
    const second = await restored('ours', file)
    expect(run('etcdutl', 'snapshot', 'status', '-w', 'table', 'ours')).toBe(
      formatSnapshotStatus(snapshotStatus(file)),
    )
    expect(run('etcdutl', 'snapshot', 'status', 'ours')).toBe(
      formatSnapshotStatus(snapshotStatus(file), 'simple'),
    )
    const after = new Lockstep(second)
    after.model = EtcdStore.fromSnapshot(file, { clock })
    // both forget the hashes of compactions, which no snapshot holds
    await after.run({ do: 'compact', revision: undefined })
    for (const each of fc.sample(operation, { numRuns: 150, seed: 12 }))
      differences.push(...(await differenceOf(after, each)))
    expect(differences).toEqual([])
    for (const [each, server] of [
      [lockstep, etcd],
      [after, second],
    ] as const) {
      each.close()
      await server.stop()
    }
  }, 60_000)

  test('many keys and the longest values', async () => {
    const store = new EtcdStore({ clock })
    for (let at = 0; at < 2000; at++)
      store.put({ key: `/registry/things/${at % 1500}`, value: keyBytes(`${at}`.repeat(at % 40)) })
    for (const size of [0, 1, 4000, 4096, 65_536, 1_400_000])
      store.put({ key: `/long/${size}`, value: new Uint8Array(size).fill(size & 0xff) })
    store.compact({ revision: 1000 })
    const file = store.snapshot()
    const etcd = await restored('large', file)
    const { hash } = (await etcd.call('Maintenance', 'HashKV', {})) as { hash: number }
    await etcd.stop()
    expect(hash).toBe(store.hashKV().hash)
    const back = EtcdStore.fromSnapshot(file, { clock })
    expect(back.hashKV().hash).toBe(hash)
    expect(JSON.stringify(kept(back.toJSON())) === JSON.stringify(kept(store.toJSON()))).toBe(true)
  }, 30_000)
})

async function differenceOf(lockstep: Lockstep, each: Parameters<Lockstep['run']>[0]): Promise<unknown[]> {
  const difference = await lockstep.run(each)
  return difference === undefined ? [] : [difference]
}
