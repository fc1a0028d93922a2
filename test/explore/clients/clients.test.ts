import { SimCluster } from 'simcluster'
import { expect, test } from 'vitest'
import { explore, replay } from '../../../src/explore/index.js'
import type { ExploreClientsOptions } from '../../../src/explore/index.js'
import { isServed, pairOf } from './clients.js'

const optionsFor = (isCareful: boolean): ExploreClientsOptions => ({
  clients: { pair: pairOf(isCareful) },
  actions: [
    { name: 'label', do: (cluster) => cluster.kubectl('label deployment web team=a') },
    { name: 'want', do: (cluster) => cluster.kubectl('create configmap wanted') },
  ],
  search: { patterns: ['intermediate'] },
  eventually: [{ name: 'both', holds: isServed, within: '2m' }],
})

function clusterWithMore(): SimCluster {
  const cluster = new SimCluster({ nodes: 2 })
  cluster.kubectl('create deployment web --image=nginx --replicas=2')
  return cluster.settle()
}

test('a counter-example has only what the violation needs: actions, nodes and replicas, too', async () => {
  const options = optionsFor(false)
  const { counterExample } = await explore(clusterWithMore(), options)
  expect(counterExample).toMatchObject({ property: 'both', actions: ['want'], choices: [{ fault: 'crash' }] })
  if (counterExample === undefined) throw new Error('there is none')
  const root = SimCluster.fromJSON(counterExample.root)
  expect(root.nodes()).toHaveLength(1)
  expect(root.get('deployments', 'web').spec.replicas).toBe(1)
  const cluster = await replay(counterExample, options)
  expect(cluster.state.traceHash()).toBe(counterExample.traceHash)
})

test('a client that does its work again holds', async () => {
  expect(await explore(clusterWithMore(), optionsFor(true))).toMatchObject({ verdict: 'sampled' })
})
