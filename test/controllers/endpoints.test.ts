import { SimCluster } from 'simcluster'
import { expect, test } from 'vitest'
import type { Pod } from '../../src/api/core/generated.js'
import type { ServiceSpecInput } from '../../src/api/core/inputs.js'
import type { EndpointSlice } from '../../src/api/discovery/generated.js'
import { truncated } from '../../src/controllers/endpoints.js'

const ns = 'default'

function service(name: string, spec: Partial<ServiceSpecInput>): void {
  cluster.create('services', { metadata: { name, namespace: ns, labels: { of: name } }, spec })
}

function pod(name: string, labels: Readonly<Record<string, string>>, parts: Partial<Pod['spec']> = {}): void {
  const containers = [{ name: 'c', image: 'i:1', ports: [{ name: 'web', containerPort: 8080 }] }]
  cluster.create('pods', {
    metadata: { name, namespace: ns, labels },
    spec: { containers, terminationGracePeriodSeconds: 5, ...parts },
  })
}

const slicesOf = (name: string): readonly EndpointSlice[] =>
  cluster.list('endpointslices', { namespace: ns, labelSelector: `kubernetes.io/service-name=${name}` }).items

/** `pod ready,serving,terminating port...` of each endpoint. */
function shown(name: string): readonly string[] {
  return slicesOf(name).flatMap(({ endpoints, ports }) =>
    (endpoints ?? []).map(({ targetRef, conditions }) => {
      const state = (['ready', 'serving', 'terminating'] as const).filter((key) => conditions[key] === true)
      return (
        `${targetRef?.name ?? '-'} ${state.join(',')} ` +
        `${(ports ?? []).map((port) => `${port.name ?? ''}:${port.port ?? ''}`).join(' ')}`
      )
    }),
  )
}

let cluster: SimCluster

function begin(): void {
  cluster = new SimCluster({
    nodes: [
      { name: 'n1', zone: 'a' },
      { name: 'n2', zone: 'b' },
    ],
    seed: 3,
  })
}

/** The steps of the recorded scenario svc-endpoints, with what the real controller made of each. */
test('slices follow pods, labels, selectors and deletions', () => {
  begin()
  service('a', {
    selector: { app: 'x' },
    ports: [
      { name: 'h', port: 80, targetPort: 'web' },
      { name: 'n', port: 81, targetPort: 9000 },
    ],
  })
  service('hl', {
    clusterIP: 'None',
    publishNotReadyAddresses: true,
    selector: { app: 'x' },
    ports: [{ port: 80 }],
  })
  service('nosel', { ports: [{ port: 80 }] })
  cluster.settle()
  expect([slicesOf('a'), slicesOf('nosel')]).toMatchObject([
    [{ endpoints: null, ports: null, addressType: 'IPv4' }],
    [],
  ])
  pod('p1', { app: 'x' })
  cluster.settle()
  expect([shown('a'), shown('hl')]).toEqual([['p1 ready,serving h:8080 n:9000'], ['p1 ready,serving :80']])
  pod('p2', { app: 'x' }, { hostname: 'hh', subdomain: 'hl' })
  cluster.settle()
  expect(shown('a')).toEqual(['p1 ready,serving h:8080 n:9000', 'p2 ready,serving h:8080 n:9000'])
  expect(
    slicesOf('hl')[0]?.endpoints?.map(({ hostname, zone, nodeName }) => [
      hostname,
      zone,
      nodeName !== undefined,
    ]),
  ).toEqual([
    [undefined, expect.stringMatching(/[ab]/), true],
    ['hh', expect.stringMatching(/[ab]/), true],
  ])
  cluster.patch(
    'pods',
    { namespace: ns, name: 'p1' },
    { type: 'merge', body: { metadata: { labels: { app: 'y' } } } },
  )
  cluster.settle()
  expect([shown('a'), shown('hl')]).toEqual([['p2 ready,serving h:8080 n:9000'], ['p2 ready,serving :80']])
  cluster.patch(
    'services',
    { namespace: ns, name: 'a' },
    { type: 'merge', body: { spec: { selector: { app: 'y' } } } },
  )
  cluster.settle()
  expect(shown('a')).toEqual(['p1 ready,serving h:8080 n:9000'])
  cluster.delete('pods', { namespace: ns, name: 'p2' })
  while (cluster.step());
  expect(shown('hl')).toEqual(['p2 ready,serving,terminating :80'])
  cluster.settle()
  expect(slicesOf('hl')).toMatchObject([
    { endpoints: null, ports: null, metadata: { labels: { 'service.kubernetes.io/headless': '' } } },
  ])
  cluster.delete('services', { namespace: ns, name: 'a' })
  cluster.settle()
  expect(slicesOf('a')).toEqual([])
})

test('Endpoints say the same in the older form', () => {
  begin()
  service('a', { selector: { app: 'x' }, ports: [{ name: 'h', port: 80, targetPort: 'web' }] })
  pod('p1', { app: 'x' })
  pod('p2', { app: 'x' })
  cluster.settle()
  const endpoints = cluster.get('endpoints', { namespace: ns, name: 'a' })
  expect(endpoints.metadata.labels).toEqual({
    of: 'a',
    'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
  })
  expect(endpoints.subsets).toMatchObject([
    { addresses: [{ targetRef: { kind: 'Pod' } }, {}], ports: [{ name: 'h', port: 8080, protocol: 'TCP' }] },
  ])
  cluster.delete('services', { namespace: ns, name: 'a' })
  cluster.settle()
  expect(cluster.list('endpoints', { namespace: ns }).items.map(({ metadata }) => metadata.name)).toEqual([
    'kubernetes',
  ])
})

test('Endpoints that a user writes for a Service without selector are mirrored', () => {
  begin()
  service('nosel', { ports: [{ port: 80 }] })
  cluster.create('endpoints', {
    metadata: { name: 'nosel', namespace: ns },
    subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80 }] }],
  })
  cluster.settle()
  expect(slicesOf('nosel')).toMatchObject([
    {
      metadata: {
        labels: { 'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io' },
        ownerReferences: [{ kind: 'Endpoints', name: 'nosel' }],
      },
      endpoints: [{ addresses: ['192.0.2.1'], conditions: { ready: true } }],
      ports: [{ name: '', protocol: 'TCP', port: 80 }],
    },
  ])
  cluster.delete('endpoints', { namespace: ns, name: 'nosel' })
  cluster.settle()
  expect(slicesOf('nosel')).toEqual([])
})

test('a mirror of former Endpoints of that name is replaced, not used', () => {
  begin()
  service('nosel', { ports: [{ port: 80 }] })
  const create = (ip: string): unknown =>
    cluster.create('endpoints', {
      metadata: { name: 'nosel', namespace: ns },
      subsets: [{ addresses: [{ ip }], ports: [{ port: 80 }] }],
    })
  create('192.0.2.1')
  cluster.settle()
  const former = slicesOf('nosel')[0]?.metadata.name
  for (const name of ['garbage-collector-controller', 'endpointslice-mirroring-controller'])
    cluster.component(`kube-controller-manager/${name}`).stop()
  cluster.delete('endpoints', { namespace: ns, name: 'nosel' })
  create('192.0.2.2')
  cluster.component('kube-controller-manager/endpointslice-mirroring-controller').start()
  cluster.settle()
  const { uid } = cluster.get('endpoints', { namespace: ns, name: 'nosel' }).metadata
  expect(slicesOf('nosel')).toMatchObject([
    { metadata: { ownerReferences: [{ uid }] }, endpoints: [{ addresses: ['192.0.2.2'] }] },
  ])
  expect(slicesOf('nosel')[0]?.metadata.name).not.toBe(former)
})

test('a slice holds no more than a hundred endpoints, and a fork goes the same way', () => {
  cluster = new SimCluster({
    nodes: [{ name: 'n1', capacity: { cpu: '4', memory: '16Gi', pods: '500' } }],
    seed: 5,
  })
  service('a', { selector: { app: 'x' }, ports: [{ port: 80 }] })
  for (let at = 0; at < 130; at++) pod(`p${at}`, { app: 'x' })
  const fork = cluster.fork()
  cluster.settle()
  fork.settle()
  // pods that get ready apart fill the slices in several rounds
  const sizes = slicesOf('a').map(({ endpoints }) => endpoints?.length ?? 0)
  expect([sizes.length, sizes[0]! + sizes[1]!, Math.max(...sizes) <= 100]).toEqual([2, 130, true])
  expect(fork.state.traceHash()).toBe(cluster.state.traceHash())
})

test('Endpoints with too many addresses lose those that are not ready, of each subset in proportion', () => {
  const addresses = (count: number): readonly { readonly ip: string }[] =>
    Array.from({ length: count }, (_, at) => ({ ip: `10.0.${at >> 8}.${at & 255}` }))
  const sizes = (subsets: Parameters<typeof truncated>[0]): readonly unknown[] =>
    truncated(subsets).map((subset) => [subset.addresses?.length, subset.notReadyAddresses?.length])
  const [first, second] = [{ port: 1 }, { port: 2 }].map((port) => ({ ports: [port] }))
  expect(
    sizes([
      { ...first, addresses: addresses(400), notReadyAddresses: addresses(600) },
      { ...second, addresses: addresses(300), notReadyAddresses: addresses(300) },
    ]),
  ).toEqual([
    [400, 200],
    [300, 100],
  ])
  expect(
    sizes([
      { ...first, addresses: addresses(900), notReadyAddresses: addresses(5) },
      { ...second, addresses: addresses(300) },
    ]),
  ).toEqual([
    [750, undefined],
    [250, undefined],
  ])
})

test('addresses of Endpoints are in the order of their texts', () => {
  cluster = new SimCluster({ nodes: 1 })
  service('a', { selector: { app: 'x' }, ports: [{ port: 80 }] })
  for (let n = 0; n < 12; n++) pod(`p${n}`, { app: 'x' })
  cluster.settle()
  const [subset] = cluster.get('endpoints', { namespace: ns, name: 'a' }).subsets ?? []
  const ips = (subset?.addresses ?? []).map(({ ip }) => ip)
  expect(ips).toHaveLength(12)
  expect(ips.indexOf('10.244.0.10')).toBeLessThan(ips.indexOf('10.244.0.2'))
  expect(ips).toEqual(ips.toSorted())
})

test('Endpoints that cannot be written are reported', () => {
  begin()
  cluster.create('resourcequotas', {
    metadata: { name: 'none', namespace: ns },
    spec: { hard: { 'count/endpoints': '0' } },
  })
  cluster.settle()
  service('a', { selector: { app: 'x' }, ports: [{ port: 80 }] })
  cluster.settle()
  const events = cluster.list('events', { namespace: ns }).items
  expect(events.filter(({ reason }) => reason === 'FailedToCreateEndpoint')).toMatchObject([
    {
      type: 'Warning',
      involvedObject: { kind: 'Endpoints', name: 'a' },
      source: { component: 'endpoint-controller' },
      message: expect.stringMatching(/^Failed to create endpoint for service default\/a: .*exceeded quota/),
    },
  ])
})
