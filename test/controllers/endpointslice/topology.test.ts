import { describe, expect, test } from 'vitest'
import { SimCluster } from '../../../src/index.js'

const AUTO = { 'service.kubernetes.io/topology-mode': 'Auto' }

/** Two zones with nodes of the given cores, of which each runs one pod of the Service for each name. */
function clusterWith(
  zones: Readonly<Record<string, { readonly cpu: string; readonly pods: readonly string[] }>>,
  annotations: Readonly<Record<string, string>> = AUTO,
): SimCluster {
  const nodes = Object.entries(zones).map(([zone, { cpu }]) => ({
    name: `n-${zone}`,
    labels: { 'topology.kubernetes.io/zone': zone },
    capacity: { cpu, memory: '16Gi', pods: '110' },
  }))
  const cluster = new SimCluster({ nodes })
  cluster.create('services', {
    metadata: { name: 'a', annotations },
    spec: { selector: { app: 'a' }, ports: [{ port: 80 }] },
  })
  for (const [zone, { pods }] of Object.entries(zones))
    for (const name of pods) createPod(cluster, name, `n-${zone}`)
  return cluster.settle()
}

function createPod(cluster: SimCluster, name: string, nodeName: string): void {
  cluster.create('pods', {
    metadata: { name, labels: { app: 'a' } },
    spec: { nodeName, containers: [{ name: 'c', image: 'nginx' }], terminationGracePeriodSeconds: 1 },
  })
}

/** The zone that each pod should serve. */
const hintsOf = (cluster: SimCluster): Readonly<Record<string, string>> =>
  Object.fromEntries(
    cluster
      .list('endpointslices', { labelSelector: 'kubernetes.io/service-name=a' })
      .items.flatMap(({ endpoints }) => endpoints ?? [])
      .map(({ targetRef, hints }): [string, string] => [
        targetRef?.name ?? '',
        (hints?.forZones ?? []).map(({ name }) => name).join(),
      ]),
  )

const eventsOf = (cluster: SimCluster): readonly string[] =>
  cluster
    .list('events')
    .items.filter(({ reason }) => reason?.startsWith('TopologyAwareHints'))
    .map(({ type, reason, message }) => `${type ?? ''} ${reason ?? ''}: ${message ?? ''}`)

describe('a Service with topology-mode: Auto', () => {
  test('has hints for the zones of its endpoints, and an event', () => {
    const cluster = clusterWith({ x: { cpu: '4', pods: ['p', 'q'] }, y: { cpu: '4', pods: ['r', 's'] } })
    expect(hintsOf(cluster)).toEqual({ p: 'x', q: 'x', r: 'y', s: 'y' })
    expect(eventsOf(cluster)).toContain(
      'Normal TopologyAwareHintsEnabled: Topology Aware Hints has been enabled, addressType: IPv4',
    )
  })

  test('gives endpoints of a zone to one that has more cpu than endpoints', () => {
    const pods = ['p', 'q', 'r', 's']
    const cluster = clusterWith({ x: { cpu: '2', pods }, y: { cpu: '4', pods: ['t', 'u'] } })
    expect(hintsOf(cluster)).toMatchObject({ t: 'y', u: 'y' })
    expect(pods.map((name) => hintsOf(cluster)[name] ?? '').sort()).toEqual(['x', 'x', 'y', 'y'])
  })

  test('has the deprecated annotation, too, which takes precedence over trafficDistribution', () => {
    const cluster = clusterWith(
      { x: { cpu: '4', pods: ['p', 'q'] }, y: { cpu: '4', pods: ['r', 's'] } },
      { 'service.kubernetes.io/topology-aware-hints': 'auto' },
    )
    cluster.patch('services', 'a', { type: 'merge', body: { spec: { trafficDistribution: 'PreferClose' } } })
    cluster.delete('pods', 'q')
    cluster.settle()
    // three endpoints cannot serve two equal zones: each needs two
    expect(hintsOf(cluster)).toEqual({ p: '', r: '', s: '' })
    expect(eventsOf(cluster).at(-1)).toBe(
      'Warning TopologyAwareHintsDisabled: Unable to allocate minimum required endpoints to each zone ' +
        'without exceeding overload threshold (3 endpoints, 2 zones), addressType: IPv4',
    )
  })

  test('has none with fewer endpoints than zones', () => {
    const cluster = clusterWith({ x: { cpu: '4', pods: ['p'] }, y: { cpu: '4', pods: [] } })
    expect(hintsOf(cluster)).toEqual({ p: '' })
    expect(eventsOf(cluster)).toContain(
      'Warning TopologyAwareHintsDisabled: Insufficient number of endpoints (1 endpoints, 2 zones), ' +
        'addressType: IPv4',
    )
  })

  test('has none if a node tells no zone, or if all are in one', () => {
    const why =
      'Warning TopologyAwareHintsDisabled: Insufficient Node information: allocatable CPU or zone not ' +
      'specified on one or more nodes, addressType: IPv4'
    expect(eventsOf(clusterWith({ x: { cpu: '4', pods: ['p', 'q'] } }))).toContain(why)
    const cluster = clusterWith({ x: { cpu: '4', pods: ['p', 'q'] }, y: { cpu: '4', pods: ['r', 's'] } })
    cluster.kubectl('label node n-x topology.kubernetes.io/zone-')
    cluster.settle()
    expect(hintsOf(cluster)).toEqual({ p: '', q: '', r: '', s: '' })
    expect(eventsOf(cluster)).toContain(why)
  })

  test('loses its hints when a zone has no ready node any more, in a fork, too', () => {
    const original = clusterWith({ x: { cpu: '4', pods: ['p', 'q'] }, y: { cpu: '4', pods: ['r', 's'] } })
    for (const cluster of [original.fork(), original]) {
      cluster.node('n-y').crash()
      cluster.advance('2m')
      expect(hintsOf(cluster)).toMatchObject({ p: '', q: '' })
    }
  })

  test('loses them with the annotation', () => {
    const cluster = clusterWith({ x: { cpu: '4', pods: ['p', 'q'] }, y: { cpu: '4', pods: ['r', 's'] } })
    cluster.kubectl('annotate service a service.kubernetes.io/topology-mode-')
    cluster.settle()
    expect(hintsOf(cluster)).toEqual({ p: '', q: '', r: '', s: '' })
    expect(eventsOf(cluster).at(-1)).toBe(
      'Warning TopologyAwareHintsDisabled: Topology Aware Hints has been disabled, addressType: IPv4',
    )
  })
})
