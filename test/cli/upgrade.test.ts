import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { typed } from './typed.js'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-upgrade-'))
afterAll(() => rmSync(folder, { recursive: true }))
const OLD = 'examples/upgrade/old.yaml'
const SHOP = 'examples/what-if/shop.yaml'
const snapshot = join(folder, 'cluster.snapshot')
writeFileSync(snapshot, new SimCluster({ version: 'v1.34', nodes: 2 }).settle().snapshot().toFile())

test('simcluster upgrade tells each release what goes, with the command that repairs it', async () => {
  const { code, out } = await typed('upgrade', OLD, '--from', 'v1.24', '--to', 'v1.26')
  expect(code).toBe(1)
  expect(out).toContain('policy/v1beta1 PodDisruptionBudget was removed in v1.25: use policy/v1')
  expect(out).toContain(`kubectl convert -f ${OLD} --output-version policy/v1`)
})

test('simcluster upgrade returns 0 where nothing must be repaired, and rehearses', async () => {
  const words = ['upgrade', SHOP, '--from', 'v1.34', '--to', 'v1.35'] as const
  expect((await typed(...words)).code).toBe(0)
  // the only pod of the database is evicted
  const { code, out } = await typed(...words, '--rehearse')
  expect({ code, out }).toMatchObject({ code: 1, out: expect.stringContaining('shop/db without') as string })
})

test('simcluster upgrade takes the release of a snapshot, and prints JSON and JUnit', async () => {
  const { code, out } = await typed('upgrade', snapshot, '--rehearse', '-o', 'json')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ from: 'v1.34', to: 'v1.35', rehearsal: [{ release: 'v1.35' }] })
  expect((await typed('upgrade', OLD, '--from', 'v1.24', '-o', 'junit')).out).toContain('<failure')
})

test.for([
  [['upgrade', OLD], '--from is missing'],
  [['upgrade'], 'expected one folder, file or snapshot'],
  [['upgrade', OLD, '--from', 'v1.36', '--to', 'v1.35'], 'to must be a later minor release'],
  [['upgrade', OLD, '--from', 'v2'], 'write a release from v1.13'],
  [['upgrade', snapshot, '--from', 'v1.30'], 'the snapshot is of v1.34'],
  [['upgrade', OLD, '--from', 'v1.30', '--nodes', '2'], '--nodes goes with --rehearse only'],
  [['upgrade', join(folder, 'nothing'), '--from', 'v1.30'], 'there is no file or folder'],
  [['upgrade', '-', '--from', 'v1.30', '--rehearse'], '- can be read once'],
] as const)('simcluster upgrade explains bad use: %j', async ([words, says]) => {
  const { code, err } = await typed(...words)
  expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining(says) as string })
})
