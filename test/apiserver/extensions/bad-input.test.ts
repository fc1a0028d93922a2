import { describe, expect, it } from 'vitest'
import type { HttpResponse } from '../../../src/client/http.js'
import { SimCluster } from '../../../src/index.js'

const user = { name: 'admin', groups: ['system:masters'] }
const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const widgets = '/apis/x.io/v1/namespaces/default/ws'

const crd = (schema: unknown): object => ({
  metadata: { name: 'ws.x.io' },
  spec: {
    group: 'x.io',
    scope: 'Namespaced',
    names: { plural: 'ws', kind: 'W' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
  },
})

function post(
  cluster: SimCluster,
  path: string,
  body: unknown,
): { readonly code: number; readonly body: Record<string, unknown> } {
  const { code, body: text } = cluster.http.handle({
    method: 'POST',
    path,
    user,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }) as HttpResponse
  return { code, body: JSON.parse(text) as Record<string, unknown> }
}

/** Bodies that are no CRD: the text of the refusal. */
const noSchemas: readonly (readonly [unknown, RegExp])[] = [
  [
    'x',
    /cannot unmarshal string into Go struct field CustomResourceValidation\.spec\.versions\.schema\.openAPIV3Schema of type v1\.JSONSchemaProps$/,
  ],
  [
    {
      type: 'object',
      properties: { a: { type: 'array', items: { type: 'object', properties: { b: { type: 5 } } } } },
    },
    /cannot unmarshal number into .* of type string$/,
  ],
  [
    { type: 'object', properties: { a: { type: 'object', additionalProperties: 'x' } } },
    /boolean or JSON schema expected$/,
  ],
  [
    { type: 'object', properties: { a: { type: 'string', pattern: '(' } } },
    /must be a valid regular expression, but isn't/,
  ],
  [
    { type: 'object', properties: { a: { type: 'integer', default: 'x' } } },
    /in body must be of type integer: "string"$/,
  ],
]

describe('bad input', () => {
  it.each(noSchemas)('the schema %o is refused', (schema, text) => {
    const { code, body } = post(new SimCluster({ version: 'v1.34', nodes: 0 }), crds, crd(schema))
    expect([400, 422]).toContain(code)
    expect(body['message']).toMatch(text)
  })

  it('loses nothing of strange names and survives deep nesting', () => {
    const cluster = new SimCluster({ version: 'v1.34', nodes: 0 })
    const schema =
      '{"type":"object","properties":{"spec":{"type":"object",' +
      '"properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"}}},' +
      '"any":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}'
    expect(post(cluster, crds, crd(JSON.parse(schema))).code).toBe(201)
    cluster.settle()
    const made = post(
      cluster,
      widgets,
      '{"apiVersion":"x.io/v1","kind":"W","metadata":{"name":"a"},"spec":{"__proto__":"y",' +
        '"constructor":"z","toString":"q"}}',
    )
    expect(JSON.stringify(made.body['spec'])).toBe('{"__proto__":"y","constructor":"z"}')
    const nested = (depth: number): string =>
      `{"apiVersion":"x.io/v1","kind":"W","metadata":{"name":"d${depth}"},` +
      `"any":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`
    expect(post(cluster, widgets, nested(900)).code).toBe(201)
    expect(post(cluster, widgets, nested(5_000))).toMatchObject({
      code: 400,
      body: { message: 'W in version "v1" cannot be handled as a W: exceeded max depth' },
    })
    expect(post(cluster, widgets, '{"apiVersion":"x.io/v1","kind":"W","metadata":"x"}').code).toBe(400)
  })
})
