import { SimCluster } from 'simcluster'
import { expect, test } from 'vitest'
import type { ServiceSpecInput } from '../../../src/api/core/inputs.js'
import type { EndpointSlice } from '../../../src/api/discovery/generated.js'

const namespace = 'default'
const key = { namespace, name: 'a' }
const MANAGED = {
  'kubernetes.io/service-name': 'a',
  'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
}

/** A cluster with a Service `a`, and a pod `p` on node n1. */
function clusterWith(spec: Partial<ServiceSpecInput> = {}, finalizers: readonly string[] = []): SimCluster {
  const cluster = new SimCluster({ nodes: [{ name: 'n1' }, { name: 'n2' }], seed: 1 })
  createService(cluster, spec, finalizers)
  createPod(cluster, 'p', 'n1')
  cluster.settle()
  return cluster
}

function createService(
  cluster: SimCluster,
  spec: Partial<ServiceSpecInput> = {},
  finalizers: readonly string[] = [],
): void {
  cluster.create('services', {
    metadata: { ...key, ...(finalizers.length > 0 ? { finalizers } : {}) },
    spec: { selector: { app: 'x' }, ports: [{ port: 80 }], ...spec },
  })
}

function createPod(cluster: SimCluster, name: string, nodeName: string): void {
  cluster.create('pods', {
    metadata: { name, namespace, labels: { app: 'x' } },
    spec: { nodeName, containers: [{ name: 'c', image: 'i' }], terminationGracePeriodSeconds: 1 },
  })
}

const slices = (cluster: SimCluster): readonly EndpointSlice[] =>
  cluster.list('endpointslices', { namespace, labelSelector: 'kubernetes.io/service-name=a' }).items
const targets = (cluster: SimCluster): readonly string[] =>
  slices(cluster).flatMap(({ endpoints }) => (endpoints ?? []).map(({ targetRef }) => targetRef?.name ?? ''))
const warnings = (cluster: SimCluster): readonly string[] =>
  cluster
    .list('events', { namespace })
    .items.filter(({ reason }) => reason === 'FailedToUpdateEndpointSlices')
    .map(({ message = '', source }) => `${source?.component ?? ''}: ${message}`)

function createSlice(cluster: SimCluster, parts: Partial<EndpointSlice>): void {
  const metadata = { name: 'other', namespace, labels: MANAGED, ...parts.metadata }
  cluster.create('endpointslices', { addressType: 'IPv6', endpoints: [], ports: [], ...parts, metadata })
}

const ownedBy = (uid: string): Pick<EndpointSlice['metadata'], 'ownerReferences'> => ({
  ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name: 'a', uid, controller: true }],
})

test('a slice of an address family that the Service no longer has is deleted', () => {
  const cluster = clusterWith()
  createSlice(cluster, { metadata: ownedBy(cluster.get('services', key).metadata.uid ?? '') })
  cluster.settle()
  expect(slices(cluster).map(({ addressType }) => addressType)).toEqual(['IPv4'])
})

test('a slice of a former Service of that name is replaced, not used', () => {
  const cluster = clusterWith()
  const former = slices(cluster)[0]?.metadata.name
  cluster.component('kube-controller-manager/garbage-collector-controller').stop()
  cluster.delete('services', key)
  cluster.settle()
  createService(cluster)
  cluster.settle()
  expect(targets(cluster)).toEqual(['p'])
  expect(slices(cluster).map(({ metadata }) => metadata.name)).not.toContain(former)
})

test('an ExternalName Service has no slices and no Endpoints', () => {
  const cluster = clusterWith({ type: 'ExternalName', externalName: 'x.example.com' })
  expect(slices(cluster)).toEqual([])
  expect(cluster.list('endpoints', { namespace }).items.map(({ metadata }) => metadata.name)).not.toContain(
    'a',
  )
})

test('a Service that is being deleted keeps its slices up to date, but gets no new ones', () => {
  const cluster = clusterWith({}, ['example.com/wait'])
  cluster.delete('services', key)
  createPod(cluster, 'q', 'n2')
  cluster.settle()
  expect(targets(cluster)).toEqual(['p', 'q'])
  for (const { metadata } of slices(cluster)) cluster.delete('endpointslices', metadata)
  cluster.settle()
  expect(slices(cluster)).toEqual([])
})

test('annotations of others stay when the endpoints change', () => {
  const cluster = clusterWith()
  const metadata = slices(cluster)[0]?.metadata as EndpointSlice['metadata']
  const body = { metadata: { annotations: { own: 'yes' } } }
  cluster.patch('endpointslices', { namespace, name: metadata.name ?? '' }, { type: 'merge', body })
  createPod(cluster, 'q', 'n2')
  cluster.settle()
  expect(targets(cluster)).toEqual(['p', 'q'])
  expect(slices(cluster)[0]?.metadata.annotations).toMatchObject({ own: 'yes' })
})

test('a pod whose node is unknown is left out with a warning, and comes back with its node', () => {
  const cluster = clusterWith()
  cluster.component('kube-controller-manager/pod-garbage-collector-controller').stop()
  const node = cluster.get('nodes', { name: 'n1' })
  cluster.delete('nodes', { name: 'n1' })
  createPod(cluster, 'q', 'n2')
  cluster.advance('5s')
  expect(targets(cluster)).toEqual(['q'])
  expect(warnings(cluster)).toContain(
    'endpoint-slice-controller: Error updating Endpoint Slices for Service default/a: ' +
      'skipping Pod p for Service default/a: Node n1 Not Found',
  )
  const { name = '', labels = {} } = node.metadata
  cluster.create('nodes', { metadata: { name, labels }, spec: {} })
  cluster.advance('30s')
  expect(targets(cluster).toSorted()).toEqual(['p', 'q'])
})

test('a slice that cannot be written is reported on the Service', () => {
  const cluster = new SimCluster({ nodes: [{ name: 'n1' }], seed: 1 })
  cluster.create('resourcequotas', {
    metadata: { name: 'none', namespace },
    spec: { hard: { 'count/endpointslices.discovery.k8s.io': '0' } },
  })
  cluster.settle()
  createService(cluster)
  cluster.settle()
  expect(warnings(cluster)[0]).toMatch(
    new RegExp(
      '^endpoint-slice-controller: Error .* default/a: ' +
        'failed to create EndpointSlice for Service default/a: .*exceeded quota',
    ),
  )
})

test('a slice that cannot be written is tried sixteen times, and again when something changes', () => {
  const cluster = new SimCluster({ nodes: [{ name: 'n1' }], seed: 1 })
  cluster.create('resourcequotas', {
    metadata: { name: 'none', namespace },
    spec: { hard: { 'count/endpointslices.discovery.k8s.io': '0' } },
  })
  cluster.settle()
  let tries = 0
  cluster.on('request', ({ verb, resource, user }) => {
    if (verb === 'create' && resource === 'endpointslices' && user.name.endsWith(':endpointslice-controller'))
      tries++
  })
  createService(cluster)
  cluster.advance('1m')
  expect(tries).toBe(6)
  cluster.advance('3h')
  expect(tries).toBe(16)
  cluster.kubectl('label service a some=thing')
  cluster.advance('1m')
  expect(tries).toBe(22)
})
