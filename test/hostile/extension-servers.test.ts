import { describe, expect, test } from 'vitest'
import { proxied, ProxiedResponse } from '../../src/apiserver/proxied.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { defineImage } from '../../src/images/index.js'
import type { Reply } from '../../src/network/connection.js'

type Headers = Readonly<Record<string, string | readonly string[]>>

/** A cluster whose group ext.example.com is served by a program in a pod, and the headers that it gets. */
function extended(respond: (path: string) => Reply): {
  readonly cluster: SimCluster
  readonly got: Headers[]
} {
  const got: Headers[] = []
  const image = defineImage({
    name: 'registry.example.com/ext',
    entrypoint: ['/ext'],
    commands: {
      '/ext': {
        name: 'ext',
        run: () => ({ listens: ['443'], memory: null }),
        serve: (_call, { headers = {}, path = '' }) => {
          got.push(headers)
          return { response: { certificate: 'any', ...respond(path) } }
        },
      },
    },
  })
  const cluster = new SimCluster({ nodes: 1, images: { ext: image } })
  const metadata = { name: 'ext', namespace: 'default', labels: { app: 'ext' } }
  cluster.apply([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: { containers: [{ name: 'c', image: 'registry.example.com/ext' }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: { app: 'ext' }, ports: [{ port: 443 }] },
    },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1.ext.example.com' },
      spec: {
        group: 'ext.example.com',
        version: 'v1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: { name: 'ext', namespace: 'default' },
      },
    },
  ])
  cluster.settle()
  cluster.advance('1m')
  return { cluster, got }
}

const ROOT = { name: 'root', groups: ['system:masters'] }
const list = (resources: unknown): Reply => ({ body: JSON.stringify({ kind: 'APIResourceList', resources }) })

/** Returns a document of discovery, in aggregated form if there is one. */
function discovery(cluster: SimCluster, path: string): string {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'
  const response = cluster.http.handle({ method: 'GET', path, user: ROOT, headers: { accept } })
  if ('next' in response) throw new Error('discovery became a watch')
  return response.body
}

describe('a server behind an APIService', () => {
  test('gets who the client is from the apiserver, and nothing that the client says of itself', () => {
    const { cluster, got } = extended(() => list([]))
    got.length = 0
    cluster.http.handle({
      method: 'GET',
      path: '/apis/ext.example.com/v1/things',
      user: {
        name: 'jane',
        uid: '7',
        groups: ['dev, ops', 'system:masters'],
        extra: { 'example.com/Team': ['a', 'b'] },
      },
      headers: {
        authorization: 'Bearer secret',
        'X-Remote-User': 'root',
        'x-remote-uid': '0',
        'X-Remote-Group': 'system:masters',
        'x-remote-extra-scopes': 'all',
        'X-Remote-Extra-example.com%2fteam': 'root',
        connection: 'close, x-secret',
        te: 'trailers',
        'proxy-authorization': 'Basic x',
        upgrade: 'h2c',
        'x-mine': 'kept',
      },
    })
    expect(got).toHaveLength(1)
    const { host: _, ...headers } = got[0] ?? {}
    expect(headers).toEqual({
      'x-mine': 'kept',
      'x-remote-user': 'jane',
      'x-remote-uid': '7',
      'x-remote-group': ['dev, ops', 'system:masters'],
      'x-remote-extra-example.com%2fteam': ['a', 'b'],
    })
  })

  test.each([
    ['null', { body: 'null' }],
    ['no JSON', { body: '{"resources":' }],
    ['resources that are a number', list(5)],
    ['resources that are null', list([null, 1, 'a', [], { name: 5, kind: {} }])],
    ['verbs that are a text', list([{ name: 'things', kind: 'Thing', verbs: 'delete' }])],
    ['short names that are numbers', list([{ name: 'things', kind: 'Thing', shortNames: [1] }])],
    ['lists in lists', { body: '['.repeat(100_000) }],
    ['300 resources', list(Array.from({ length: 300 }, (_, at) => ({ name: `r${at}`, kind: 'R' })))],
    ['a redirect', { status: 302, headers: { location: 'https://10.0.0.1/' }, body: '' }],
    ['a switch of protocols', { status: 101, headers: { upgrade: 'h2c', connection: 'upgrade' }, body: '' }],
  ] as const)('that lists %s breaks neither discovery nor the deletion of namespaces', (_what, reply) => {
    const { cluster } = extended(() => reply)
    cluster.create('namespaces', { metadata: { name: 'gone' } })
    cluster.settle()
    expect(cluster.kubectl('api-resources').stdout).toContain('configmaps')
    expect(cluster.kubectl('get pods').exitCode).toBe(0)
    cluster.delete('namespaces', 'gone')
    cluster.settle()
    expect(() => cluster.advance('2m')).not.toThrow()
  })

  const things = (count: number, name = (at: number): string => `r${at}`): Reply =>
    list(Array.from({ length: count }, (_, at) => ({ name: name(at), kind: 'R', verbs: ['list'] })))

  test.each([
    ['200,000 resources', things(200_000), 'the list of resources is longer than 1048576 characters'],
    ['1,001 resources', things(1_001), 'more than 1000 resources are listed'],
    [
      '2 MB of one text',
      list([{ name: 'things', kind: 'x'.repeat(2_000_000) }]),
      'the list of resources is longer than 1048576 characters',
    ],
  ])('that lists %s is not available, and costs little', (_what, reply, why) => {
    const { cluster, got } = extended(() => reply)
    expect(cluster.kubectl('describe apiservice v1.ext.example.com').stdout).toContain(why)
    expect(discovery(cluster, '/apis')).toContain('"versions":[{"version":"v1","freshness":"Stale"}]')
    got.length = 0
    cluster.create('namespaces', { metadata: { name: 'gone' } })
    cluster.settle()
    cluster.delete('namespaces', 'gone')
    cluster.settle()
    // it is not asked to delete anything, and the namespace says why it stays
    expect(got.length).toBeLessThan(5)
    expect(cluster.get('namespaces', 'gone').status.conditions).toContainEqual(
      expect.objectContaining({ type: 'NamespaceDeletionDiscoveryFailure', status: 'True' }),
    )
  })

  test('that lists 10,000 subresources, as an adapter of metrics does, is discovered with all', () => {
    const { cluster } = extended(() => things(10_000, (at) => `pods/m${at}`))
    const text = discovery(cluster, '/apis/ext.example.com/v1')
    const listed = JSON.parse(text) as { resources: unknown[] }
    expect(listed.resources).toHaveLength(10_000)
    expect(discovery(cluster, '/apis')).not.toContain('Stale')
    expect(cluster.kubectl('api-resources').exitCode).toBe(0)
  })

  test.each([
    ['no events', '{"type":'],
    ['a version that is an object', '{"type":"ADDED","object":{"metadata":{"resourceVersion":{}}}}'],
    ['an object that is null', '{"type":"ADDED","object":null}'],
  ])('that streams %s ends no watch of others', (_what, body) => {
    const { cluster } = extended((path) => (path.includes('watch') ? { body } : list([])))
    const response = cluster.http.handle({
      method: 'GET',
      path: '/apis/ext.example.com/v1/things',
      query: 'watch=true',
      user: { name: 'jane', groups: ['system:masters'] },
      headers: {},
    })
    expect(response.code).toBe(200)
    expect('next' in response && response.next()).toEqual([body])
  })
})

describe('the response of a proxied server', () => {
  test('loses the headers of its connection and its length', () => {
    const headers = {
      'Content-Length': '1',
      connection: 'keep-alive',
      'Keep-Alive': 'timeout=5',
      'transfer-encoding': 'gzip, chunked',
      upgrade: 'h2c',
      trailer: 'x',
      'X-Mine': 'a',
    }
    const response = proxied(200, headers, 'body')
    expect(response).toBeInstanceOf(ProxiedResponse)
    expect(response).toMatchObject({ code: 200, headers: { 'x-mine': 'a' }, body: 'body' })
    expect(Object.keys((response as ProxiedResponse).headers)).toEqual(['x-mine'])
  })

  test.each([
    [99, {}],
    [101, {}],
    [1000, {}],
    [200.5, {}],
    [Number.NaN, {}],
    [200, { 'x-a': 'b\r\nset-cookie: c' }],
    [200, { 'x-a\r\nx-b': 'c' }],
    [200, { '': 'c' }],
    [200, { 'x-a': '판단' }],
  ])('with status %s and headers %j is an error of the connection', (status, headers) => {
    expect(proxied(status, headers as Readonly<Record<string, string>>, '')).toContain('malformed')
  })
})
