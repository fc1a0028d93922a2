import { badInput } from '../../support/typed.js'
import { afterEach, expect, test, vi } from 'vitest'
import { ApiError, SimCluster } from 'simcluster'
import type { ClusterEvents } from 'simcluster'
import { clusterWith, deployment, running } from '../support.js'

afterEach(() => void vi.useRealTimers())

test.each([
  [{ nodes: -1 }, /nodes/],
  [{ nodes: 1.5 }, /nodes/],
  [{ nodes: '3' }, /nodes/],
  [{ nodes: null }, /nodes/],
  [{ seed: 0.5 }, /seed/],
  [{ version: '' }, /version/],
  [[], /must be an object/],
  [{ nodes: [{ name: '' }] }, /nodes/],
  [{ nodes: [{ name: 'a' }, { name: 'a' }] }, /nodes\[1\]\.name must be unique: "a" is at \[0\] and \[1\]/],
  [{ nodes: [{ name: 'A_b' }] }, /nodes\[0\]\.name must be a DNS subdomain such as 'node-1'/],
  [{ version: 'v9.99' }, /version|v9\.99/],
  [{ disable: ['kube-proxy-manager'] }, /disable: there is no "kube-proxy-manager"/],
  [{ interleaving: 'random' }, /interleaving/],
  [{ seed: Number.NaN }, /seed/],
  [{ nodez: 3 }, /unknown option nodez/],
])('new SimCluster(%j) is refused', (options, message) => {
  expect(() => new SimCluster(badInput(options))).toThrow(RangeError)
  expect(() => new SimCluster(badInput(options))).toThrow(message)
})

const isDeepFrozen = (value: unknown): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (Object.isFrozen(value) && Object.values(value).every(isDeepFrozen))

test('what comes out is frozen to the bottom', () => {
  const cluster = clusterWith(1)
  const given = [
    cluster.list('pods').items,
    cluster.get('nodes', { name: 'node-1' }),
    cluster.create('configmaps', { metadata: { name: 'c', namespace: 'default' }, data: { key: 'value' } }),
    cluster.patch(
      'configmaps',
      { name: 'c', namespace: 'default' },
      { type: 'merge', body: { data: { key: 'other' } } },
    ),
    cluster.state.peek('deployments'),
    cluster.state.views().flatMap(({ objects }) => objects),
  ]
  for (const value of given)
    for (const object of Array.isArray(value) ? value : [value]) expect(isDeepFrozen(object)).toBe(true)
})

const thaw = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

test('what goes in is not changed and not kept: neither manifests nor options', () => {
  const manifest = deployment('web', 1)
  const options = { nodes: [{ name: 'a', labels: { disk: 'ssd' }, taints: [] }], disable: [], seed: 3 }
  const inputs = thaw([manifest, options])
  const cluster = new SimCluster(options)
  cluster.apply(manifest)
  cluster.create('deployments', badInput({ ...deployment('api', 1) }))
  cluster.settle()
  expect([manifest, options]).toEqual(inputs)
  ;(manifest.spec as { replicas: number }).replicas = 9
  expect(cluster.get('deployments', { namespace: 'default', name: 'web' }).spec.replicas).toBe(1)
  const stored = cluster.get('deployments', { namespace: 'default', name: 'web' })
  cluster.update('deployments', { ...stored, spec: { ...stored.spec, replicas: 2 } })
  expect(stored.spec.replicas).toBe(1)
})

test('watch: an async iterator that ends when the loop is left', async () => {
  const cluster = clusterWith(0)
  const names: string[] = []
  const loop = (async () => {
    for await (const { type, object } of cluster.watch('secrets', { namespace: 'default' })) {
      names.push(`${type} ${object.metadata.name}`)
      if (names.length === 3) return
    }
  })()
  cluster.create('secrets', { metadata: { name: 'a', namespace: 'default' } })
  await Promise.resolve()
  cluster.create('secrets', { metadata: { name: 'b', namespace: 'kube-system' } })
  cluster.patch(
    'secrets',
    { name: 'a', namespace: 'default' },
    { type: 'merge', body: { data: { x: 'eQ==' } } },
  )
  cluster.delete('secrets', { name: 'a', namespace: 'default' })
  await loop
  expect(names).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a'])
})

test('fake timers and a fake clock make no difference', () => {
  const play = (): string => {
    const cluster = clusterWith(2)
    cluster.node('node-1').crash()
    cluster.advance('8m')
    expect(running(cluster.settle())).toBe(2)
    return cluster.state.traceHash()
  }
  const real = play()
  vi.useFakeTimers({
    now: 0,
    toFake: ['setTimeout', 'setInterval', 'setImmediate', 'Date', 'performance', 'queueMicrotask'],
  })
  expect(play()).toBe(real)
  expect(vi.getTimerCount()).toBe(0)
})

test(
  'the bus tells of requests, writes, scheduling, node conditions, evictions and steps, in order of ' +
    'time',
  () => {
    const cluster = new SimCluster({ seed: 7 })
    const seen = new Map<string, number>()
    let last = cluster.now()
    const ends = (
      ['request', 'write', 'scheduled', 'unschedulable', 'nodeCondition', 'eviction', 'step'] as const
    ).map((name) =>
      cluster.on(name, (event: ClusterEvents[typeof name]) => {
        expect(event.time).toBeGreaterThanOrEqual(last)
        last = event.time
        seen.set(name, (seen.get(name) ?? 0) + 1)
      }),
    )
    cluster.apply(deployment('web', 3))
    const huge = { name: 'huge', image: 'x', resources: { requests: { cpu: '64' } } }
    cluster.create('pods', { metadata: { name: 'huge', namespace: 'default' }, spec: { containers: [huge] } })
    cluster.settle()
    expect(seen.get('scheduled')).toBe(3)
    cluster.node('node-1').crash()
    cluster.advance('7m')
    expect([...seen.keys()].sort()).toEqual([
      'eviction',
      'nodeCondition',
      'request',
      'scheduled',
      'step',
      'unschedulable',
      'write',
    ])
    const counts = JSON.stringify([...seen])
    for (const end of ends) end()
    cluster.advance('1m')
    expect(JSON.stringify([...seen])).toBe(counts)
  },
)

test('observers do not change the outcome', () => {
  const play = (observe: boolean): string => {
    const cluster = new SimCluster({ seed: 5, time: { interleaving: 'seeded' } })
    if (observe)
      for (const name of ['request', 'write', 'step', 'log', 'scheduled'] as const)
        cluster.on(name, () => undefined)
    cluster.apply(deployment('web', 3))
    return cluster.advance('1m').state.traceHash()
  }
  expect(play(true)).toBe(play(false))
})

test('time moves by advance, until and settle only; advance moves it exactly', () => {
  const cluster = new SimCluster({ time: { start: Date.UTC(2030, 5, 1) }, nodes: 1 })
  expect(cluster.now()).toBeGreaterThanOrEqual(Date.UTC(2030, 5, 1))
  const before = cluster.now()
  cluster.apply(deployment('web', 1))
  while (cluster.step());
  expect(cluster.now()).toBe(before)
  expect(cluster.advance('1h30m').now()).toBe(before + 5_400_000)
  expect(() => cluster.until(() => false, { timeout: '10s' })).toThrow('does not hold after 10s')
  expect(cluster.now()).toBe(before + 5_410_000)
  expect(() => cluster.advance(badInput('soon'))).toThrow(RangeError)
})

test("a user's mistake is an ApiError with a Status", () => {
  const cluster = new SimCluster({ nodes: 0 })
  const get = (): unknown => cluster.get('pods', { namespace: 'default', name: 'none' })
  expect(get).toThrow(ApiError)
  expect(get).toThrow('pods "none" not found')
})
