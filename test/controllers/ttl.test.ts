import { describe, expect, it } from 'vitest'
import type { Node } from '../../src/api/core/generated.js'
import { createTtlController } from '../../src/controllers/ttl.js'
import { ControllerCluster } from './shared/controller-cluster.js'

const ttlOf = ({ client }: ControllerCluster, name: string): string | undefined =>
  client.get('nodes', { name }).metadata.annotations?.['node.alpha.kubernetes.io/ttl']

function withNodes(cluster: ControllerCluster, from: number, to: number): void {
  for (let i = from; i < to; i++) cluster.client.create('nodes', { metadata: { name: `n${i}` } } as Node)
  cluster.advance(1)
}

describe('the TTL controller', () => {
  it('tells nodes to keep what they read the longer the more nodes there are', () => {
    const cluster = new ControllerCluster(() => [createTtlController()])
    withNodes(cluster, 0, 100)
    expect([ttlOf(cluster, 'n0'), ttlOf(cluster, 'n99')]).toEqual(['0', '0'])
    withNodes(cluster, 100, 101)
    expect([ttlOf(cluster, 'n0'), ttlOf(cluster, 'n100')]).toEqual(['0', '15'])
    cluster.client.patch(
      'nodes',
      { name: 'n0' },
      { type: 'merge', body: { metadata: { labels: { is: 'touched' } } } },
    )
    cluster.advance(1)
    expect([ttlOf(cluster, 'n0'), ttlOf(cluster, 'n1')]).toEqual(['15', '0'])
  })

  it('goes back only when clearly fewer are left, in a fork, too', () => {
    const cluster = new ControllerCluster(() => [createTtlController()])
    withNodes(cluster, 0, 101)
    for (let i = 1; i <= 11; i++) cluster.client.delete('nodes', { name: `n${i}` })
    cluster.advance(1)
    withNodes(cluster, 101, 102)
    expect(ttlOf(cluster, 'n101')).toBe('15')
    for (let i = 12; i <= 14; i++) cluster.client.delete('nodes', { name: `n${i}` })
    const fork = cluster.advance(1).fork()
    withNodes(fork, 102, 103)
    expect(ttlOf(fork, 'n102')).toBe('0')
  })
})
