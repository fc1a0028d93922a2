import { describe, expect, it } from 'vitest'
import type { HttpResponse } from '../../../src/client/http.js'
import { SimCluster } from '../../../src/index.js'

const user = { name: 'admin', groups: ['system:masters'] }
const at = (version: string): string => `/apis/apiextensions.k8s.io/${version}/customresourcedefinitions`
const widgets = '/apis/x.io/v1/namespaces/default/ws'

interface Answer {
  readonly code: number
  readonly body: Record<string, unknown>
  readonly warning: unknown
}

function send(cluster: SimCluster, method: string, path: string, body?: unknown): Answer {
  const {
    code,
    body: text,
    headers,
  } = cluster.http.handle({
    method,
    path,
    user,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  }) as HttpResponse
  return { code, body: JSON.parse(text) as Record<string, unknown>, warning: headers.warning }
}

const beta = (spec: object): object => ({
  apiVersion: 'apiextensions.k8s.io/v1beta1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'ws.x.io' },
  spec: { group: 'x.io', names: { plural: 'ws', kind: 'W' }, ...spec },
})
const schema = { openAPIV3Schema: { type: 'object', properties: { size: { type: 'integer', minimum: 1 } } } }
const columns = [{ name: 'Size', type: 'integer', JSONPath: '.size' }]
const full = beta({
  version: 'v1',
  validation: schema,
  subresources: { status: {} },
  additionalPrinterColumns: columns,
})

describe('CustomResourceDefinition of v1beta1', () => {
  it.each(['v1.13', 'v1.15', 'v1.16', 'v1.21'])('is served, established and validates by %s', (version) => {
    const cluster = new SimCluster({ version, nodes: 0 })
    const made = send(cluster, 'POST', at('v1beta1'), full)
    expect(made).toMatchObject({
      code: 201,
      body: {
        spec: {
          version: 'v1',
          scope: 'Namespaced',
          preserveUnknownFields: true,
          conversion: { strategy: 'None' },
          validation: schema,
          versions: [{ name: 'v1', served: true, storage: true }],
          additionalPrinterColumns: columns,
          names: { plural: 'ws', singular: 'w', kind: 'W', listKind: 'WList' },
        },
      },
    })
    cluster.settle()
    const { status } = send(cluster, 'GET', `${at('v1beta1')}/ws.x.io`).body as {
      status: { conditions: object[]; storedVersions: string[] }
    }
    expect(status.storedVersions).toEqual(['v1'])
    expect(status.conditions).toMatchObject([
      { type: 'NamesAccepted', status: 'True' },
      { type: 'Established', status: 'True' },
    ])
    const bad = send(cluster, 'POST', widgets, {
      apiVersion: 'x.io/v1',
      kind: 'W',
      metadata: { name: 'a' },
      size: 0,
    })
    expect(bad.body['message']).toBe(
      'W.x.io "a" is invalid: size: Invalid value: 0: size in body should be greater than or equal to 1',
    )
    // unknown fields are kept, as v1beta1 does unless told otherwise
    expect(
      send(cluster, 'POST', widgets, {
        apiVersion: 'x.io/v1',
        kind: 'W',
        metadata: { name: 'a' },
        size: 2,
        other: 'x',
      }),
    ).toMatchObject({ code: 201, body: { other: 'x' } })
    expect(cluster.kubectl('get ws').stdout).toMatch(/^NAME +SIZE\na +2\n$/)
    expect(send(cluster, 'GET', '/apis/apiregistration.k8s.io/v1/apiservices/v1.x.io').code).toBe(200)
    expect(send(cluster, 'DELETE', `${at('v1beta1')}/ws.x.io`).code).toBe(200)
    cluster.settle()
    cluster.advance('10s')
    expect(send(cluster, 'GET', `${at('v1beta1')}/ws.x.io`).code).toBe(404)
  })

  it('and v1 are two views of the same', () => {
    const cluster = new SimCluster({ version: 'v1.20', nodes: 0 })
    expect(send(cluster, 'POST', at('v1beta1'), full).warning).toEqual([
      '299 - "apiextensions.k8s.io/v1beta1 CustomResourceDefinition is deprecated in v1.16+, ' +
        'unavailable in v1.22+; use apiextensions.k8s.io/v1 CustomResourceDefinition"',
    ])
    const { spec } = send(cluster, 'GET', `${at('v1')}/ws.x.io`).body as { spec: Record<string, unknown> }
    expect(spec).toMatchObject({
      preserveUnknownFields: true,
      versions: [
        {
          name: 'v1',
          schema,
          subresources: { status: {} },
          additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.size' }],
        },
      ],
    })
    expect(Object.keys(spec)).not.toContain('validation')
    // its objects go through both: the second version differs, so that nothing is shared
    const versions = [
      { name: 'v1', served: true, storage: true, schema },
      { name: 'v2', served: true, storage: false, schema: { openAPIV3Schema: { type: 'object' } } },
    ]
    const current = send(cluster, 'GET', `${at('v1')}/ws.x.io`).body as { spec: object }
    expect(
      send(cluster, 'PUT', `${at('v1')}/ws.x.io`, {
        ...current,
        spec: { ...current.spec, preserveUnknownFields: false, versions },
      }).code,
    ).toBe(200)
    const seen = send(cluster, 'GET', `${at('v1beta1')}/ws.x.io`).body as { spec: Record<string, unknown> }
    expect(seen.spec).toMatchObject({ preserveUnknownFields: false, version: 'v1', versions })
    expect(seen.spec['validation']).toBeUndefined()
  })

  it('is stored as itself where there is no v1', () => {
    const cluster = new SimCluster({ version: 'v1.15', nodes: 0 })
    send(cluster, 'POST', at('v1beta1'), full)
    cluster.settle()
    expect(send(cluster, 'GET', at('v1')).code).toBe(404)
    expect(
      send(cluster.fork(), 'POST', widgets, {
        apiVersion: 'x.io/v1',
        kind: 'W',
        metadata: { name: 'a' },
        size: 2,
      }).code,
    ).toBe(201)
  })

  it.each([
    [
      { version: 'v2', versions: [{ name: 'v1', served: true, storage: true }] },
      'spec.version: Invalid value: "v2": must match the first version in spec.versions',
    ],
    [
      {
        validation: schema,
        versions: [
          { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
        ],
      },
      'spec.validation: Forbidden: top-level and per-version schemas are mutually exclusive',
    ],
    [
      { versions: [{ name: 'v1', served: true, storage: true, schema }] },
      'per-version schemas may not all be set to identical values (top-level validation should be ' +
        'used instead)',
    ],
    [
      { version: 'v1', preserveUnknownFields: false },
      'spec.versions[0].schema.openAPIV3Schema: Required value: because otherwise all fields are pruned',
    ],
    [
      {
        version: 'v1',
        validation: {
          openAPIV3Schema: { type: 'object', properties: { a: { type: 'string', default: 'x' } } },
        },
      },
      'spec.validation.openAPIV3Schema.properties[a].default: Forbidden: must not be set (cannot set ' +
        'default values in apiextensions.k8s.io/v1beta1 CRDs, must use apiextensions.k8s.io/v1)',
    ],
  ])('refuses %o', (spec, text) => {
    const { code, body } = send(
      new SimCluster({ version: 'v1.18', nodes: 0 }),
      'POST',
      at('v1beta1'),
      beta(spec),
    )
    expect(code).toBe(422)
    expect(body['message']).toContain(text)
  })

  it('lets what v1 would refuse: no schema, a schema that is not structural, protected groups', () => {
    const cluster = new SimCluster({ version: 'v1.18', nodes: 0 })
    const loose = beta({
      version: 'v1',
      group: 'x.k8s.io',
      validation: { openAPIV3Schema: { properties: { a: { type: 'strange' } } } },
    })
    expect(send(cluster, 'POST', at('v1beta1'), { ...loose, metadata: { name: 'ws.x.k8s.io' } }).code).toBe(
      201,
    )
    // and v1 lets what is there stay
    const current = send(cluster, 'GET', `${at('v1')}/ws.x.k8s.io`).body as { metadata: object }
    expect(
      send(cluster, 'PUT', `${at('v1')}/ws.x.k8s.io`, {
        ...current,
        metadata: { ...current.metadata, labels: { a: 'b' } },
      }).code,
    ).toBe(200)
  })
})
