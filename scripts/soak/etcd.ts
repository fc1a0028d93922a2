import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { Lockstep } from '../../test/etcd/lockstep.js'
import { operation } from '../../test/etcd/operations.js'
import { RealEtcd } from '../../test/etcd/real-etcd.js'
import { roundTrip } from '../../test/etcd/snapshot/round-trip.js'

const SEQUENCES = 1_000
const KEYS = 5_000

/** Random sequences of operations on the store and on the real etcd, which must answer the same. */
export async function etcdDifferential(seed: number): Promise<string> {
  const etcd = await RealEtcd.start()
  const lockstep = new Lockstep(etcd)
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 20 }), async (operations) => {
        await lockstep.reset()
        for (const each of operations) {
          const difference = await lockstep.run(each)
          if (difference !== undefined)
            throw new Error(`different answers to ${JSON.stringify(each, bigints)}`)
        }
      }),
      { numRuns: SEQUENCES, seed },
    )
    return `${lockstep.operations} operations`
  } finally {
    lockstep.close()
    await etcd.stop()
  }
}

const bigints = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value)

/** A random store goes through snapshot -> etcdutl -> etcd -> etcdctl and back, and nothing is lost. */
export async function etcdSnapshot(seed: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'simcluster-round-trip-'))
  try {
    return JSON.stringify(await roundTrip(folder, KEYS, seed))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
