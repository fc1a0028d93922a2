import { partial } from '../support/typed.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Service } from '../../src/api/core/generated.js'
import type { EndpointSlice } from '../../src/api/discovery/generated.js'
import type { Client } from '../../src/client/client.js'
import { translate } from '../../src/network/kube-proxy.js'
import { FollowedServiceView } from '../../src/network/service-view.js'
import { Random } from '../../src/sim/random.js'

interface Endpoint {
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
  readonly node: string
  readonly zones: readonly string[]
  readonly nodes: readonly string[]
}

const NODES = ['n1', 'n2', 'n3']
const ZONES = ['a', 'b']
const policy = fc.constantFrom('Cluster' as const, 'Local' as const)

const endpoint: fc.Arbitrary<Endpoint> = fc.record({
  ready: fc.boolean(),
  serving: fc.boolean(),
  terminating: fc.boolean(),
  node: fc.constantFrom(...NODES),
  zones: fc.subarray(ZONES),
  nodes: fc.subarray(NODES),
})

const world = fc.record({
  endpoints: fc.array(endpoint, { maxLength: 5 }),
  internal: policy,
  external: policy,
  type: fc.constantFrom('ClusterIP' as const, 'NodePort' as const, 'LoadBalancer' as const),
  hinted: fc.constantFrom('zones', 'nodes', 'both', 'none'),
  to: fc.constantFrom('cluster', 'external', 'nodePort'),
  origin: fc.constantFrom('pod' as const, 'node' as const, 'outside' as const),
  node: fc.constantFrom(...NODES),
  zone: fc.constantFrom(undefined, ...ZONES),
})

type World = typeof world extends fc.Arbitrary<infer T> ? T : never

function slicesOf({ endpoints, hinted }: World): readonly EndpointSlice[] {
  const shown = endpoints.map(({ ready, serving, terminating, node, zones, nodes }, at) => ({
    addresses: [`10.244.0.${at + 1}`],
    conditions: { ready, serving, terminating },
    nodeName: node,
    hints: {
      ...(hinted === 'zones' || hinted === 'both' ? { forZones: zones.map((name) => ({ name })) } : {}),
      ...(hinted === 'nodes' || hinted === 'both' ? { forNodes: nodes.map((name) => ({ name })) } : {}),
    },
  }))
  // half of them in each of two slices
  return [0, 1].map((part) => ({
    metadata: { namespace: 'default', name: `web-${part}`, labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    endpoints: shown.filter((_, at) => at % 2 === part),
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  })) as readonly EndpointSlice[]
}

function serviceOf({ type, internal, external }: World): Service {
  const isExternal = type !== 'ClusterIP'
  return partial<Service>({
    metadata: { namespace: 'default', name: 'web' },
    status: {
      loadBalancer: type === 'LoadBalancer' ? { ingress: [{ ip: '198.51.100.1', ipMode: 'VIP' }] } : {},
    },
    spec: {
      type,
      clusterIP: '10.96.0.5',
      clusterIPs: ['10.96.0.5'],
      internalTrafficPolicy: internal,
      externalIPs: ['192.0.2.1'],
      ...(isExternal ? { externalTrafficPolicy: external } : {}),
      ports: [
        {
          name: 'http',
          port: 80,
          targetPort: 8080,
          protocol: 'TCP',
          ...(isExternal ? { nodePort: 30_000 } : {}),
        },
      ],
    },
  })
}

/** The documentation of Services, endpoint by endpoint. */
function expected({ endpoints, hinted, internal, external, type, to, origin, node, zone }: World): {
  readonly verdict: string
  readonly used: readonly string[]
} {
  const local =
    to === 'cluster'
      ? internal === 'Local'
      : origin === 'outside' && type !== 'ClusterIP' && external === 'Local'
  const named = endpoints.map((one, at) => ({ ...one, name: `10.244.0.${at + 1}:8080` }))
  const pool = local ? named.filter((one) => one.node === node) : named
  let ready = pool.filter((one) => one.ready)
  if (!local && ready.length > 0) {
    const byNode =
      hinted !== 'none' &&
      hinted !== 'zones' &&
      ready.every(({ nodes }) => nodes.length > 0) &&
      ready.some(({ nodes }) => nodes.includes(node))
    const byZone =
      zone !== undefined &&
      (hinted === 'zones' || hinted === 'both') &&
      ready.every(({ zones }) => zones.length > 0) &&
      ready.some(({ zones }) => zones.includes(zone))
    if (byNode) ready = ready.filter(({ nodes }) => nodes.includes(node))
    else if (byZone) ready = ready.filter(({ zones }) => zones.includes(zone ?? ''))
  }
  const used = (ready.length > 0 ? ready : pool.filter((one) => one.serving && one.terminating)).map(
    ({ name }) => name,
  )
  if (!named.some((one) => one.ready || (one.serving && one.terminating)))
    return { verdict: 'reject', used: [] }
  return { verdict: used.length === 0 ? 'drop' : 'forward', used }
}

test('a kube-proxy uses the endpoints that the documentation says', () => {
  fc.assert(
    fc.property(world, (one) => {
      const lists: Record<string, readonly unknown[]> = {
        services: [serviceOf(one)],
        endpointslices: slicesOf(one),
      }
      const client = partial<Client>({
        list: (resource: string) => ({ items: lists[resource] ?? [], metadata: { resourceVersion: '1' } }),
        watch: () => ({ next: () => [], stop: () => undefined }),
      })
      const services = new FollowedServiceView(client, true).now()
      const [ip, port] =
        one.to === 'cluster'
          ? ['10.96.0.5', 80]
          : one.to === 'external'
            ? ['192.0.2.1', 80]
            : ['10.0.0.1', 30_000]
      const packet = {
        sourceIP: '10.244.9.9',
        origin: one.origin,
        ip,
        port,
        protocol: 'TCP' as const,
        toNode: one.to === 'nodePort',
      }
      const found = translate({ place: { node: one.node, zone: one.zone }, services }, packet, {
        now: 0,
        affinity: new Map(),
        chance: () => new Random(1).stream('x'),
      })
      if (one.to === 'nodePort' && one.type === 'ClusterIP') {
        expect(found).toBeUndefined()
        return
      }
      const { verdict, used } = expected(one)
      expect(found?.hop.verdict).toBe(verdict)
      if (verdict === 'reject') return
      expect(
        found?.hop.endpoints
          .filter((each) => each.used)
          .map((each) => each.endpoint)
          .sort(),
      ).toEqual([...used].sort())
      if (verdict === 'forward') expect(used).toContain(found?.hop.chosen)
    }),
    { numRuns: 300 },
  )
})
