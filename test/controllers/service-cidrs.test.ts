import { describe, expect, test } from 'vitest'
import type { ServiceCIDR } from '../../src/api/networking/generated.js'
import { SimCluster } from '../../src/index.js'

const FINALIZER = 'networking.k8s.io/service-cidr-finalizer'

/** A cluster whose own range has room for two Services besides `kubernetes`. */
const clusterWith = (...cidrs: readonly string[]): SimCluster => {
  const cluster = new SimCluster({ network: { serviceCIDR: '10.96.0.0/30' } })
  for (const [at, cidr] of cidrs.entries()) addRange(cluster, `more-${at}`, cidr)
  return cluster.settle()
}

const addRange = (cluster: SimCluster, name: string, ...cidrs: readonly string[]): unknown =>
  cluster.create('servicecidrs', { metadata: { name }, spec: { cidrs } })

const service = (cluster: SimCluster, name: string, clusterIP?: string): string => {
  const spec = { ports: [{ port: 80 }], ...(clusterIP === undefined ? {} : { clusterIP }) }
  return cluster.create('services', { metadata: { name }, spec }).spec.clusterIP ?? ''
}

const rangeOf = (cluster: SimCluster, name: string): ServiceCIDR | undefined =>
  cluster.list('servicecidrs').items.find(({ metadata }) => metadata.name === name)

const conditionOf = (cluster: SimCluster, name: string): unknown => {
  const [condition] = rangeOf(cluster, name)?.status.conditions ?? []
  return condition && [condition.type, condition.status, condition.reason, condition.message]
}

describe('a range of cluster IPs', () => {
  const kept = [
    'Ready',
    'False',
    'Terminating',
    'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
  ]
  const ready = ['Ready', 'True', '', 'Kubernetes Service CIDR is ready']

  test('is ready and protected, as that of the cluster is from the start', () => {
    const cluster = clusterWith('10.200.0.0/30')
    for (const name of ['kubernetes', 'more-0']) {
      expect(rangeOf(cluster, name)?.metadata.finalizers).toEqual([FINALIZER])
      expect(conditionOf(cluster, name)).toEqual(ready)
    }
  })

  test('has its controller since v1.33', () => {
    const name = 'kube-controller-manager/service-cidr-controller'
    expect(() => new SimCluster({ version: 'v1.32', disable: [name] })).toThrow(`there is no "${name}"`)
    const alone = new SimCluster({ disable: [name] })
    expect(conditionOf(alone, 'kubernetes')).toEqual([
      ...ready.slice(0, 3),
      'Kubernetes default Service CIDR is ready',
    ])
    expect(rangeOf(alone, 'kubernetes')?.metadata.finalizers).toBeUndefined()
  })

  test('gives addresses when the others are full', () => {
    const cluster = clusterWith('10.200.0.0/30')
    const given = ['a', 'b', 'c'].map((name) => service(cluster, name)).sort()
    expect(given).toEqual(['10.200.0.1', '10.200.0.2', '10.96.0.2'].sort())
    expect(() => service(cluster, 'd')).toThrow('failed to allocate a serviceIP: range is full')
    addRange(cluster, 'more', '10.201.0.0/29')
    expect(service(cluster, 'd')).toMatch(/^10\.201\.0\./)
  })

  test('gives an address that is asked for', () => {
    const cluster = clusterWith('10.200.0.0/24')
    expect(service(cluster, 'a', '10.200.0.77')).toBe('10.200.0.77')
    expect(() => service(cluster, 'b', '10.201.0.1')).toThrow('does not match the current range')
  })

  test('that is deleted gives no more addresses, and goes after ten seconds', () => {
    const cluster = clusterWith('10.200.0.0/30')
    const start = cluster.now()
    cluster.delete('servicecidrs', 'more-0')
    expect(() => service(cluster, 'a', '10.200.0.1')).toThrow('does not match the current range')
    cluster.advance('9s')
    expect(rangeOf(cluster, 'more-0')).toBeDefined()
    cluster.settle()
    expect(rangeOf(cluster, 'more-0')).toBeUndefined()
    expect(cluster.now() - start).toBeGreaterThanOrEqual(10_000)
  })

  test('stays while a Service has an address of it', () => {
    const cluster = clusterWith('10.200.0.0/30')
    service(cluster, 'a', '10.200.0.1')
    cluster.delete('servicecidrs', 'more-0')
    cluster.advance('1m')
    expect(conditionOf(cluster, 'more-0')).toEqual(kept)
    const fork = cluster.fork()
    fork.delete('services', 'a')
    fork.settle()
    expect(rangeOf(fork, 'more-0')).toBeUndefined()
    addRange(cluster, 'around', '10.200.0.0/16')
    cluster.settle()
    expect(rangeOf(cluster, 'more-0')).toBeUndefined()
  })

  test('of the cluster stays for the Service kubernetes, unless another holds it', () => {
    const cluster = clusterWith('10.96.0.0/12')
    const other = clusterWith('10.97.0.0/16')
    for (const each of [cluster, other]) {
      each.delete('servicecidrs', 'kubernetes')
      each.settle()
    }
    expect(rangeOf(cluster, 'kubernetes')).toBeUndefined()
    expect(conditionOf(other, 'kubernetes')).toEqual(kept)
  })

  test('may be of two families, of which each needs another range to go', () => {
    const cluster = new SimCluster({ network: { serviceCIDR: '10.96.0.0/24,fd00::/120' } })
    addRange(cluster, 'both', '10.200.0.0/24', 'fd01::/120')
    const spec = { ipFamilies: ['IPv6' as const], clusterIP: 'fd01::7', ports: [{ port: 80 }] }
    cluster.create('services', { metadata: { name: 'six' }, spec })
    cluster.settle()
    addRange(cluster, 'around', '10.200.0.0/16')
    cluster.delete('servicecidrs', 'both')
    cluster.settle()
    expect(conditionOf(cluster, 'both')).toEqual(kept)
    addRange(cluster, 'around-six', 'fd01::/64')
    cluster.settle()
    expect(rangeOf(cluster, 'both')).toBeUndefined()
  })

  test('stays for an address that a range within it held, once that one has gone', () => {
    const cluster = clusterWith('10.200.0.0/24', '10.200.0.128/25')
    service(cluster, 'low', '10.200.0.1')
    service(cluster, 'high', '10.200.0.200')
    cluster.delete('servicecidrs', 'more-0')
    cluster.settle()
    expect(conditionOf(cluster, 'more-0')).toEqual(kept)
    const fork = cluster.fork()
    fork.delete('services', 'low')
    fork.settle()
    // the other one is that of the range within
    expect(rangeOf(fork, 'more-0')).toBeUndefined()
    cluster.delete('servicecidrs', 'more-1')
    cluster.settle()
    cluster.delete('services', 'low')
    cluster.settle()
    expect(rangeOf(cluster, 'more-1')).toBeUndefined()
    expect(conditionOf(cluster, 'more-0')).toEqual(kept)
    cluster.delete('services', 'high')
    cluster.settle()
    expect(rangeOf(cluster, 'more-0')).toBeUndefined()
  })

  test('stays for a Service that gets one of its addresses from a range within it', () => {
    const cluster = clusterWith('10.200.0.0/24', '10.200.0.128/25')
    service(cluster, 'low', '10.200.0.1')
    cluster.delete('servicecidrs', 'more-0')
    cluster.settle()
    service(cluster, 'high', '10.200.0.200')
    cluster.delete('servicecidrs', 'more-1')
    cluster.settle()
    cluster.delete('services', 'low')
    cluster.settle()
    expect(conditionOf(cluster, 'more-0')).toEqual(kept)
  })
})
