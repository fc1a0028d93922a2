import { expect, test } from 'vitest'
import type { Node } from '../../../src/api/core/generated.js'
import type { NodeIpamOptions } from '../../../src/controllers/node-ipam.js'
import { createNodeIpamController } from '../../../src/controllers/node-ipam.js'
import { ControllerCluster } from '../shared/controller-cluster.js'

const newCluster = (options: NodeIpamOptions = {}): ControllerCluster =>
  new ControllerCluster(() => [createNodeIpamController(options)])

function addNode(cluster: ControllerCluster, name: string, podCIDR?: string): void {
  const spec = podCIDR === undefined ? {} : { podCIDR, podCIDRs: [podCIDR] }
  cluster.client.create('nodes', { metadata: { name }, spec, status: {} as Node['status'] })
  cluster.sim.settle()
}

const cidrs = (cluster: ControllerCluster): (string | undefined)[] =>
  cluster.client.list('nodes').items.map(({ spec }) => spec.podCIDR)

test('blocks in the order of the nodes, round those that are taken', () => {
  const cluster = newCluster()
  addNode(cluster, 'a', '10.244.1.0/24')
  for (const name of ['b', 'c', 'd']) addNode(cluster, name)
  expect(cidrs(cluster)).toEqual(['10.244.1.0/24', '10.244.0.0/24', '10.244.2.0/24', '10.244.3.0/24'])
  expect(cluster.client.get('nodes', { name: 'b' }).spec.podCIDRs).toEqual(['10.244.0.0/24'])
  cluster.client.delete('nodes', { name: 'b' })
  addNode(cluster, 'e')
  expect(cidrs(cluster).at(-1)).toBe('10.244.4.0/24')
})

test('nodes that come all at once get different blocks', () => {
  const cluster = newCluster()
  for (const name of ['a', 'b', 'c']) {
    cluster.client.create('nodes', { metadata: { name }, spec: {}, status: {} as Node['status'] })
  }
  cluster.sim.settle()
  expect(cidrs(cluster)).toEqual(['10.244.0.0/24', '10.244.1.0/24', '10.244.2.0/24'])
})

test('none left: an event, and a block as soon as one is free again', () => {
  const cluster = newCluster({ clusterCIDR: '10.0.0.0/24', mask: 25 })
  for (const name of ['a', 'b', 'c']) addNode(cluster, name)
  expect(cidrs(cluster)).toEqual(['10.0.0.0/25', '10.0.0.128/25', undefined])
  expect(cluster.eventLines('cidrAllocator')[0]).toBe(
    'Node/c CIDRNotAvailable: Node c status is now: CIDRNotAvailable',
  )
  cluster.client.delete('nodes', { name: 'a' })
  cluster.advance(60)
  expect(cidrs(cluster)).toEqual(['10.0.0.128/25', '10.0.0.0/25'])
})

test('a fork gives out the same blocks', () => {
  const cluster = newCluster()
  addNode(cluster, 'a')
  cluster.client.delete('nodes', { name: 'a' })
  const fork = cluster.fork()
  addNode(cluster, 'b')
  addNode(fork, 'b')
  expect(cidrs(fork)).toEqual(['10.244.1.0/24'])
  expect(fork.sim.trace.toString()).toBe(cluster.sim.trace.toString())
})
