import { SimCluster } from 'simcluster'
import type { ClusterOptions } from 'simcluster'
import { expect, test } from 'vitest'
import type { PodInput } from '../../src/api/core/inputs.js'

const DRIVER = 'gpu.example.com'
const RESOURCE = 'example.com/gpu'
const IMPLICIT = `deviceclass.resource.kubernetes.io/${DRIVER}`
const gpus = ['gpu-0', 'gpu-1'].map((name) => ({ name, env: { [name.replace('-', '_')]: 'yes' } }))

/** A cluster of v1.36 with two devices on node-2, whose class stands behind an extended resource. */
function newCluster(options: ClusterOptions = {}): SimCluster {
  const cluster = new SimCluster({
    version: 'v1.36',
    nodes: 2,
    addons: { deviceDrivers: [{ name: DRIVER, nodes: ['node-2'], devices: gpus }] },
    ...options,
  })
  cluster.settle()
  cluster.patch('deviceclasses', DRIVER, {
    type: 'merge',
    body: { spec: { extendedResourceName: RESOURCE } },
  })
  return cluster
}

type Container = NonNullable<PodInput['spec']>['containers'][number]

const container = (name: string, amounts: Readonly<Record<string, string>>): Container => ({
  name,
  image: 'nginx',
  resources: { requests: amounts, limits: amounts },
})

function pod(cluster: SimCluster, name: string, spec: PodInput['spec'] | string = '1'): void {
  cluster.create('pods', {
    metadata: { name },
    spec: typeof spec === 'string' ? { containers: [container('c', { [RESOURCE]: spec })] } : spec,
  })
  cluster.settle()
}

const phases = (cluster: SimCluster): string =>
  cluster
    .list('pods')
    .items.map(({ metadata, spec, status }) => [metadata.name, status.phase, spec.nodeName ?? '-'].join(' '))
    .join(', ')

test('A container that requests the resource of a class gets devices, by a claim of the scheduler.', () => {
  const cluster = newCluster()
  pod(cluster, 'a', '2')
  pod(cluster, 'b')
  expect(phases(cluster)).toBe('a Running node-2, b Pending -')
  const { extendedResourceClaimStatus } = cluster.get('pods', 'a').status
  expect(extendedResourceClaimStatus?.requestMappings).toEqual([
    { containerName: 'c', resourceName: RESOURCE, requestName: 'container-0-request-0' },
  ])
  const claim = cluster.get('resourceclaims', extendedResourceClaimStatus?.resourceClaimName ?? '')
  expect(claim.metadata.name).toMatch(/^a-extended-resources-/)
  expect(claim.metadata.annotations).toEqual({ 'resource.kubernetes.io/extended-resource-claim': 'true' })
  expect(claim.metadata.ownerReferences).toEqual([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      name: 'a',
      uid: cluster.get('pods', 'a').metadata.uid,
      controller: true,
    },
  ])
  expect(claim.spec.devices.requests).toEqual([
    {
      name: 'container-0-request-0',
      exactly: { deviceClassName: DRIVER, allocationMode: 'ExactCount', count: 2 },
    },
  ])
  expect(claim.status.allocation?.devices.results?.map(({ device }) => device)).toEqual(['gpu-0', 'gpu-1'])
  expect(cluster.exec('a', 'printenv gpu_0 gpu_1').stdout).toBe('yes\nyes\n')
  const copy = cluster.fork()
  for (const one of [cluster, copy]) {
    one.delete('pods', 'a')
    one.settle()
    expect(phases(one)).toBe('b Running node-2')
    expect(
      one.list('resourceclaims').items.map(({ metadata }) => metadata.ownerReferences?.[0]?.name),
    ).toEqual(['b'])
  }
})

test('Every class stands behind a resource of its own name, whatever else it names.', () => {
  const cluster = newCluster()
  pod(cluster, 'a', { containers: [container('c', { [IMPLICIT]: '1' })] })
  expect(phases(cluster)).toBe('a Running node-2')
})

test('A node that has the resource itself gives it, and no device.', () => {
  const cluster = newCluster()
  const amount = { [RESOURCE]: '1' }
  const status = JSON.stringify({ status: { capacity: amount, allocatable: amount } })
  cluster.kubectl(['patch', 'node', 'node-1', '--subresource=status', '--type=merge', '-p', status])
  cluster.settle()
  pod(cluster, 'a', {
    nodeSelector: { 'kubernetes.io/hostname': 'node-1' },
    containers: [container('c', { [RESOURCE]: '1' })],
  })
  pod(cluster, 'b', {
    nodeSelector: { 'kubernetes.io/hostname': 'node-1' },
    containers: [container('c', { [RESOURCE]: '1' })],
  })
  expect(phases(cluster)).toBe('a Running node-1, b Pending -')
  expect(cluster.list('resourceclaims').items).toEqual([])
})

test('An init container uses the devices of later containers, and requests what it needs beyond.', () => {
  const cluster = newCluster()
  pod(cluster, 'a', {
    initContainers: [{ ...container('init', { [RESOURCE]: '2' }), command: ['true'] }],
    containers: [container('c', { [RESOURCE]: '1', cpu: '1' })],
  })
  expect(phases(cluster)).toBe('a Running node-2')
  const [claim] = cluster.list('resourceclaims').items
  expect(claim?.spec.devices.requests?.map(({ name, exactly }) => [name, exactly?.count])).toEqual([
    ['container-0-request-0', 1],
    ['container-1-request-1', 1],
  ])
  const mappings = cluster.get('pods', 'a').status.extendedResourceClaimStatus?.requestMappings
  expect(mappings?.map(({ containerName, requestName }) => `${containerName} ${requestName}`)).toEqual([
    'c container-1-request-1',
    'init container-1-request-1',
    'init container-0-request-0',
  ])
  expect(cluster.exec('a', 'printenv gpu_0').stdout + cluster.exec('a', 'printenv gpu_1').stdout).toBe(
    'yes\n',
  )
})

test('A pod waits for a class that stands behind its resource, and for devices.', () => {
  const cluster = newCluster()
  pod(cluster, 'a', { containers: [container('c', { 'example.com/later': '1' })] })
  expect(cluster.get('pods', 'a').status.conditions?.[0]?.message).toMatch(
    /2 Insufficient example.com\/later/,
  )
  cluster.create('deviceclasses', {
    metadata: { name: 'later' },
    spec: {
      extendedResourceName: 'example.com/later',
      selectors: [{ cel: { expression: `device.driver == "${DRIVER}"` } }],
    },
  })
  cluster.settle()
  expect(phases(cluster)).toBe('a Running node-2')
})

test('Of two classes behind one resource the newer one counts.', () => {
  const cluster = newCluster()
  cluster.advance('1m')
  cluster.create('deviceclasses', {
    metadata: { name: 'newer' },
    spec: { extendedResourceName: RESOURCE, selectors: [{ cel: { expression: 'false' } }] },
  })
  pod(cluster, 'a')
  expect(phases(cluster)).toBe('a Pending -')
})

test('Before v1.36 no device stands behind a resource.', () => {
  const cluster = new SimCluster({
    version: 'v1.35',
    nodes: 1,
    addons: { deviceDrivers: [{ name: DRIVER, devices: gpus }] },
  })
  pod(cluster, 'a', { containers: [container('c', { [IMPLICIT]: '1' })] })
  expect(phases(cluster)).toBe('a Pending -')
  const rules = (version: string): boolean =>
    JSON.stringify(
      new SimCluster({ version })
        .get('clusterroles', 'system:kube-scheduler')
        .rules?.filter(({ resources = [] }) => resources.includes('resourceclaims')),
    ).includes('create')
  expect([rules('v1.35'), rules('v1.36')]).toEqual([false, true])
})

test('With many nodes and a class that comes late, results for a pod are not kept from before.', () => {
  const cluster = newCluster({ nodes: 8 })
  pod(cluster, 'a', { containers: [container('c', { 'example.com/late': '1' })] })
  expect(phases(cluster)).toBe('a Pending -')
  cluster.patch('deviceclasses', DRIVER, {
    type: 'merge',
    body: { spec: { extendedResourceName: 'example.com/late' } },
  })
  cluster.advance('10m')
  expect(phases(cluster)).toBe('a Running node-2')
})
