import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { etcdInstalled } from '../real-etcd.js'
import { roundTrip } from './round-trip.js'

const installed =
  etcdInstalled() && ['etcdctl', 'etcdutl'].every((program) => existsSync(`/usr/bin/${program}`))

test(
  'the real etcd, etcdctl and etcdutl are there (in CI they must be; elsewhere these tests are skipped ' +
    'without them)',
  () => {
    expect(installed || process.env.CI === undefined).toBe(true)
  },
)

// other seeds: npm run soak
test.skipIf(!installed).each([1, 30, 300, 5_000])(
  'a random store of %i keys goes to a real etcd and comes back, and nothing is lost',
  async (keys) => {
    const folder = mkdtempSync(join(tmpdir(), 'simcluster-round-trip-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const figures = await roundTrip(folder, keys, 11)
    expect(figures.writes).toBeGreaterThan(keys)
    expect(figures.largest).toBe(1_572_000)
  },
  60_000,
)
