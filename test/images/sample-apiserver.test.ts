import { describe, expect, test } from 'vitest'
import { SimCluster, type KubeObject } from 'simcluster'
import type { WatchEvent } from '../../src/client/client.js'
import type { HttpResponse, HttpWatch } from '../../src/client/http.js'
import { certificates } from './certificates.js'

const NS = 'aggregator'
const { ca, server, key } = certificates(`sample-api.${NS}.svc`)
const GROUP_VERSION = 'wardle.example.com/v1alpha1'
const FLUNDERS = `/apis/${GROUP_VERSION}/namespaces/default/flunders`
const labels = { apiserver: 'true' }

/** What the end-to-end test of the aggregator deploys. */
const deployed: readonly object[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NS } },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'certs', namespace: NS },
    stringData: { 'tls.crt': server, 'tls.key': key },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'sample-apiserver', namespace: NS },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'sample-apiserver',
              image: 'registry.k8s.io/e2e-test-images/sample-apiserver:1.29.2',
              args: [
                '--etcd-servers=http://127.0.0.1:2379',
                '--tls-cert-file=/apiserver.local.config/certificates/tls.crt',
                '--tls-private-key-file=/apiserver.local.config/certificates/tls.key',
                '--audit-log-path=-',
              ],
              readinessProbe: { httpGet: { scheme: 'HTTPS', port: 443, path: '/readyz' }, periodSeconds: 1 },
              volumeMounts: [{ name: 'certs', mountPath: '/apiserver.local.config/certificates' }],
            },
            { name: 'etcd', image: 'registry.k8s.io/etcd:3.6.6-0' },
          ],
          volumes: [{ name: 'certs', secret: { secretName: 'certs' } }],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'sample-api', namespace: NS },
    spec: { selector: labels, ports: [{ port: 7443, targetPort: 443 }] },
  },
]

const apiService = (caBundle: string): object => ({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1alpha1.wardle.example.com' },
  spec: {
    service: { namespace: NS, name: 'sample-api', port: 7443 },
    group: 'wardle.example.com',
    version: 'v1alpha1',
    caBundle: btoa(caBundle),
    groupPriorityMinimum: 2000,
    versionPriority: 200,
  },
})

function send(
  cluster: SimCluster,
  method: string,
  path: string,
  body?: object,
  accept?: string,
): HttpResponse {
  const [at = '', query = ''] = path.split('?')
  const response = cluster.http.handle({
    method,
    path: at,
    query,
    user: { name: 'admin', groups: ['system:masters', 'system:authenticated'] },
    headers: {
      'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      ...(accept === undefined ? {} : { accept }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if ('next' in response) throw new Error('this is a watch')
  return response
}

interface Conditioned extends KubeObject {
  readonly status?: { readonly conditions?: readonly object[] }
}

const availability = (cluster: SimCluster): object | undefined =>
  cluster.resource<Conditioned>('apiservices').get('v1alpha1.wardle.example.com').status?.conditions?.[0]

describe('an API server behind an APIService', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.apply([...deployed, apiService(ca)])
  cluster.settle()
  cluster.advance('1m')

  test('is available when it lists its resources', () => {
    expect(availability(cluster)).toMatchObject({
      status: 'True',
      reason: 'Passed',
      message: 'all checks passed',
    })
  })

  test('serves its objects through the apiserver, with its own status codes', () => {
    const flunder = {
      apiVersion: GROUP_VERSION,
      kind: 'Flunder',
      metadata: { name: 'one', labels: { 'sample-label': 'true' } },
      spec: { reference: 'x' },
    }
    expect(send(cluster, 'POST', FLUNDERS, flunder)).toMatchObject({ code: 201 })
    expect(send(cluster, 'POST', FLUNDERS, flunder)).toMatchObject({ code: 409 })
    expect(send(cluster, 'POST', FLUNDERS, { ...flunder, metadata: { name: 'two' } }).code).toBe(201)
    const patch = { spec: { reference: 'y' } }
    expect(JSON.parse(send(cluster, 'PATCH', `${FLUNDERS}/one`, patch).body)).toMatchObject({
      metadata: { name: 'one', namespace: 'default', resourceVersion: '4' },
      spec: { reference: 'y' },
    })
    const names = (path: string): readonly string[] =>
      (JSON.parse(send(cluster, 'GET', path).body) as { items: { metadata: { name: string } }[] }).items.map(
        ({ metadata }) => metadata.name,
      )
    expect(names(FLUNDERS)).toEqual(['one', 'two'])
    expect(names(`${FLUNDERS}?labelSelector=sample-label%3Dtrue`)).toEqual(['one'])
    expect(send(cluster, 'DELETE', `${FLUNDERS}?labelSelector=sample-label%3Dtrue`).code).toBe(200)
    expect(names(FLUNDERS)).toEqual(['two'])
    expect(send(cluster, 'GET', `${FLUNDERS}/one`)).toMatchObject({ code: 404 })
  })

  test('is part of discovery, in the old and in the new form', () => {
    expect(JSON.parse(send(cluster, 'GET', `/apis/${GROUP_VERSION}`).body)).toMatchObject({
      kind: 'APIResourceList',
      groupVersion: GROUP_VERSION,
    })
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
    const { items } = JSON.parse(send(cluster, 'GET', '/apis', undefined, accept).body) as {
      items: { metadata: { name?: string }; versions: object[] }[]
    }
    expect(items.find(({ metadata }) => metadata.name === 'wardle.example.com')?.versions).toMatchObject([
      {
        version: 'v1alpha1',
        freshness: 'Current',
        resources: [
          { resource: 'fischers', scope: 'Cluster' },
          { resource: 'flunders', scope: 'Namespaced', responseKind: { kind: 'Flunder' } },
        ],
      },
    ])
  })

  test('publishes its OpenAPI v3 beside that of the apiserver', () => {
    const index = JSON.parse(send(cluster, 'GET', '/openapi/v3').body) as {
      paths: Record<string, { serverRelativeURL: string }>
    }
    expect(Object.keys(index.paths)).toContain('apis/apps/v1')
    // its other version has no APIService
    expect(Object.keys(index.paths)).not.toContain('apis/wardle.example.com/v1beta1')
    const url = index.paths[`apis/${GROUP_VERSION}`]?.serverRelativeURL ?? ''
    expect(url).toMatch(/^\/openapi\/v3\/apis\/wardle.example.com\/v1alpha1\?hash=[0-9A-F]{64}$/)
    const document = JSON.parse(send(cluster, 'GET', url).body) as { paths: object }
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        `/apis/${GROUP_VERSION}/`,
        `/apis/${GROUP_VERSION}/namespaces/{namespace}/flunders`,
        `/apis/${GROUP_VERSION}/fischers/{name}`,
      ]),
    )
    const { body } = send(cluster, 'GET', '/openapi/v3/apis/apps/v1')
    expect(body).toContain('io.k8s.api.apps.v1.Deployment')
  })

  test('its OpenAPI v2 is a part of the document of the apiserver, in JSON and in protobuf', () => {
    const read = (
      one: SimCluster,
    ): { paths: Record<string, unknown>; definitions: Record<string, unknown> } =>
      JSON.parse(send(one, 'GET', '/openapi/v2').body) as ReturnType<typeof read>
    const { paths, definitions } = read(cluster)
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/apis/apps/v1/deployments',
        `/apis/${GROUP_VERSION}/`,
        `/apis/${GROUP_VERSION}/fischers/{name}`,
      ]),
    )
    const model = 'io.k8s.sample-apiserver.pkg.apis.wardle'
    expect(definitions).toHaveProperty([`${model}.v1alpha1.Flunder`, 'type'], 'object')
    // its other version has no APIService
    expect(definitions).not.toHaveProperty([`${model}.v1beta1.Flunder`])
    expect(Object.keys(paths).filter((path) => path.includes('v1beta1') && path.includes('wardle'))).toEqual(
      [],
    )
    const fork = cluster.fork()
    const received = cluster.http.handle({
      method: 'GET',
      path: '/openapi/v2',
      user: { name: 'admin', groups: ['system:masters'] },
      headers: { accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf' },
    })
    const bytes = 'bytes' in received ? received.bytes : undefined
    expect(new TextDecoder('latin1').decode(bytes)).toContain(`${model}.v1alpha1.Flunder`)
    fork.kubectl(`delete deployment sample-apiserver -n ${NS}`)
    fork.advance('2m')
    expect(Object.keys(read(fork).paths).filter((path) => path.includes('wardle'))).toEqual([])
  })

  test('has no OpenAPI while it is away', () => {
    const fork = cluster.fork()
    fork.kubectl(`delete deployment sample-apiserver -n ${NS}`)
    fork.settle()
    expect(send(fork, 'GET', `/openapi/v3/apis/${GROUP_VERSION}`).code).toBe(503)
    fork.advance('2m')
    expect(send(fork, 'GET', '/openapi/v3').body).not.toContain('wardle')
    expect(send(fork, 'GET', '/openapi/v3').code).toBe(200)
  })

  test('asks who may: the apiserver authorizes before it forwards', () => {
    const response = cluster.http.handle({ method: 'GET', path: FLUNDERS, user: { name: 'eve', groups: [] } })
    expect(response.code).toBe(403)
  })

  test('is there in a fork, with what it has stored', () => {
    const flunder = {
      apiVersion: GROUP_VERSION,
      kind: 'Flunder',
      metadata: { name: 'kept' },
      spec: { reference: 'x' },
    }
    const original = cluster.fork()
    expect(send(original, 'POST', FLUNDERS, flunder).code).toBe(201)
    const fork = original.fork()
    expect(send(fork, 'DELETE', `${FLUNDERS}/kept`).code).toBe(200)
    expect(send(fork, 'GET', `${FLUNDERS}/kept`).code).toBe(404)
    expect(send(original, 'GET', `${FLUNDERS}/kept`).code).toBe(200)
  })

  test('is watched through the apiserver, by selectors and from a revision', () => {
    const fork = cluster.fork()
    const named = (name: string, labels = {}): object => ({
      apiVersion: GROUP_VERSION,
      kind: 'Flunder',
      metadata: { name, labels },
    })
    const watch = (query: string): HttpWatch => {
      const user = { name: 'admin', groups: ['system:masters'] }
      const received = fork.http.handle({ method: 'GET', path: FLUNDERS, query: `watch=true&${query}`, user })
      if (!('next' in received)) throw new Error(received.body)
      return received
    }
    const heard = (stream: HttpWatch): readonly string[] =>
      stream.next().map((line) => {
        const { type, object } = JSON.parse(line) as WatchEvent<KubeObject>
        return `${type} ${object.metadata.name}`
      })
    const { metadata } = JSON.parse(send(fork, 'GET', FLUNDERS).body) as {
      metadata: { resourceVersion: string }
    }
    const [all, red, two] = [
      watch(`resourceVersion=${metadata.resourceVersion}`),
      watch('labelSelector=color%3Dred'),
      watch('fieldSelector=metadata.name%3Dw2'),
    ] as const
    let wakes = 0
    red.onReady(() => wakes++)
    expect([heard(all), heard(red), heard(two)]).toEqual([[], [], []])
    send(fork, 'POST', FLUNDERS, named('w1', { color: 'red' }))
    send(fork, 'POST', FLUNDERS, named('w2'))
    send(fork, 'PATCH', `${FLUNDERS}/w1`, { metadata: { labels: { color: 'blue' } } })
    expect(wakes).toBe(3)
    expect(all.next(1)).toHaveLength(1)
    expect(heard(all)).toEqual(['ADDED w2', 'MODIFIED w1'])
    expect(heard(red)).toEqual([])
    expect(heard(two)).toEqual(['ADDED w2'])
    send(fork, 'PATCH', `${FLUNDERS}/w1`, { metadata: { labels: { color: 'red' } } })
    expect(heard(red)).toEqual(['ADDED w1'])
    send(fork, 'DELETE', FLUNDERS)
    expect(heard(all)).toContain('DELETED w1')
    expect(heard(red)).toEqual(['DELETED w1'])
    all.stop()
    send(fork, 'POST', FLUNDERS, named('w3'))
    expect(heard(all)).toEqual([])
    expect(heard(watch(`resourceVersion=${metadata.resourceVersion}`)).slice(-3)).toEqual([
      'DELETED w1',
      'DELETED w2',
      'ADDED w3',
    ])
    fork.kubectl(`delete deployment sample-apiserver -n ${NS}`)
    fork.settle()
    send(fork, 'POST', FLUNDERS, named('w4'))
    expect(two.next()).toEqual([expect.stringMatching(/^{"type":"ERROR",.*service unavailable/)])
  })

  test('tells clients that want a list from a watch to list', () => {
    const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan'
    const { code, body } = send(cluster, 'GET', `${FLUNDERS}?${query}`)
    expect(code).toBe(422)
    expect(JSON.parse(body)).toMatchObject({
      reason: 'Invalid',
      message:
        'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is ' +
        'forbidden for watch unless the WatchList feature gate is enabled',
    })
  })

  test('loses what it has stored in a namespace that is deleted', () => {
    const fork = cluster.fork()
    fork.create('namespaces', { metadata: { name: 'doomed' } })
    const doomed = FLUNDERS.replace('/default/', '/doomed/')
    const flunder = { apiVersion: GROUP_VERSION, kind: 'Flunder', metadata: { name: 'one' } }
    expect(send(fork, 'POST', doomed, flunder).code).toBe(201)
    expect(send(fork, 'POST', FLUNDERS, flunder).code).toBe(201)
    fork.delete('namespaces', 'doomed')
    fork.settle()
    expect(fork.list('namespaces').items.map(({ metadata }) => metadata.name)).not.toContain('doomed')
    expect(send(fork, 'GET', `${doomed}/one`).code).toBe(404)
    expect(send(fork, 'GET', `${FLUNDERS}/one`).code).toBe(200)
  })

  test('holds a namespace no longer when it is available', () => {
    const fork = cluster.fork()
    fork.create('namespaces', { metadata: { name: 'gone' } })
    fork.delete('namespaces', 'gone')
    fork.settle()
    expect(fork.list('namespaces').items.map(({ metadata }) => metadata.name)).not.toContain('gone')
  })
})

test('an API server whose certificate is not trusted is not available, and not asked', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.apply([...deployed, apiService(certificates('other').server)])
  cluster.settle()
  cluster.advance('1m')
  expect(availability(cluster)).toMatchObject({
    status: 'False',
    reason: 'FailedDiscoveryCheck',
    message: expect.stringMatching(
      /^failing or missing response from https:.*: tls: failed to verify certificate: x509: /,
    ) as unknown,
  })
  expect(send(cluster, 'GET', FLUNDERS)).toMatchObject({ code: 503, body: 'service unavailable\n' })
})
