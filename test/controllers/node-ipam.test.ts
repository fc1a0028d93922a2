import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Node } from '../../src/api/core/generated.js'
import type { NodeIpamOptions } from '../../src/controllers/node-ipam.js'
import { allocate, blockAt, createNodeIpamController, parsePool } from '../../src/controllers/node-ipam.js'
import { ControllerCluster } from './shared/controller-cluster.js'

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

test('blocks of a cluster CIDR', () => {
  const pool = parsePool('10.244.0.0/16', 24)
  expect([pool.size, blockAt(pool, 0), blockAt(pool, 1), blockAt(pool, 255)]).toEqual([
    256,
    '10.244.0.0/24',
    '10.244.1.0/24',
    '10.244.255.0/24',
  ])
  expect(blockAt(parsePool('192.168.77.9/22', 26), 5)).toBe('192.168.77.64/26')
})

test.each([['10.244.0.0'], ['10.244.0.256/16'], ['10.244.0.0/33'], ['fd00::/129']])(
  '%s is refused',
  (cidr) => {
    expect(() => parsePool(cidr, 24)).toThrow(RangeError)
  },
)

test('a mask that does not fit is refused', () =>
  expect(() => parsePool('10.244.0.0/24', 16)).toThrow(/does not fit/))

test('a released block comes again last', () => {
  const pool = parsePool('10.0.0.0/22', 24)
  const used = new Set<string>()
  let next = 0
  const take = (): string | undefined => {
    const allocation = allocate(pool, next, (cidr) => used.has(cidr))
    if (!allocation) return undefined
    next = allocation.next
    used.add(allocation.cidr)
    return allocation.cidr
  }
  expect([take(), take()]).toEqual(['10.0.0.0/24', '10.0.1.0/24'])
  used.delete('10.0.0.0/24')
  expect([take(), take(), take(), take()]).toEqual(['10.0.2.0/24', '10.0.3.0/24', '10.0.0.0/24', undefined])
})

test('any: never a used block, and one is found while there is one', () => {
  const pool = parsePool('10.0.0.0/20', 24)
  const blocks = Array.from({ length: pool.size }, (_, at) => blockAt(pool, at))
  fc.assert(
    fc.property(fc.nat(15), fc.subarray(blocks), (next, used) => {
      const cidr = allocate(pool, next, (block) => used.includes(block))?.cidr
      if (used.length === blocks.length) expect(cidr).toBeUndefined()
      else expect(blocks.filter((block) => !used.includes(block))).toContain(cidr)
    }),
    { seed: 7 },
  )
})
