import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { handleHttp } from '../../../src/apiserver/http.js'
import type { HttpResponse } from '../../../src/client/http.js'
import { compareVersions } from '../../../src/apiserver/http/discovery/groups.js'
import { SimCluster } from '../../../src/index.js'
import { harness } from '../harness.js'

const ADMIN = { name: 'admin', groups: ['system:masters'] }
const AGGREGATED =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,' +
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'

const fixture = <T>(name: string): T =>
  JSON.parse(
    readFileSync(new URL(`../../fixtures/apiserver/discovery/${name}.json`, import.meta.url), 'utf8'),
  ) as T

function getter(version: string): (path: string, headers?: Record<string, string>) => HttpResponse {
  const cluster = new SimCluster({ version })
  return (target, headers = {}) => {
    const [path = '', query = ''] = target.split('?')
    return cluster.http.handle({ method: 'GET', path, query, headers, user: ADMIN }) as HttpResponse
  }
}

describe('discovery of v1.34, as a real server of it answers', () => {
  const get = getter('v1.34')
  const json = (path: string, accept?: string): unknown =>
    JSON.parse(get(path, accept === undefined ? {} : { accept }).body)

  it.each(['api', 'apis'])('aggregated /%s', (root) => {
    expect(json(`/${root}`, AGGREGATED)).toEqual(fixture<Record<string, unknown>>('aggregated')[root])
  })

  const legacy = fixture<Record<string, unknown>>('legacy')

  it.each(Object.keys(legacy))('legacy %s', (path) => {
    expect(json(path)).toEqual(legacy[path])
  })

  it('names group, version and kind of the aggregated form, and revalidates by ETag', () => {
    const first = get('/apis', { accept: AGGREGATED })
    expect(first.headers['content-type']).toBe(
      'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    )
    const again = get('/apis', { accept: AGGREGATED, 'if-none-match': first.headers['etag'] as string })
    expect([again.code, again.body]).toEqual([304, ''])
    const beta = get('/apis', {
      accept: 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
    })
    expect(JSON.parse(beta.body)).toMatchObject({ apiVersion: 'apidiscovery.k8s.io/v2beta1' })
  })
})

describe('discovery of custom resources', () => {
  const cluster = new SimCluster({ version: 'v1.34' })
  const ask = (method: string, path: string, body?: object, accept?: string): HttpResponse =>
    cluster.http.handle({
      method,
      path,
      user: ADMIN,
      ...(accept === undefined ? {} : { headers: { accept } }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }) as HttpResponse
  const version = (name: string): object => ({
    name,
    served: true,
    storage: name === 'v1',
    subresources: { status: {} },
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: { spec: { type: 'object', properties: { size: { type: 'integer', default: 3 } } } },
      },
    },
  })
  const before = ask('GET', '/apis', undefined, AGGREGATED).headers['etag']
  ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'gears.a.example.com' },
    spec: {
      group: 'a.example.com',
      scope: 'Namespaced',
      names: { plural: 'gears', singular: 'gear', kind: 'Gear', shortNames: ['gr'] },
      versions: [version('v1'), version('v2beta1')],
    },
  })
  cluster.settle()

  it('comes and goes with the CRD', () => {
    expect(JSON.parse(ask('GET', '/apis/a.example.com').body)).toMatchObject({
      versions: [{ version: 'v1' }, { version: 'v2beta1' }],
    })
    expect(JSON.parse(ask('GET', '/apis/a.example.com/v1').body)).toMatchObject({
      resources: [
        {
          name: 'gears',
          shortNames: ['gr'],
          verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
        },
        { name: 'gears/status', verbs: ['get', 'patch', 'update'] },
      ],
    })
    const { headers, body } = ask('GET', '/apis', undefined, AGGREGATED)
    expect(headers['etag']).not.toBe(before)
    expect((JSON.parse(body) as { items: { metadata: object }[] }).items.at(-1)).toMatchObject({
      metadata: { name: 'a.example.com' },
    })
  })

  it('has OpenAPI documents from its schema', () => {
    const { paths } = JSON.parse(ask('GET', '/openapi/v3').body) as { paths: object }
    expect(Object.keys(paths).filter((path) => path.includes('example'))).toEqual([
      'apis/a.example.com/v1',
      'apis/a.example.com/v2beta1',
    ])
    const document = JSON.parse(ask('GET', '/openapi/v3/apis/a.example.com/v1').body) as {
      components: { schemas: object }
    }
    expect(document.components.schemas).toMatchObject({
      'com.example.a.v1.Gear': {
        'x-kubernetes-group-version-kind': [{ group: 'a.example.com', kind: 'Gear', version: 'v1' }],
        properties: {
          spec: { properties: { size: { default: 3 } } },
          metadata: { allOf: [{ $ref: expect.stringContaining('ObjectMeta') as string }] },
        },
      },
    })
  })

  it.each([
    ['GET', '/apis/a.example.com/v3/gears', 404, '404 page not found\n'],
    ['POST', '/apis/a.example.com/v1/gears', 404, '404 page not found\n'],
    ['GET', '/apis/a.example.com/v1/namespaces/d/gears/x/nosub', 404, 'gears.a.example.com "x" not found'],
    [
      'DELETE',
      '/apis/a.example.com/v1/namespaces/d/gears/x/status',
      405,
      'delete is not supported on resources of kind "gears.a.example.com"',
    ],
    ['PUT', '/apis/a.example.com/v1/namespaces/d/gears', 400, 'name must be provided'],
  ])('%s %s is answered as the handler of custom resources does', (method, path, code, text) => {
    const { code: got, headers, body } = ask(method, path)
    const message =
      headers['content-type'] === 'application/json'
        ? (JSON.parse(body) as { message: string }).message
        : body
    expect([got, message]).toEqual([code, text])
  })
})

describe('discovery of other releases', () => {
  it.each([
    ['v1.26', undefined],
    ['v1.27', 'v2beta1'],
    ['v1.30', 'v2'],
  ])('%s aggregates as %s', (version, form) => {
    const { headers, body } = getter(version)('/apis', { accept: AGGREGATED })
    const expected =
      form === undefined
        ? 'application/json'
        : `application/json;g=apidiscovery.k8s.io;v=${form};as=APIGroupDiscoveryList`
    expect(headers['content-type']).toBe(expected)
    expect((JSON.parse(body) as { kind: string }).kind).toBe(
      form === undefined ? 'APIGroupList' : 'APIGroupDiscoveryList',
    )
  })

  it('lists the versions of a group as Kubernetes prefers them', () => {
    expect(
      [
        'v1beta1',
        'foo10',
        'v11alpha2',
        'v1',
        'v10beta3',
        'v2',
        'v3beta1',
        'foo1',
        'v12alpha1',
        'v11beta2',
      ].sort(compareVersions),
    ).toEqual([
      'v2',
      'v1',
      'v11beta2',
      'v10beta3',
      'v3beta1',
      'v1beta1',
      'v12alpha1',
      'v11alpha2',
      'foo1',
      'foo10',
    ])
  })
})

describe('paths that are no resources', () => {
  const get = getter('v1.34')
  const recorded = fixture<Record<string, { code: number; contentType: string; body: unknown }>>('paths')

  it.each(Object.keys(recorded))('%s', (target) => {
    const { code, headers, body } = get(target)
    const expected = recorded[target] as { code: number; contentType: string; body: unknown }
    expect([code, headers['content-type']]).toEqual([expected.code, expected.contentType])
    if (typeof expected.body === 'string') expect(body).toBe(expected.body)
    else expect(masked(JSON.parse(body))).toEqual(masked(expected.body))
  })

  /** Where the server stands and when it was built differ. */
  const masked = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value)
        .replace(/https:\/\/[\d.]+:\d+/, 'https://server')
        .replace(/"buildDate":"[^"]*"/, '"buildDate":""'),
    )

  it('are for those whom RBAC lets', () => {
    const { server } = harness({
      authorizer: {
        authorize: ({ name }, asked) => ({
          allowed: name !== 'jane' || ('path' in asked && asked.verb === 'get' && asked.path === '/healthz'),
        }),
      },
    })
    const ask = (method: string, path: string): HttpResponse =>
      handleHttp(server, { method, path, user: { name: 'jane' } }) as HttpResponse
    expect(ask('GET', '/healthz').body).toBe('ok')
    expect(JSON.parse(ask('POST', '/metrics').body)).toMatchObject({
      code: 403,
      reason: 'Forbidden',
      details: {},
      message: 'forbidden: User "jane" cannot post path "/metrics"',
    })
    // what is malformed or nowhere is forbidden first
    for (const [method, path] of [
      ['GET', '/nosuch'],
      ['GET', '/apis/nosuch.io/v1/things'],
      ['PATCH', '/api/v1/namespaces/default/pods/x'],
    ] as const) {
      expect(ask(method, path).code).toBe(403)
    }
  })

  it('metrics count what has been stored and asked', () => {
    const cluster = new SimCluster({ version: 'v1.34' })
    const ask = (path: string): HttpResponse =>
      cluster.http.handle({ method: 'GET', path, user: ADMIN }) as HttpResponse
    ask('/api/v1/namespaces/default')
    const { body } = ask('/metrics')
    expect(body).toContain(
      `apiserver_storage_objects{resource="namespaces"} ${cluster.list('namespaces').items.length}\n`,
    )
    expect(body).toContain(
      'apiserver_request_total{code="200",component="apiserver",dry_run="",group="",' +
        'resource="namespaces",scope="resource",' +
        'subresource="",verb="GET",version="v1"} 1\n',
    )
    expect(
      body
        .split('\n')
        .every((line) => line === '' || /^# (?:HELP|TYPE) |^[a-z_]+(?:\{.*\})? -?[\d.]+$/.test(line)),
    ).toBe(true)
  })
})
