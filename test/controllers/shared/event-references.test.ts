import { SimCluster } from 'simcluster'
import { expect, test } from 'vitest'

/** The object of the first event with a reason, about an object of a kind. */
function involvedIn(cluster: SimCluster, reason: string, kind: string): object | undefined {
  const { items } = cluster.list('events')
  return items.find((event) => event.reason === reason && event.involvedObject.kind === kind)?.involvedObject
}

test('events about nodes that fall silent name no version of the node, those about their pods do', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.kubectl('run web --image=nginx')
  cluster.settle()
  const { uid } = cluster.get('nodes', 'node-1').metadata
  cluster.node('node-1').crash()
  cluster.advance('2m')
  expect(involvedIn(cluster, 'NodeNotReady', 'Node')).toEqual({
    kind: 'Node',
    name: 'node-1',
    uid,
    apiVersion: 'v1',
  })
  expect(involvedIn(cluster, 'NodeNotReady', 'Pod')).toHaveProperty('resourceVersion')
})

test('events about owners in another namespace name no version of the dependent', () => {
  const cluster = new SimCluster({ nodes: 0 })
  const owner = cluster.create('configmaps', { metadata: { name: 'owner', namespace: 'kube-public' } })
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid ?? '' }
  cluster.create('configmaps', { metadata: { name: 'kid', ownerReferences: [reference] } })
  cluster.settle()
  expect(involvedIn(cluster, 'OwnerRefInvalidNamespace', 'ConfigMap')).toEqual({
    kind: 'ConfigMap',
    name: 'kid',
    namespace: 'default',
    uid: expect.any(String) as string,
    apiVersion: 'v1',
  })
})
