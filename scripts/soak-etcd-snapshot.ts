/**
 * Soak: random stores go through snapshot -> etcdutl -> etcd -> etcdctl and back, and nothing is lost. `npx
 * tsx scripts/soak-etcd-snapshot.ts [keys] [seed] [rounds]`, one store of 100,000 keys by default. Needs
 * Debian's etcd-server and etcd-client. Tests run small ones (`test/etcd/snapshot/round-trip.test.ts`).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { roundTrip } from '../test/etcd/snapshot/round-trip.js'

const [keys = 100_000, seed = 1, rounds = 1] = process.argv.slice(2).map(Number)
const folder = mkdtempSync(join(tmpdir(), 'simcluster-round-trip-'))
try {
  for (let round = 0; round < rounds; round++) {
    const start = Date.now()
    const figures = await roundTrip(folder, keys, seed + round)
    console.log(
      `seed ${seed + round}: ${JSON.stringify(figures)} in ${((Date.now() - start) / 1000).toFixed(1)} s`,
    )
  }
} finally {
  rmSync(folder, { recursive: true })
}
