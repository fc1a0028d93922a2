import { describe, expect, test } from 'vitest'
import type { Service } from '../../src/api/core/generated.js'
import { SimCluster } from '../../src/index.js'

const key = { namespace: 'default', name: 'web' }
const service = (spec: object = {}, name = 'web'): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
})
const get = (cluster: SimCluster, name = 'web'): Service => cluster.get('services', { ...key, name })
const address = (cluster: SimCluster, name = 'web'): string | undefined =>
  get(cluster, name).status.loadBalancer.ingress?.[0]?.ip
const events = (cluster: SimCluster): readonly string[] =>
  cluster
    .list('events')
    .items.filter(({ involvedObject }) => involvedObject.kind === 'Service')
    .map(({ type, reason, message, source }) => `${type} ${reason} ${message} (${source?.component ?? ''})`)

describe('a provider of load balancers', () => {
  test('gives addresses, with a finalizer, and takes them back before the Service goes', () => {
    const cluster = new SimCluster({ nodes: 1, addons: { loadBalancer: { range: '192.0.2.0/29' } } })
    cluster.apply([
      service(),
      service({}, 'other'),
      service({ loadBalancerIP: '192.0.2.6' }, 'wished'),
      service({ loadBalancerClass: 'example.com/own' }, 'classed'),
    ])
    cluster.settle()
    expect(['web', 'other', 'wished', 'classed'].map((name) => address(cluster, name))).toEqual([
      '192.0.2.1',
      '192.0.2.2',
      '192.0.2.6',
      undefined,
    ])
    expect(get(cluster).metadata.finalizers).toEqual(['service.kubernetes.io/load-balancer-cleanup'])
    expect(get(cluster).status.loadBalancer.ingress).toEqual([{ ip: '192.0.2.1', ipMode: 'VIP' }])
    expect(get(cluster, 'classed').metadata.finalizers).toBeUndefined()
    cluster.delete('services', key)
    cluster.settle()
    expect(() => get(cluster)).toThrow('not found')
    expect(
      events(cluster)
        .filter((text) => text.includes('Load') || text.includes('load'))
        .slice(0, 2),
    ).toEqual(expect.arrayContaining([expect.stringContaining('LoadBalancer')]))
    expect(new Set(events(cluster))).toEqual(
      new Set([
        'Normal EnsuringLoadBalancer Ensuring load balancer (service-controller)',
        'Normal EnsuredLoadBalancer Ensured load balancer (service-controller)',
        'Normal DeletingLoadBalancer Deleting load balancer (service-controller)',
        'Normal DeletedLoadBalancer Deleted load balancer (service-controller)',
      ]),
    )
    cluster.apply([service()])
    cluster.settle()
    expect(address(cluster)).toBe('192.0.2.1')
  })

  test('notices what changes, and what needs no load balancer any more', () => {
    const cluster = new SimCluster({ nodes: 2, addons: { loadBalancer: true } })
    cluster.apply([service()])
    cluster.settle()
    expect(address(cluster)).toBe('198.51.100.1')
    cluster.edit('services', key, (draft) => {
      draft.spec.loadBalancerSourceRanges = ['10.0.0.0/8', '192.168.0.0/16']
    })
    cluster.settle()
    cluster.edit('services', key, (draft) => {
      draft.spec.externalTrafficPolicy = 'Local'
    })
    cluster.settle()
    cluster.node('node-2').crash()
    cluster.advance('60s')
    cluster.edit('services', key, (draft) => {
      draft.spec.type = 'ClusterIP'
      delete draft.spec.externalTrafficPolicy
      delete draft.spec.loadBalancerSourceRanges
    })
    cluster.settle()
    expect([address(cluster), get(cluster).metadata.finalizers]).toEqual([undefined, undefined])
    expect(events(cluster)).toEqual(
      expect.arrayContaining([
        'Normal LoadBalancerSourceRanges [] -> [10.0.0.0/8 192.168.0.0/16] (service-controller)',
        'Normal ExternalTrafficPolicy Cluster -> Local (service-controller)',
        'Normal UpdatedLoadBalancer Updated load balancer with new hosts (service-controller)',
        'Normal Type LoadBalancer -> ClusterIP (service-controller)',
      ]),
    )
  })

  test('has only so many addresses', () => {
    const cluster = new SimCluster({ nodes: 1, addons: { loadBalancer: { range: '192.0.2.0/30' } } })
    cluster.apply(['a', 'b', 'c'].map((name) => service({}, name)))
    cluster.settle()
    expect(['a', 'b', 'c'].map((name) => address(cluster, name))).toEqual([
      '192.0.2.1',
      '192.0.2.2',
      undefined,
    ])
    expect(events(cluster)).toContain(
      'Warning SyncLoadBalancerFailed Error syncing load balancer: failed to ensure load balancer: no ' +
        'address is left (service-controller)',
    )
    expect(() => new SimCluster({ addons: { loadBalancer: { range: 'here' } } })).toThrow(
      "addons.loadBalancer.range must be a range of addresses such as '203.0.113.0/24'",
    )
  })

  test('without one Services stay pending', () => {
    const cluster = new SimCluster({ nodes: 1 })
    cluster.apply([service()])
    cluster.settle()
    expect([address(cluster), get(cluster).metadata.finalizers, events(cluster)]).toEqual([
      undefined,
      undefined,
      [],
    ])
  })
})

test('Ingresses of its class get the address of the controller, others do not', () => {
  const cluster = new SimCluster({ nodes: 1, addons: { ingressController: { address: '192.0.2.80' } } })
  const ingress = (name: string, ingressClassName?: string): object => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name },
    spec: {
      ...(ingressClassName === undefined ? {} : { ingressClassName }),
      defaultBackend: { service: { name: 'web', port: { number: 80 } } },
    },
  })
  cluster.apply([ingress('mine', 'nginx'), ingress('theirs', 'traefik'), ingress('nobodys')])
  cluster.settle()
  const ips = (): unknown =>
    cluster
      .list('ingresses')
      .items.map(({ metadata, status }) => [metadata.name, status?.loadBalancer?.ingress?.[0]?.ip])
  expect(ips()).toEqual([
    ['mine', '192.0.2.80'],
    ['nobodys', undefined],
    ['theirs', undefined],
  ])
  expect(cluster.get('ingressclasses', { name: 'nginx' }).spec.controller).toBe('k8s.io/ingress-nginx')
  expect(
    cluster
      .list('events')
      .items.filter(({ involvedObject }) => involvedObject.kind === 'Ingress')
      .map(({ involvedObject, reason, message }) => `${involvedObject.name} ${reason} ${message}`),
  ).toEqual(['mine Sync Scheduled for sync'])
  cluster.edit('ingresses', { namespace: 'default', name: 'theirs' }, (draft) => {
    draft.spec.ingressClassName = 'nginx'
  })
  const fork = cluster.fork().settle()
  cluster.settle()
  expect(ips()).toEqual([
    ['mine', '192.0.2.80'],
    ['nobodys', undefined],
    ['theirs', '192.0.2.80'],
  ])
  expect(fork.state.traceHash()).toBe(cluster.state.traceHash())
})
