import { SimCluster, type UserInfo } from 'simcluster'
import { expect, test } from 'vitest'
import { expectSame, fresh, fromOutside, playQuiet, stateOf } from './quiet-history.js'

test('a history with quiet heartbeats ends as with each heartbeat a step', { timeout: 300_000 }, async () => {
  await playQuiet(1, Math.ceil(Number(process.env.SCENARIOS ?? 500) / 10))
})

test('a watch of the leases makes every heartbeat a step, and sees each renewal', () => {
  const cluster = SimCluster.restore(fresh)
  const watch = cluster.client.watch('leases', { namespace: 'kube-node-lease' })
  watch.next()
  cluster.advance('1m')
  expect(watch.next().length).toBeGreaterThanOrEqual(15)
})

test('a watch from before a quiet time sees the last renewal of each lease', () => {
  const cluster = SimCluster.restore(fresh)
  const before = cluster.client.list('leases', { namespace: 'kube-node-lease' }).metadata.resourceVersion
  cluster.advance('2m')
  const watch = cluster.client.watch('leases', { namespace: 'kube-node-lease', resourceVersion: before })
  const seen = new Map(watch.next().map(({ object }) => [object.metadata.name, object]))
  for (const lease of cluster.list('leases', { namespace: 'kube-node-lease' }).items)
    expect(seen.get(lease.metadata.name)).toEqual(lease)
})

test('until() looks at leases that are written', () => {
  const cluster = SimCluster.restore(fresh)
  const renewed = (): string | null | undefined =>
    cluster.state.peek('leases', { namespace: 'kube-node-lease' })[0]?.spec.renewTime
  const before = renewed()
  expect(cluster.until(() => renewed() !== before, { timeout: '1m' })).toBe(true)
})

test.each(Object.keys(fromOutside))('a quiet time is as exact when somebody %s', async (what) => {
  const play = async (heartbeats: 'exact' | 'quiet', forks = false): Promise<unknown> => {
    let cluster = SimCluster.restore(fresh, { time: { heartbeats } })
    cluster.advance('2m')
    cluster.advance('2m')
    if (forks) cluster = cluster.fork()
    await fromOutside[what]?.(cluster)
    for (let times = 0; times < 7; times++) cluster.advance('10s')
    cluster.advance('7m')
    return stateOf(cluster)
  }
  const exact = await play('exact')
  for (const quiet of [await play('quiet'), await play('quiet', true)]) expectSame(quiet, exact)
})

test('a quiet time ends when the credentials of a kubelet expire', () => {
  const [exact, quiet] = (['exact', 'quiet'] as const).map((heartbeats) => {
    const kubelet = { rotateCertificates: false }
    const before = new SimCluster({ nodes: [{ name: 'node-1', kubelet }] })
    before.advance('364d')
    const cluster = before.fork({ time: { heartbeats } })
    cluster.advance('1d')
    return stateOf(cluster)
  })
  expectSame(quiet, exact)
})

/** Returns how many renewals of each lease the history of etcd has, which a quiet spell leaves out. */
function renewalsSince(cluster: SimCluster, resourceVersion: string): readonly number[] {
  const watch = cluster.client.watch('leases', { namespace: 'kube-node-lease', resourceVersion })
  const counts = new Map<string, number>()
  for (const { object } of watch.next()) {
    const { name } = object.metadata as { name: string }
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts.values()]
}

test('a cluster like that of kubeadm has quiet times, and they are exact', () => {
  const original = new SimCluster({ nodes: 2, like: 'kubeadm' })
  original.settle()
  original.advance('12m')
  const [exact, quiet] = (['exact', 'quiet'] as const).map((heartbeats) => {
    const cluster = original.fork({ time: { heartbeats } })
    cluster.advance('12m')
    const before = cluster.list('leases', { namespace: 'kube-node-lease' }).metadata.resourceVersion
    cluster.advance('2m')
    const renewals = renewalsSince(cluster, before)
    cluster.advance('31m')
    return { renewals, state: stateOf(cluster) }
  })
  expect(quiet?.renewals).toEqual([1, 1, 1])
  expect(Math.min(...(exact?.renewals ?? []))).toBeGreaterThan(9)
  expectSame(quiet?.state, exact?.state)
})

test('a quiet time goes on in forks, and when somebody reads', () => {
  const original = SimCluster.restore(fresh)
  original.advance('12m')
  const cluster = original.fork()
  const forked = cluster.list('leases', { namespace: 'kube-node-lease' }).metadata.resourceVersion
  cluster.advance('1m')
  expect(renewalsSince(cluster, forked)).toEqual([1, 1, 1])
})

test('an authorizer of one’s own is asked for a heartbeat after each call', () => {
  let isAllowed = true
  const authorize = ({ name }: UserInfo): { allowed: boolean } => ({
    allowed: isAllowed || name !== 'system:node:node-1',
  })
  const cluster = new SimCluster({ nodes: 1, access: { authorization: { authorize } } })
  cluster.advance('2m')
  cluster.advance('2m')
  isAllowed = false
  cluster.advance('2m')
  expect(cluster.node('node-1').ready).toBe(false)
})
