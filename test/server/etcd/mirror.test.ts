import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SimCluster } from '../../../src/index.js'
import { openDurableCluster, serveEtcd } from '../../../src/server/index.js'
import type { DurableCluster } from '../../../src/server/index.js'
import { EtcdStore, keyBytes, valueBytes } from '../../../src/etcd/index.js'
import { etcdInstalled, RealEtcd } from '../../etcd/real-etcd.js'
import { bundleInto } from '../../../scripts/bundle-into.js'
import { firstWrite, type MirroredWrite } from '../../../src/server/etcd/mirror/first-write.js'
import { OPTIONS, step } from './mirror-child.js'

const installed = etcdInstalled()

test('the real etcd is there (in CI it must be; elsewhere these tests are skipped without it)', () => {
  expect(installed || process.env.CI === undefined).toBe(true)
})

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: default }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: nginx }] } }
`

/** Everything that a store holds at a revision: keys, values, versions, leases. */
function contents(store: EtcdStore, revision = store.revision): readonly string[] {
  return store
    .list('\0', '\0', { revision })
    .map(({ key, value, createRevision, modRevision, version, lease }) =>
      JSON.stringify([
        key,
        Buffer.from(valueBytes(value)).toString('latin1'),
        createRevision,
        modRevision,
        version,
        `${lease}`,
      ]),
    )
}

describe.skipIf(!installed)('a cluster on a real etcd', () => {
  let etcd: RealEtcd
  let prefixes = 0
  /** Programs that are ended in the midst of writing. */
  let placeOf: (name: string) => string
  beforeAll(async () => {
    etcd = await RealEtcd.start()
    placeOf = await bundleInto('mirror', ['src/server/index', 'test/server/etcd/mirror-child'])
  })
  afterAll(() => etcd.stop())

  const open = (prefix: string, nodes = 2, lockTtl = 2): Promise<DurableCluster> =>
    openDurableCluster({ endpoints: [`http://${etcd.address}`], prefix, lockTtl, cluster: { nodes } })

  test('is there again with every version, lease and its time; others are kept out meanwhile', async () => {
    const prefix = `/test/${prefixes++}`
    // long enough for a machine on which the next two lines take seconds
    const first = await open(prefix, 2, 30)
    first.cluster.apply(DEPLOYMENT)
    first.cluster.settle()
    await expect(open(prefix)).rejects.toThrow(
      /^another writer has the lock \/test\/0\/lock: process \d+ on /,
    )
    await first.durable()
    expect(first.written).toBe(first.cluster.internals.etcd.revision)
    // others write to the same etcd meanwhile: the counts of revisions do not run in step any more
    await etcd.call('KV', 'Put', { key: Buffer.from('/other'), value: Buffer.from('x') })
    first.cluster.kubectl('scale deployment web --replicas=4')
    first.cluster.edit(
      'deployments',
      { namespace: 'default', name: 'web' },
      (draft) => void (draft.spec.replicas = 4),
    )
    first.cluster.settle()
    first.cluster.internals.etcd.put({ key: '/odd', value: keyBytes('simcluster lease 0000000000000001\nx') })
    await first.close()
    const { etcd: store } = first.cluster.internals
    const second = await open(prefix)
    expect(second.cluster.internals.etcd.revision).toBe(store.revision)
    expect(contents(second.cluster.internals.etcd)).toEqual(contents(store))
    expect(second.cluster.internals.etcd.grantedLeases()).toEqual(store.grantedLeases())
    expect(second.cluster.now()).toBe(first.cluster.now())
    const pods = (of: SimCluster): unknown =>
      of
        .list('pods')
        .items.map(({ metadata: { name, uid }, status }) => [name, uid, status.phase, status.podIP])
    second.cluster.advance('2m')
    expect(pods(second.cluster)).toEqual(pods(first.cluster))
    await second.close()
    const third = await open(prefix)
    expect(contents(third.cluster.internals.etcd)).toEqual(contents(second.cluster.internals.etcd))
    await third.close()
  }, 30_000)

  test('the kubelets of Nodes that were registered from elsewhere are not simulated', async () => {
    const prefix = `/test/${prefixes++}`
    const first = await open(prefix, 1)
    first.cluster.settle()
    first.cluster.create('nodes', { metadata: { name: 'real-1' } })
    first.cluster.addNode({ name: 'more' })
    first.cluster.settle()
    await first.close()
    const again = await open(prefix, 3)
    const { cluster } = again
    expect(cluster.nodes().map(({ name }) => name)).toEqual(['more', 'node-1'])
    cluster.advance('2m')
    const readyOf = (name: string): string | undefined =>
      cluster.get('nodes', name).status.conditions?.find(({ type }) => type === 'Ready')?.status
    expect(['node-1', 'more', 'real-1'].map(readyOf)).toEqual(['True', 'True', 'Unknown'])
    await again.close()
  })

  test('killed at any moment, what is left is a state that it was in', async () => {
    const prefix = `/test/${prefixes++}`
    let running = await open(prefix, 1)
    const before = new Set<boolean>()
    for (const pause of [0, 10, 3_000]) {
      running.cluster.apply(DEPLOYMENT.replace('3', `${pause + 1}`.slice(0, 1)))
      running.cluster.advance('1m')
      await sleep(pause)
      running.abandon()
      const { etcd: store } = running.cluster.internals
      await sleep(50)
      running = await reopened(prefix)
      const { etcd: found } = running.cluster.internals
      expect(found.revision).toBeLessThanOrEqual(store.revision)
      // what was loaded is the state at the revision before which all is compacted; a cluster that had not
      // been made yet is made again
      const loaded = found.compactedRevision
      before.add(loaded > 0)
      if (loaded > 0) expect(contents(found, loaded)).toEqual(contents(store, loaded))
      expect(running.cluster.list('nodes').items.length).toBe(1)
    }
    expect(before).toContain(true)
    await running.close()
  }, 40_000)

  /** Opens once the lock of the process before has expired. */
  async function reopened(prefix: string): Promise<DurableCluster> {
    for (let tries = 0; ; tries++) {
      try {
        return await open(prefix, 1)
      } catch (error) {
        if (
          tries > 60 ||
          !(error instanceof Error) ||
          !error.message.startsWith('another writer has the lock')
        )
          throw error
        await sleep(100)
      }
    }
  }

  test(
    'a process that is killed while it writes leaves a state that it was in, and at least what it was ' +
      'told is there',
    async () => {
      const told: number[] = []
      for (const pause of [20, 300]) {
        const prefix = `/test/${prefixes++}`
        const program = `
          import { writeForEver } from '${placeOf('test/server/etcd/mirror-child')}'
          await writeForEver('http://${etcd.address}', '${prefix}')`
        const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        let written = 0
        await new Promise<void>((resolve) => {
          createInterface(child.stdout).on('line', (line) => {
            if (line === 'ready') resolve()
            else written = Number(line)
          })
        })
        await sleep(pause)
        child.kill('SIGKILL')
        await once(child, 'close')
        const { cluster: left } = await reopened(prefix)
        const loaded = left.internals.etcd.compactedRevision
        expect(loaded).toBeGreaterThanOrEqual(written)
        told.push(written)
        // the same steps have the same history
        const model = new SimCluster(OPTIONS)
        for (let round = 1; model.internals.etcd.revision < loaded; round++) step(model, round)
        expect(contents(left.internals.etcd, loaded)).toEqual(contents(model.internals.etcd, loaded))
      }
      expect(told.at(-1)).toBeGreaterThan(0)
    },
    120_000,
  )

  test('a process that ends has written what it has done, and one that has closed ends', async () => {
    const prefix = `/test/${prefixes++}`
    const program = `
      import { openDurableCluster } from '${placeOf('src/server/index')}'
      const target = { endpoints: ['http://${etcd.address}'], prefix: '${prefix}', lockTtl: 2, cluster: { nodes: 0 } }
      const first = await openDurableCluster(target)
      await first.close()
      const second = await openDurableCluster(target)
      second.cluster.create('namespaces', { metadata: { name: 'last' } })
      console.log(second.cluster.internals.etcd.revision - second.written)`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: fileURLToPath(new URL('../../../', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let printed = ''
    child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
    expect((await once(child, 'close'))[0]).toBe(0)
    expect(Number(printed)).toBeGreaterThan(0)
    const { cluster } = await reopened(prefix)
    expect(cluster.list('namespaces').items.map(({ metadata }) => metadata.name)).toContain('last')
  }, 40_000)

  test('an etcd that is killed while it is written to, and comes back, has everything once', async () => {
    const own = await RealEtcd.start()
    let retries = 0
    const target = { endpoints: [`http://${own.address}`], lockTtl: 2 }
    const durable = await openDurableCluster({
      ...target,
      cluster: { nodes: 1 },
      onRetry: () => void retries++,
    })
    for (const [round, pause] of [0, 4, 40].entries()) {
      durable.cluster.apply(DEPLOYMENT.replace('3', `${round + 2}`))
      durable.cluster.advance('1m')
      await sleep(pause)
      await own.crash()
      durable.cluster.kubectl(`create namespace while-away-${round}`)
      const waiting = durable.durable()
      await sleep(60)
      await own.recover()
      await waiting
      expect(durable.written).toBe(durable.cluster.internals.etcd.revision)
    }
    expect(retries).toBeGreaterThan(0)
    const { etcd: store } = durable.cluster.internals
    await durable.close()
    const again = await openDurableCluster(target)
    expect(contents(again.cluster.internals.etcd)).toEqual(contents(store))
    await again.close()
    await own.stop()
  }, 40_000)

  test('whoever has lost the lock to another does not write any more', async () => {
    const prefix = `/test/${prefixes++}`
    const first = await open(prefix, 0)
    await first.durable()
    const lock = { key: Buffer.from(`${prefix}/lock`) }
    await etcd.call('KV', 'DeleteRange', lock)
    const second = await open(prefix, 0)
    second.cluster.create('namespaces', { metadata: { name: 'second' } })
    await second.durable()
    first.cluster.create('namespaces', { metadata: { name: 'first' } })
    await expect(first.durable()).rejects.toThrow('another writer has taken the mirror over')
    await expect(first.close()).rejects.toThrow('another writer has taken the mirror over')
    await second.close()
    const third = await open(prefix, 0)
    expect(third.cluster.list('namespaces').items.map(({ metadata }) => metadata.name)).toContain('second')
    await third.close()
  })

  test('an etcd without space refuses, and has everything once it has space again', async () => {
    const own = await RealEtcd.start(['--quota-backend-bytes', '2000000'])
    const durable = await openDurableCluster({
      endpoints: [`http://${own.address}`],
      lockTtl: 30,
      cluster: { nodes: 0 },
    })
    await durable.durable()
    const map = (name: string): void =>
      void durable.cluster.create('configmaps', {
        metadata: { name, namespace: 'default' },
        data: { a: 'x'.repeat(700_000) },
      })
    const full = 'etcdserver: mvcc: database space exceeded'
    // etcd measures its file, which it writes every 100 ms
    const refusals: string[] = []
    for (let at = 0; at < 20 && refusals.length === 0; at++) {
      map(`a${at}`)
      await durable.durable().catch((error: unknown) => void refusals.push(String(error)))
      await sleep(100)
    }
    expect(refusals).toEqual([`GrpcError: ${full}`])
    const { written } = durable
    map('d')
    await expect(durable.durable()).rejects.toThrow(full)
    expect(durable.written).toBe(written)
    // what an operator does: give it a larger quota, and clear the alarm
    await own.recoverWith(['--quota-backend-bytes', '20000000'])
    const { alarms } = (await own.call('Maintenance', 'Alarm', { action: 'GET' })) as { alarms: object[] }
    for (const alarm of alarms) await own.call('Maintenance', 'Alarm', { action: 'DEACTIVATE', ...alarm })
    await durable.durable()
    expect(durable.written).toBe(durable.cluster.internals.etcd.revision)
    const { etcd: store } = durable.cluster.internals
    await durable.close()
    const again = await openDurableCluster({ endpoints: [`http://${own.address}`] })
    expect(contents(again.cluster.internals.etcd)).toEqual(contents(store))
    await again.close()
    await own.stop()
  }, 40_000)

  test('large transactions are one; what is something else is refused', async () => {
    const prefix = `/test/${prefixes++}`
    const first = await open(prefix, 0)
    const { etcd: store } = first.cluster.internals
    store.leaseGrant({ id: 9n, ttl: 60 })
    for (let at = 0; at < 300; at++) store.put({ key: `/many/${at}`, lease: 9n, value: keyBytes(`${at}`) })
    store.leaseRevoke(9n)
    await first.close()
    const second = await open(prefix, 0)
    expect(contents(second.cluster.internals.etcd)).toEqual(contents(store))
    await second.close()
    await etcd.call('KV', 'Put', { key: Buffer.from('/foreign/state'), value: Buffer.from('{}') })
    await expect(open('/foreign')).rejects.toThrow(
      'what lies in etcd under /foreign/state is no mirror of a simcluster',
    )
  })
})

test('an etcd that is not there is said at once; one that is away for a while is waited for', async () => {
  await expect(openDurableCluster({ endpoints: ['http://127.0.0.1:1'] })).rejects.toThrow(
    /ECONNREFUSED|connection/,
  )
  const clock = { now: () => Date.now() }
  const store = new EtcdStore({ clock })
  let server = await serveEtcd(store)
  const { port } = server
  let retries = 0
  const durable = await openDurableCluster({
    endpoints: [server.url],
    cluster: { nodes: 0 },
    onRetry: () => void retries++,
  })
  await durable.durable()
  await server.close()
  durable.cluster.create('namespaces', { metadata: { name: 'later' } })
  const waiting = durable.durable()
  await sleep(150)
  server = await serveEtcd(store, { port })
  await waiting
  expect(retries).toBeGreaterThan(0)
  expect(durable.written).toBe(durable.cluster.internals.etcd.revision)
  await durable.close()
  await server.close()
})

test('the creation is one transaction; its objects keep their own revisions and versions', async () => {
  const store = new EtcdStore({ clock: { now: () => Date.now() } })
  const server = await serveEtcd(store)
  const target = { endpoints: [server.url], cluster: { nodes: 1 } }
  const first = await openDurableCluster(target)
  const { etcd } = first.cluster.internals
  const created = etcd.revision
  expect(created).toBeGreaterThan(100)
  await first.durable()
  // the lock, and the cluster
  expect(store.revision).toBe(3)
  first.cluster.kubectl('label node node-1 color=red')
  await first.close()
  const second = await openDurableCluster(target)
  const loaded = contents(second.cluster.internals.etcd)
  expect(loaded).toEqual(contents(etcd))
  const revisions = loaded.map((text) => (JSON.parse(text) as unknown[])[3] as number)
  expect(new Set(revisions.filter((revision) => revision <= created)).size).toBeGreaterThan(100)
  expect(loaded.some((text) => (JSON.parse(text) as unknown[])[4] !== 1)).toBe(true)
  await second.close()
  await server.close()
})

test('the first write takes as many revisions as one transaction does, and one at least', () => {
  const write = (key: string, bytes: number): MirroredWrite => ({
    key,
    op: { requestPut: { key, value: new Uint8Array(bytes) } },
    place: [1, 1, 1],
  })
  const of = (...revisions: (readonly MirroredWrite[])[]): readonly [number, number, readonly string[]] => {
    const { batch, joined } = firstWrite(revisions.map((writes, at) => ({ revision: at + 2, writes })))
    return [joined, batch.revision, batch.writes.map(({ key }) => key)]
  }
  expect(of([write('a', 9)], [write('b', 9), write('a', 9)])).toEqual([2, 3, ['a', 'b']])
  expect(of([write('a', 600_000)], [write('b', 600_000)])).toEqual([1, 2, ['a']])
  expect(of([write('a', 1_200_000)], [write('b', 9)])).toEqual([1, 2, ['a']])
  const many = Array.from({ length: 3_000 }, (_, at) => write(`${at}`, 1))
  expect(
    of(
      many,
      many,
      many.map((one) => ({ ...one, key: `+${one.key}` })),
    )[0],
  ).toBe(1)
})
