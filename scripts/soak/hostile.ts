import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import type { EtcdStore } from '../../src/etcd/store.js'
import { valueBytes } from '../../src/etcd/mvcc/value.js'
import { openDurableCluster } from '../../src/server/index.js'
import type { DurableCluster, EtcdMirrorOptions } from '../../src/server/index.js'
import { Random } from '../../src/sim/random.js'
import { RealEtcd } from '../../test/etcd/real-etcd.js'
import { playRequests } from '../../test/fuzz/requests.js'
import { playGrowth } from '../../test/growth/run.js'
import { playPeers } from '../../test/hostile/peers.js'
import { MOST_BODY } from '../../test/hostile/requests.js'
import { playHostile } from '../../test/hostile/run.js'
import { playServed } from '../../test/hostile/served.js'
import { flipSnapshots } from '../../test/hostile/snapshots.js'
import { OPTIONS, step } from '../../test/server/etcd/mirror-child.js'
import { bundleInto } from '../bundle-into.js'

/** Requests of one seed: ten seeds play 200,000. */
const REQUESTS = 20_000
/** Times that a process is killed for one seed. */
const KILLS = 5
/** Bytes of the bodies of attacks: what one of them costs is judged beside what it keeps from others. */
const SERVED_BYTES = 32_000
/** Bytes of the file system that gets full: etcd's log takes 64 MB of it at once, and twice that later. */
const DISK = 170_000_000

/** The inputs of test/hostile up to the size of a body, twice the size each time. */
export async function inputs(): Promise<string> {
  const placeOf = await bundleInto('hostile', ['test/hostile/play'])
  const { crashes, overBudget, summary } = playHostile(
    [fileURLToPath(placeOf('test/hostile/play'))],
    MOST_BODY,
  )
  refuse([...crashes, ...overBudget])
  return summary
}

/** Families of test/growth, all of them and at larger sizes. */
export async function growth(): Promise<string> {
  const all = await playGrowth({ n: 50, isWhole: true })
  const large = await playGrowth({ n: 400 })
  refuse([...all.crashes, ...all.steep, ...large.crashes, ...large.steep])
  return `${all.summary}; larger: ${large.summary}`
}

/** Attacks on a served cluster, in real and in virtual time: nobody may keep others waiting for 200 ms. */
export async function served(): Promise<string> {
  const real = await playServed({ time: 'real', bytes: SERVED_BYTES })
  const virtual = await playServed({ time: 'virtual', bytes: SERVED_BYTES })
  refuse([...real.faults, ...virtual.faults, ...real.slow, ...virtual.slow])
  return `${real.summary}; in virtual time: ${virtual.summary}`
}

/** Random requests, as test/fuzz has them. */
export function requests(seed: number): string {
  refuse(playRequests(REQUESTS, seed))
  return `${REQUESTS} requests`
}

/** A flipped bit in every kB of every form of a snapshot. */
export function snapshots(seed: number): string {
  const { flips, faults } = flipSnapshots(seed, 1024)
  refuse(faults)
  return `${flips} flipped bits`
}

/** Floods of frames and single bytes, for some seconds each. */
export async function peers(): Promise<string> {
  const { faults, summary } = await playPeers(1_000)
  refuse(faults)
  return `4 floods of up to 2,000,000 frames, which add ${summary}`
}

/** Processes that write to a real etcd and are killed: what they were told is written is there. */
export async function kills(seed: number): Promise<string> {
  const random = new Random(seed).stream('kills')
  const etcd = await RealEtcd.start()
  try {
    const placeOf = await bundleInto('mirror', ['test/server/etcd/mirror-child'])
    const told: number[] = []
    for (let round = 0; round < KILLS; round++) {
      const prefix = `/kill/${round}`
      told.push(await killed(etcd, placeOf('test/server/etcd/mirror-child'), prefix, random.int(0, 3_000)))
    }
    return `${KILLS} kills, at revisions ${told.join(', ')}`
  } finally {
    await etcd.stop()
  }
}

/** Kills a writer after some ms, and compares what it left with a cluster of the same history. */
async function killed(etcd: RealEtcd, module: string, prefix: string, after: number): Promise<number> {
  const target = `'http://${etcd.address}', '${prefix}'`
  const program = `import { writeForEver } from '${module}'; await writeForEver(${target})`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let told = 0
  await new Promise<void>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      if (line === 'ready') resolve()
      else told = Number(line)
    })
  })
  await sleep(after)
  child.kill('SIGKILL')
  await once(child, 'close')
  const left = await reopened({ endpoints: [`http://${etcd.address}`], prefix, lockTtl: 2 })
  const { etcd: found } = left.cluster.internals
  const loaded = found.compactedRevision
  const model = new SimCluster(OPTIONS)
  for (let round = 1; model.internals.etcd.revision < loaded; round++) step(model, round)
  const expected = contents(model.internals.etcd, loaded)
  await left.close()
  if (loaded < told) throw new Error(`revision ${told} was acknowledged, and ${loaded} is there`)
  if (contents(found, loaded) !== expected) throw new Error(`what is left at ${loaded} is another history`)
  return loaded
}

/** Opens a durable cluster once the lock of the killed process has expired. */
async function reopened(options: EtcdMirrorOptions): Promise<DurableCluster> {
  for (let tries = 0; ; tries++) {
    try {
      return await openDurableCluster(options)
    } catch (error) {
      if (tries > 60 || !(error as Error).message.startsWith('another writer has the lock')) throw error
      await sleep(100)
    }
  }
}

const contents = (store: EtcdStore, revision: number): string =>
  store
    .list('\0', '\0', { revision })
    .map(({ key, value, modRevision, version }) =>
      [key, Buffer.from(valueBytes(value)).toString('base64'), modRevision, version].join(' '),
    )
    .join('\n')

/**
 * A durable cluster whose etcd runs out of disk goes on, and has everything in etcd once there is space again
 * and etcd runs. Needs the right to mount a tmpfs.
 */
export async function disk(seed: number): Promise<string> {
  const random = new Random(seed).stream('disk')
  const folder = mkdtempSync(join(tmpdir(), 'simcluster-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', folder], { stdio: 'pipe' })
  } catch (error) {
    rmSync(folder, { recursive: true })
    return `nothing: no tmpfs can be mounted here (${(error as Error).message.trim().split('\n').at(-1)})`
  }
  const etcd = await RealEtcd.start(['--data-dir', join(folder, 'etcd')])
  try {
    const options = { endpoints: [`http://${etcd.address}`], lockTtl: 2, cluster: { nodes: 0 } }
    const durable = await openDurableCluster(options)
    await durable.durable()
    const { bavail, bsize } = statfsSync(folder)
    writeFileSync(
      join(folder, 'ballast'),
      Buffer.alloc(Math.max(0, bavail * bsize - random.int(0, 2_000_000))),
    )
    const { cluster } = durable
    for (let at = 0; at < 20; at++) {
      const data = { a: 'x'.repeat(random.int(1, 900_000)) }
      cluster.create('configmaps', { metadata: { name: `m${at}`, namespace: 'default' }, data })
      await sleep(100)
    }
    const before = durable.written
    const { revision } = cluster.internals.etcd
    rmSync(join(folder, 'ballast'))
    await etcd.crash()
    await etcd.recover()
    for (let tries = 0; durable.written < revision && tries < 100; tries++) {
      await durable.durable().catch(() => undefined)
      await sleep(100)
    }
    const expected = contents(cluster.internals.etcd, revision)
    await durable.close()
    const again = await reopened(options)
    const found = again.cluster.internals.etcd
    const isSame = contents(found, found.compactedRevision) === expected
    await again.close()
    if (!isSame)
      throw new Error(`after revision ${before} of ${revision} the disk was full; what is left differs`)
    return `full at revision ${before} of ${revision}`
  } finally {
    await etcd.stop()
    execFileSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  }
}

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(faults.join('\n'))
}
