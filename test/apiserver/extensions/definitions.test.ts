import { describe, expect, it } from 'vitest'
import type { HttpResponse } from '../../../src/client/http.js'
import { SimCluster } from '../../../src/index.js'

const user = { name: 'admin', groups: ['system:masters'] }
const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

interface Answer {
  readonly code: number
  readonly body: Record<string, unknown>
  readonly warnings: readonly string[]
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
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }) as HttpResponse
  return { code, body: JSON.parse(text) as Record<string, unknown>, warnings: [headers.warning ?? []].flat() }
}

const crd = (properties: object, version: object = {}): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'ws.x.io' },
  spec: {
    group: 'x.io',
    scope: 'Namespaced',
    names: { plural: 'ws', kind: 'W' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties } },
        ...version,
      },
    ],
  },
})

describe('warnings', () => {
  it.each([
    ['v1.34', ['299 - "unrecognized format \\"ipv5\\""']],
    ['v1.33', []],
  ])('%s warns of string formats that it does not know: %o', (version, warnings) => {
    const cluster = new SimCluster({ version, nodes: 0 })
    const properties = {
      a: { type: 'array', items: { type: 'string', format: 'ipv5' } },
      b: { type: 'integer', format: 'x' },
      c: { type: 'string', format: 'date-time' },
    }
    expect(send(cluster, 'POST', crds, crd(properties))).toMatchObject({ code: 201, warnings })
    // what was there before is not told again
    const current = send(cluster, 'GET', `${crds}/ws.x.io`).body
    expect(
      send(cluster, 'PUT', `${crds}/ws.x.io`, {
        ...crd({ ...properties, d: { type: 'string' } }),
        metadata: current['metadata'],
      }),
    ).toMatchObject({ code: 200, warnings: [] })
    expect(send(cluster, 'GET', `${crds}/ws.x.io`).warnings).toEqual([])
  })

  it.each([
    [undefined, 'x.io/v1 W is deprecated'],
    ['use v2', 'use v2'],
  ])('every request for a deprecated version is answered with one (%s)', (deprecationWarning, text) => {
    const cluster = new SimCluster({ version: 'v1.34', nodes: 0 })
    send(cluster, 'POST', crds, crd({}, { deprecated: true, deprecationWarning }))
    cluster.settle()
    const path = '/apis/x.io/v1/namespaces/default/ws'
    const warnings = [`299 - "${text}"`]
    expect(
      send(cluster, 'POST', path, { apiVersion: 'x.io/v1', kind: 'W', metadata: { name: 'a' } }),
    ).toMatchObject({ code: 201, warnings })
    expect(send(cluster, 'GET', path)).toMatchObject({ code: 200, warnings })
    expect(send(cluster, 'GET', `${path}/a`)).toMatchObject({ code: 200, warnings })
    expect(send(cluster, 'DELETE', `${path}/a`)).toMatchObject({ code: 200, warnings })
  })
})

describe('schemas beside a status endpoint', () => {
  it('say nothing at their root that the status would lose; the value is printed as Go has it', () => {
    const made = crd(
      {},
      {
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', oneOf: [{ required: ['a'] }] } },
      },
    )
    const { code, body } = send(new SimCluster({ version: 'v1.34', nodes: 0 }), 'POST', crds, made)
    expect(code).toBe(422)
    const text = body['message'] as string
    expect(text).toMatch(
      /spec\.validation\.openAPIV3Schema: Invalid value: \{"ID":"","Schema":"","Ref":null,"Description":"","Type":"object","Nullable":false,/,
    )
    expect(text).toMatch(
      /"OneOf":\[\{"ID":"".*"Required":\["a"\].*"XMapType":null,"XValidations":null\}: only \[Description Type Format .* XValidations\] fields are allowed at the root/,
    )
  })
})
