import { beforeAll, describe, expect, test } from 'vitest'
import { SimCluster, defineImage } from '../../../src/index.js'
import type { HttpResponse } from '../../../src/client/http.js'

const admin = { name: 'admin', groups: ['system:masters'] }

describe('requests that the apiserver passes on', () => {
  let cluster: SimCluster
  const ask = (path: string, method = 'GET', more: object = {}): HttpResponse => {
    const [before = '', query] = path.split('?')
    return cluster.http.handle({
      method,
      path: before,
      ...(query === undefined ? {} : { query }),
      user: admin,
      ...more,
    }) as HttpResponse
  }
  beforeAll(() => {
    const echo = defineImage({
      name: 'mirror',
      ports: [8080],
      behavior: {
        request: (_state, { method = '', path = '', headers = {}, body = '' }) => {
          if (path === '/hang-up') return {}
          if (path === '/page')
            return {
              response: {
                status: 200,
                headers: { 'content-type': 'text/html; charset=utf-8' },
                body: '<p>/x<a class="l" href="/a/b?c=1">x</a><img src=\'/i.png\'><a href="rel">',
              },
            }
          if (path === '/moved')
            return { response: { status: 302, headers: { location: '/there' }, body: '' } }
          return {
            response: {
              status: 203,
              headers: { 'x-own': 'yes' },
              body: JSON.stringify({
                method,
                path,
                body,
                accept: headers['accept'] ?? null,
                secret: headers['authorization'] ?? null,
              }),
            },
          }
        },
      },
    })
    cluster = new SimCluster({ nodes: 2, images: { mirror: echo } })
    cluster.apply([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'mirror', labels: { app: 'm' } },
        spec: {
          nodeName: 'node-2',
          containers: [{ name: 'c', image: 'mirror', ports: [{ name: 'http', containerPort: 8080 }] }],
        },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'm' },
        spec: {
          selector: { app: 'm' },
          ports: [
            { name: 'http', port: 80, targetPort: 'http' },
            { name: 'bad', port: 81, targetPort: 9 },
          ],
        },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'none' },
        spec: { selector: { app: 'none' }, ports: [{ port: 80 }] },
      },
    ])
    cluster.settle()
  })
  const base = '/api/v1/namespaces/default'

  test.each([
    ['pods/mirror'],
    ['pods/mirror:8080'],
    ['pods/http:mirror:8080'],
    ['services/m:http'],
    ['services/m:80'],
    ['services/http:m:80'],
  ])('%s', (name) => {
    const response = ask(`${base}/${name}/proxy/a/b%20c/?q=1&r`, 'POST', {
      body: 'hello',
      headers: { accept: 'text/plain', authorization: 'Bearer x' },
    })
    expect([response.code, response.headers, JSON.parse(response.body)]).toEqual([
      203,
      { 'x-own': 'yes' },
      { method: 'POST', path: '/a/b%20c/?q=1&r', body: 'hello', accept: 'text/plain', secret: null },
    ])
  })

  test('every method is passed on; only reads of the root without a slash are redirected', () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      for (const path of ['/some/path', ''] as const) {
        const received = ask(`${base}/pods/mirror/proxy${path}`, method)
        expect([received.code, JSON.parse(received.body)]).toMatchObject([203, { method, path: path || '/' }])
      }
    }
    for (const method of ['GET', 'HEAD']) {
      const result = ask(`${base}/pods/mirror/proxy?a=1`, method)
      expect([result.code, result.headers['location']]).toEqual([301, `${base}/pods/mirror/proxy/?a=1`])
    }
  })

  test.each<[string, number, string]>([
    [
      `${base}/services/m:bad/proxy/`,
      503,
      'error trying to reach service: dial tcp POD:9: connect: connection refused',
    ],
    [`${base}/services/none/proxy/`, 503, 'no endpoints available for service \\"none\\"'],
    [`${base}/services/m:99/proxy/`, 503, 'no service port 99 found for service \\"m\\"'],
    [`${base}/services/ghost/proxy/`, 404, 'endpoints \\"ghost\\" not found'],
    [`${base}/pods/mirror/proxy/hang-up`, 503, 'error trying to reach service: EOF'],
    [`${base}/pods/a:b:c:d/proxy/`, 400, 'invalid pod request'],
  ])('%s', (path, code, message) => {
    const answer = ask(path)
    const ip = cluster.get('pods', { namespace: 'default', name: 'mirror' }).status.podIP ?? ''
    expect([answer.code, answer.body.replaceAll(ip, 'POD')]).toEqual([code, expect.stringContaining(message)])
  })

  test(
    'links and redirects lead through the proxy again; a path without its slash is sent to the one with ' +
      'it',
    () => {
      expect(ask(`${base}/pods/mirror/proxy/page`).body).toBe(
        `<p>/x<a class="l" href="${base}/pods/mirror/proxy/a/b?c=1">x</a><img ` +
          `src='${base}/pods/mirror/proxy/i.png'><a href="rel">`,
      )
      expect(ask(`${base}/pods/mirror/proxy/moved`)).toMatchObject({
        code: 302,
        headers: { location: `${base}/pods/mirror/proxy/there` },
      })
      expect(ask(`${base}/pods/mirror/proxy?a=b`)).toMatchObject({
        code: 301,
        headers: { location: `${base}/pods/mirror/proxy/?a=b` },
      })
    },
  )

  test('kubelets answer for their node, unless they are out of reach', () => {
    expect(ask('/api/v1/nodes/node-2/proxy/healthz')).toMatchObject({ code: 200, body: 'ok' })
    expect(ask('/api/v1/nodes/node-2/proxy/nothing').code).toBe(404)
    expect(
      (
        JSON.parse(ask('/api/v1/nodes/node-2:10250/proxy/pods').body) as {
          items: readonly { metadata: { name: string } }[]
        }
      ).items.map(({ metadata }) => metadata.name),
    ).toEqual(['mirror'])
    expect(JSON.parse(ask('/api/v1/nodes/node-2/proxy/stats/summary').body)).toMatchObject({
      node: { nodeName: 'node-2' },
      pods: [{ podRef: { name: 'mirror' }, containers: [{ name: 'c', cpu: { usageNanoCores: 1_000_000 } }] }],
    })
    expect(JSON.parse(ask('/api/v1/nodes/node-2/proxy/configz').body)).toMatchObject({
      kubeletconfig: {
        clusterDNS: ['10.96.0.10'],
        clusterDomain: 'cluster.local',
        maxPods: 110,
        evictionHard: { 'memory.available': '100Mi' },
        evictionPressureTransitionPeriod: '5m0s',
        crashLoopBackOff: {},
      },
    })
    const fork = cluster.fork()
    fork.node('node-2').crash()
    const answer = fork.http.handle({
      method: 'GET',
      path: '/api/v1/nodes/node-2/proxy/healthz',
      user: admin,
    }) as HttpResponse
    expect([answer.code, answer.body]).toEqual([
      503,
      expect.stringContaining('error trying to reach service: dial tcp 10.0.0.12:10250'),
    ])
    expect(
      (fork.http.handle({ method: 'GET', path: `${base}/pods/mirror/proxy/`, user: admin }) as HttpResponse)
        .body,
    ).toContain('i/o timeout')
    expect(
      (
        fork.http.handle({
          method: 'GET',
          path: `${base}/pods/mirror/proxy/`,
          user: { name: 'jane' },
        }) as HttpResponse
      ).code,
    ).toBe(403)
  })
})

test('metrics.k8s.io is served where there is a metrics-server', () => {
  const cluster = new SimCluster({
    nodes: 1,
    addons: { metricsServer: true },
    images: { busy: { name: 'busy', cpu: 0.25, memory: 64 * 1024 * 1024 } },
  })
  cluster.apply([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'busy' },
      spec: { containers: [{ name: 'c', image: 'busy' }] },
    },
  ])
  cluster.settle()
  const ask = (path: string): HttpResponse =>
    cluster.http.handle({
      method: 'GET',
      path: `/apis/metrics.k8s.io/v1beta1${path}`,
      user: admin,
    }) as HttpResponse
  expect(JSON.parse(ask('/pods').body)).toMatchObject({ kind: 'PodMetricsList', items: [] })
  cluster.advance('20s')
  expect(JSON.parse(ask('/namespaces/default/pods/busy').body)).toMatchObject({
    kind: 'PodMetrics',
    metadata: { name: 'busy', namespace: 'default' },
    window: '15s',
    containers: [{ name: 'c', usage: { cpu: '250m', memory: '64Mi' } }],
  })
  expect(JSON.parse(ask('/nodes').body)).toMatchObject({
    items: [{ metadata: { name: 'node-1' }, usage: { cpu: '250m' } }],
  })
  expect(ask('/namespaces/default/pods/ghost').code).toBe(404)
  expect(JSON.parse(ask('').body)).toMatchObject({
    resources: [
      { name: 'nodes', kind: 'NodeMetrics' },
      { name: 'pods', kind: 'PodMetrics' },
    ],
  })
  cluster.metrics.setUsage({}, { cpu: '2', memory: '1Gi' })
  expect(cluster.resource('pods.metrics.k8s.io').list({ namespace: 'default' }).items[0]).toMatchObject({
    containers: [{ usage: { cpu: '2', memory: '1Gi' } }],
  })
  expect(() => cluster.metrics.setUsage({ labelSelector: 'a in' }, {})).toThrow()
  expect(() => cluster.metrics.setUsage({}, { cpu: 'much' })).toThrow()
})
