import { expect, test } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'

/** A cluster with two pods `web` behind a Service `web` with local external traffic policy. */
function served(labels: Readonly<Record<string, string>> = {}): SimCluster {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.apply([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
      spec: {
        terminationGracePeriodSeconds: 60,
        initContainers: [
          {
            name: 'side',
            image: 'registry.k8s.io/e2e-test-images/agnhost:2.59',
            args: ['netexec', '--http-port=8081'],
            restartPolicy: 'Always',
            ports: [{ name: 'side', containerPort: 8081 }],
          },
        ],
        containers: [
          {
            name: 'main',
            image: 'registry.k8s.io/e2e-test-images/agnhost:2.59',
            args: ['netexec', '--http-port=8080', '--delay-shutdown=50'],
          },
        ],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'client', namespace: 'default' },
      spec: { containers: [{ name: 'main', image: 'busybox', command: ['sleep', '1d'] }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'default', labels },
      spec: {
        type: 'LoadBalancer',
        externalTrafficPolicy: 'Local',
        healthCheckNodePort: 32_000,
        selector: { app: 'web' },
        ports: [
          { name: 'http', port: 80, targetPort: 8080 },
          { name: 'side', port: 81, targetPort: 'side' },
        ],
      },
    },
  ])
  cluster.settle()
  return cluster
}

const curl = (cluster: SimCluster, path: string): string =>
  cluster.exec('client', `curl -s -m 5 -w ' %{http_code}' http://${path}`).stdout

const nodeIP = (cluster: SimCluster): string =>
  cluster.get('nodes', 'node-1').status.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? ''

test('the ports of a restartable init container have names for Services', () => {
  const cluster = served()
  const [slice] = cluster.list('endpointslices', {
    namespace: 'default',
    labelSelector: 'kubernetes.io/service-name=web',
  }).items
  expect(slice?.ports?.map(({ name, port }) => [name, port])).toEqual([
    ['http', 8080],
    ['side', 8081],
  ])
  expect(curl(cluster, 'web.default.svc.cluster.local:81/hostname')).toContain('web')
})

test('kube-proxy does not serve a Service that is labelled as headless', () => {
  const cluster = served({ 'service.kubernetes.io/headless': '' })
  const ip = cluster.get('services', 'default/web').spec.clusterIP ?? ''
  expect(curl(cluster, `${ip}:80/`)).not.toContain('200')
  expect(curl(served(), `${served().get('services', 'default/web').spec.clusterIP ?? ''}:80/`)).toContain(
    '200',
  )
})

test('the health check port of a Service does not count terminating endpoints', () => {
  const cluster = served()
  const port = `${nodeIP(cluster)}:32000`
  expect(curl(cluster, port)).toMatch(/"localEndpoints": 1[^]* 200$/)
  cluster.delete('pods', 'default/web')
  cluster.advance('5s')
  expect(cluster.get('pods', 'default/web').metadata.deletionTimestamp).toBeDefined()
  expect(curl(cluster, port)).toMatch(/"localEndpoints": 0[^]* 503$/)
})

test('kube-proxy says when it has updated its rules, and that a leaving node is not for balancers', () => {
  const cluster = served()
  const health = `${nodeIP(cluster)}:10256`
  expect(curl(cluster, `${health}/healthz`)).toMatch(
    /^\{"lastUpdated": "\d{4}-\d\d-\d\d [\d:.]+ \+0000 UTC","currentTime": ".*", "nodeEligible": true\} 200$/,
  )
  cluster.patch('nodes', 'node-1', {
    type: 'merge',
    body: { spec: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] } },
  })
  cluster.settle()
  expect(curl(cluster, `${health}/healthz`)).toMatch(/"nodeEligible": false\} 503$/)
  expect(curl(cluster, `${health}/livez`)).toMatch(/ 200$/)
  expect(curl(cluster, `${health}/x`)).toMatch(/ 404$/)
})
