import { describe, expect, test } from 'vitest'
import type { ClusterOptions } from 'simcluster'
import { SimCluster } from 'simcluster'

/** Everything that a cluster is, and what becomes of it. */
function lifeOf(options: ClusterOptions): readonly string[] {
  const cluster = new SimCluster(options)
  const fresh = JSON.stringify(cluster)
  const hash = cluster.state.traceHash()
  cluster.kubectl('create deployment web --image=nginx --replicas=3')
  cluster.settle().advance('90s')
  return [hash, fresh, cluster.state.traceHash(), JSON.stringify(cluster)]
}

describe('clusters of equal options', () => {
  test.each<ClusterOptions>([
    { nodes: 2, seed: 41 },
    { nodes: 2, seed: 41, time: { interleaving: 'seeded' } },
    {
      nodes: [{ name: 'one', zone: 'a', labels: { disk: 'ssd' } }],
      version: 'v1.30',
      disable: ['kube-scheduler'],
    },
  ])('are equal, whether made or begun where one stood: %j', (options) => {
    const first = lifeOf(options)
    expect(lifeOf(structuredClone(options))).toEqual(first)
    expect(lifeOf(structuredClone(options))).toEqual(first)
    expect(lifeOf(structuredClone(options))).toEqual(first)
  })

  test('share nothing that one could change', () => {
    const make = (): SimCluster => new SimCluster({ nodes: 1, seed: 42 })
    const before = make().state.traceHash()
    make()
    for (let each = 0; each < 3; each++) {
      const cluster = make()
      expect(cluster.state.traceHash()).toBe(before)
      cluster.node('node-1').crash()
      cluster.advance('10m')
      expect(cluster.state.traceHash()).not.toBe(before)
    }
  })

  test('are made anew where options hold more than data', () => {
    const made: string[] = []
    const component = {
      name: 'mine',
      identity: { name: 'system:mine', groups: ['system:masters'] },
      setup: () => void made.push('set up'),
    }
    const clusters = [1, 2, 3, 4].map(() => new SimCluster({ nodes: 0, components: [component] }))
    expect(made).toHaveLength(clusters.length)
  })

  test.each(['fifo', 'seeded'] as const)(
    'are the same for every seed until they are ready, and then go their own ways (%s)',
    (interleaving) => {
      const uids = [43, 44, 43, 44, 43, 44].map((seed) => {
        const cluster = new SimCluster({ nodes: 0, seed, time: { interleaving } })
        const made = cluster.create('namespaces', { metadata: { name: 'made' }, spec: {}, status: {} })
        return {
          there: cluster.get('namespaces', { name: 'default' }).metadata.uid,
          made: made.metadata.uid,
          trace: cluster.state.traceHash(),
        }
      })
      expect(new Set(uids.map(({ there }) => there)).size).toBe(1)
      expect(new Set(uids.map(({ made }) => made)).size).toBe(2)
      expect(new Set(uids.map(({ trace }) => trace)).size).toBe(2)
      expect(new Set(uids.flatMap(({ there, made }) => [there, made])).size).toBe(3)
    },
  )
})
