import type { KubeObject } from '../../../src/api/kind/definition.js'
import { describe, expect, it } from 'vitest'
import type { APIService } from '../../../src/api/apiregistration/generated.js'
import type { HttpResponse } from '../../../src/client/http.js'
import { SimCluster } from '../../../src/index.js'

const user = { name: 'admin', groups: ['system:masters'] }
const NAME = 'v1beta1.metrics.k8s.io'

const apiService = (service?: object): object => ({
  metadata: { name: NAME },
  spec: {
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    groupPriorityMinimum: 100,
    versionPriority: 100,
    ...(service === undefined ? {} : { service, insecureSkipTLSVerify: true }),
  },
})
const behind = { name: 'metrics-server', namespace: 'kube-system' }

function available(cluster: SimCluster): string {
  cluster.settle()
  const { status } = cluster.get('apiservices', { name: NAME }) as APIService
  const [condition, ...others] = status.conditions ?? []
  expect(others).toEqual([])
  return `${condition?.type} ${condition?.status} ${condition?.reason}: ${condition?.message}`
}

const get = (cluster: SimCluster, path: string, accept = 'application/json'): HttpResponse =>
  cluster.http.handle({ method: 'GET', path, user, headers: { accept } }) as HttpResponse

const service = (port: number, more: object = {}): object => ({
  metadata: { name: 'metrics-server', namespace: 'kube-system' },
  spec: {
    selector: { app: 'metrics' },
    ports: [{ name: 'https', port, targetPort: 4443 }],
    clusterIP: '10.96.7.7',
    ...more,
  },
})

describe('APIServices behind which another server stands', () => {
  it('say why they are not available, step by step', () => {
    const cluster = new SimCluster({ version: 'v1.34', nodes: 1 })
    cluster.client.create<string>('apiservices', apiService(behind) as KubeObject)
    expect(available(cluster)).toBe(
      'Available False ServiceNotFound: service/metrics-server in "kube-system" is not present',
    )
    cluster.client.create<string>('services', service(80) as KubeObject)
    expect(available(cluster)).toBe(
      'Available False ServicePortError: service/metrics-server in "kube-system" is not listening on ' +
        'port 443',
    )
    cluster.client.delete('services', behind)
    cluster.client.create<string>('services', service(443) as KubeObject)
    expect(available(cluster)).toBe(
      'Available False MissingEndpoints: endpointslices for service/metrics-server in "kube-system" ' +
        'have no addresses with port name "https"',
    )
    cluster.create('pods', {
      metadata: { name: 'm', namespace: 'kube-system', labels: { app: 'metrics' } },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    })
    const url = 'https://10.96.7.7:443/apis/metrics.k8s.io/v1beta1'
    expect(available(cluster)).toBe(
      `Available False FailedDiscoveryCheck: failing or missing response from ${url}: Get "${url}": ` +
        'dial tcp 10.96.7.7:443: connect: connection refused',
    )
    const { status } = cluster.get('apiservices', { name: NAME }) as APIService
    expect(cluster.kubectl(`get apiservice ${NAME}`).stdout).toContain(
      'kube-system/metrics-server   False (FailedDiscoveryCheck)',
    )
    // the copy says the same
    expect((cluster.fork().get('apiservices', { name: NAME }) as APIService).status).toEqual(status)
  })

  it('are available at once where this server is meant', () => {
    const cluster = new SimCluster({ version: 'v1.34', nodes: 0 })
    cluster.client.create<string>('apiservices', apiService() as KubeObject)
    expect(available(cluster)).toBe('Available True Local: Local APIServices are always available')
  })

  it('answer 503 for all of their version, and are stale in discovery', () => {
    const cluster = new SimCluster({ version: 'v1.34', nodes: 0 })
    const before = get(cluster, '/apis').body
    cluster.client.create<string>('apiservices', apiService(behind) as KubeObject)
    for (const path of [
      '/apis/metrics.k8s.io/v1beta1',
      '/apis/metrics.k8s.io/v1beta1/nodes',
      '/apis/metrics.k8s.io/v1beta1/namespaces/a/pods/b',
    ]) {
      expect(get(cluster, path)).toMatchObject({
        code: 503,
        body: 'service unavailable\n',
        headers: { 'content-type': 'text/plain; charset=utf-8' },
      })
    }
    expect(
      cluster.http.handle({
        method: 'GET',
        path: '/apis/metrics.k8s.io/v1beta1/nodes',
        user: { name: 'jo' },
      }),
    ).toMatchObject({ code: 403 })
    const version = { groupVersion: 'metrics.k8s.io/v1beta1', version: 'v1beta1' }
    const group = { name: 'metrics.k8s.io', versions: [version], preferredVersion: version }
    expect(JSON.parse(get(cluster, '/apis/metrics.k8s.io').body)).toEqual({
      kind: 'APIGroup',
      apiVersion: 'v1',
      ...group,
    })
    expect((JSON.parse(get(cluster, '/apis').body) as { groups: object[] }).groups.at(-1)).toEqual(group)
    const aggregated = JSON.parse(
      get(cluster, '/apis', 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList').body,
    ) as { items: object[] }
    expect(aggregated.items.at(-1)).toEqual({
      metadata: { name: 'metrics.k8s.io' },
      versions: [{ version: 'v1beta1', freshness: 'Stale' }],
    })
    expect(() => cluster.client.list('nodes.metrics.k8s.io')).toThrow()
    cluster.client.delete('apiservices', { name: NAME })
    expect(get(cluster, '/apis').body).toBe(before)
    expect(get(cluster, '/apis/metrics.k8s.io/v1beta1').code).toBe(404)
  })
})
