import { expect, test } from 'vitest'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'

const ADMIN = { name: 'root', groups: ['system:masters'] }

test('proxies say what a connection to where nothing listens, or nothing is, came to', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.apply([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'one', namespace: 'default' },
      spec: {
        containers: [
          { name: 'main', image: 'busybox', command: ['sleep', '1d'], ports: [{ containerPort: 8080 }] },
        ],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'default' },
      spec: { ports: [{ port: 80, name: 'http' }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'web', namespace: 'default' },
      subsets: [{ addresses: [{ ip: '10.244.0.9' }], ports: [{ name: 'http', port: 8080 }] }],
    },
    { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'idle', namespace: 'default' } },
  ])
  cluster.settle()
  const ip = cluster.get('pods', { namespace: 'default', name: 'one' }).status?.podIP ?? ''
  const ask = (path: string): string => {
    const response = cluster.http.handle({ method: 'GET', path: `/api/v1/${path}`, user: ADMIN })
    if (!('body' in response)) throw new Error('a watch')
    const { message, reason = '' } = JSON.parse(response.body) as { message: string; reason?: string }
    return `${response.code} ${reason}: ${message}`
  }
  const reach = (address: string): string =>
    `503 ServiceUnavailable: error trying to reach service: dial tcp ${address}: connect: connection refused`
  expect(ask('nodes/node-1:10255/proxy/metrics')).toBe(reach('10.0.0.11:10255'))
  expect(ask('nodes/nobody/proxy')).toBe('404 NotFound: nodes "nobody" not found')
  expect(ask('namespaces/default/pods/one/proxy')).toBe(reach(`${ip}:8080`))
  expect(ask('namespaces/default/pods/http:one:99/proxy/a/b')).toBe(reach(`${ip}:99`))
  expect(ask('namespaces/default/services/web:http/proxy')).toBe(
    reach('10.244.0.9:8080').replace('connection refused', 'no route to host'),
  )
  expect(ask('namespaces/default/services/web:80/proxy')).toBe(
    reach('10.244.0.9:8080').replace('connection refused', 'no route to host'),
  )
  expect(ask('namespaces/default/services/web:81/proxy')).toBe(
    '503 ServiceUnavailable: no service port 81 found for service "web"',
  )
  expect(ask('namespaces/default/services/idle/proxy')).toBe(
    '503 ServiceUnavailable: no endpoints available for service "idle"',
  )
  expect(ask('namespaces/default/services/zero/proxy')).toBe('404 NotFound: endpoints "zero" not found')
})
