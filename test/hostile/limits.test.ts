import { describe, expect, test } from 'vitest'
import { parseJson } from '../../src/lang/go/json.js'
import { applyJsonPatch, JsonPatchError } from '../../src/lang/patch/json-patch.js'
import { ADMIN } from '../../src/cluster/access/identities.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import type { HttpResponse } from '../../src/client/http.js'

const cluster = new SimCluster()
const MAPS = '/api/v1/namespaces/default/configmaps'

interface Sent {
  readonly method?: string
  readonly path?: string
  readonly query?: string
  readonly type?: string
  readonly body: string
}

function send({
  method = 'POST',
  path = MAPS,
  query = '',
  type = 'application/json',
  body,
}: Sent): HttpResponse {
  const headers = { 'content-type': type }
  return cluster.http.handle({ method, path, query, headers, body, user: ADMIN }) as HttpResponse
}
const messageOf = ({ body }: HttpResponse): string => (JSON.parse(body) as { message: string }).message

describe('YAML', () => {
  test.each(['[', '{', '- ', '? ', '- ? ', '{a: ', '[a, '])('%j many times is refused', (unit) => {
    const body = unit.repeat(100_000)
    const refused = send({ type: 'application/yaml', body })
    expect([refused.code, messageOf(refused)]).toEqual([
      400,
      expect.stringContaining('yaml: exceeded max depth of 10000'),
    ])
    const apply = { method: 'PATCH', path: `${MAPS}/a`, query: 'fieldManager=me' }
    expect(send({ ...apply, type: 'application/apply-patch+yaml', body }).code).toBe(400)
  })

  test('that is nested deeply in a manifest is refused by kubectl', () => {
    const { stderr } = cluster.kubectl('apply -f -', { stdin: '['.repeat(100_000) })
    expect(stderr).toContain('exceeded max depth of 10000')
  })

  test.each([
    ['POST', MAPS],
    ['DELETE', MAPS],
  ])('that contains itself is refused (%s)', (method, path) => {
    const refused = send({ method, path, type: 'application/yaml', body: 'a: &a [*a]' })
    expect([refused.code, messageOf(refused)]).toEqual([
      400,
      expect.stringContaining("yaml: anchor 'a' value contains itself"),
    ])
    const { stderr } = cluster.kubectl('apply -f -', { stdin: 'a: &a [*a]' })
    expect(stderr).toContain("yaml: anchor 'a' value contains itself")
  })

  test('of 450 levels is read', () => {
    const body = `data: ${'['.repeat(450)}${']'.repeat(450)}`
    expect(messageOf(send({ type: 'application/yaml', body }))).toContain('cannot unmarshal array')
  })
})

describe('JSON patches', () => {
  test('add at most 3 MiB by copies', () => {
    const copies = Array.from({ length: 40 }, (_, at) => ({ op: 'copy', from: '/a', path: `/a/b${at}` }))
    expect(() => applyJsonPatch({ a: { text: 'x'.repeat(1_000) } }, copies)).toThrow(JsonPatchError)
    const body = JSON.stringify([{ op: 'add', path: '/data', value: {} }, ...copies])
    send({ body: JSON.stringify({ metadata: { name: 'copied' } }) })
    const type = 'application/json-patch+json'
    const refused = send({
      method: 'PATCH',
      path: `${MAPS}/copied`,
      type,
      body: body.replaceAll('/a', '/data'),
    })
    expect(refused.code).toBe(422)
  })

  test('take values as deep as JSON can be', () => {
    const value = `${'['.repeat(9_000)}${']'.repeat(9_000)}`
    const body = `[{"op":"add","path":"/data/a","value":${value}}]`
    const type = 'application/json-patch+json'
    send({ body: JSON.stringify({ metadata: { name: 'deep' } }) })
    expect(send({ method: 'PATCH', path: `${MAPS}/deep`, type, body }).code).toBe(422)
  })
})

describe('an object larger than etcd takes', () => {
  const object = (bytes: number): string =>
    JSON.stringify({ metadata: { name: `m${bytes}` }, data: { a: 'x'.repeat(bytes - 10) } })

  test('is refused with the error of etcd', () => {
    // data has a limit of its own, annotations too; a status has none
    const pod = { metadata: { name: 'large' }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    const path = '/api/v1/namespaces/default/pods'
    expect(send({ path, body: JSON.stringify(pod) }).code).toBe(201)
    const refused = send({
      method: 'PATCH',
      path: `${path}/large/status`,
      type: 'application/merge-patch+json',
      body: JSON.stringify({ status: { message: 'x'.repeat(1_600_000) } }),
    })
    expect([refused.code, messageOf(refused)]).toEqual([500, 'etcdserver: request is too large'])
  })

  test('is taken below that', () => {
    expect(send({ body: object(1_000_000) }).code).toBe(201)
  })
})

test('a status tells at most 5,000 field errors', () => {
  const containers = Array.from({ length: 20_000 }, () => ({}))
  const refused = send({
    path: '/api/v1/namespaces/default/pods',
    body: JSON.stringify({ metadata: { name: 'faulty' }, spec: { containers } }),
  })
  expect(refused.code).toBe(422)
  const { details } = JSON.parse(refused.body) as { details: { causes: readonly unknown[] } }
  expect(details.causes).toHaveLength(5_000)
})

describe('warnings', () => {
  test('are cut to what fits into headers', () => {
    const fields = Array.from({ length: 5_000 }, (_, at) => [`${'x'.repeat(300)}${at}`, 1])
    const { headers } = send({
      query: 'dryRun=All',
      body: JSON.stringify({ metadata: { name: 'w' }, ...Object.fromEntries(fields) }),
    })
    const warnings = headers['warning'] as readonly string[]
    expect(warnings.length).toBe(16)
    expect(warnings.every((text) => text.length <= 'unknown field "'.length + 256 + 10)).toBe(true)
  })

  test('stay whole while all are shorter than 4,096 characters', () => {
    const { headers } = send({
      query: 'dryRun=All',
      body: JSON.stringify({ metadata: { name: 'w' }, ['x'.repeat(2_000)]: 1 }),
    })
    expect(headers['warning']).toEqual([`299 - "unknown field \\"${'x'.repeat(2_000)}\\""`])
  })

  test('of unknown and duplicate fields are at most a hundred', () => {
    const members = Array.from({ length: 1_000 }, (_, at) => `"a${at}":1,"a${at}":1`)
    expect(parseJson(`{${members.join(',')}}`).duplicateFields).toHaveLength(100)
    const { body } = send({ query: 'fieldValidation=Strict', body: `{${members.join(',')}}` })
    expect(body.match(/unknown field/g)).toHaveLength(100)
  })
})

describe('nesting that JSON allows and the stack does not', () => {
  const deep = (unit: string, end: string): string => `${unit.repeat(9_000)}1${end.repeat(9_000)}`

  test.each([
    ['application/json-patch+json', `[{"op":"add","path":"/data/a","value":${deep('{"a":', '}')}}]`],
    ['application/merge-patch+json', `{"data":${deep('{"a":', '}')}}`],
    ['application/strategic-merge-patch+json', `{"data":${deep('{"a":', '}')}}`],
  ])('%s is refused', (type, body) => {
    send({ body: JSON.stringify({ metadata: { name: 'nested' } }) })
    const refused = send({ method: 'PATCH', path: `${MAPS}/nested`, type, body })
    expect(refused.code).toBeGreaterThanOrEqual(400)
    expect(refused.code).toBeLessThan(500)
  })

  test.each(['1 == 1' + ' + 1'.repeat(3_000), `self${'.a'.repeat(3_000)}`, `self${'[0]'.repeat(3_000)}`])(
    'a rule of a long chain is refused (%#)',
    (rule) => {
      const openAPIV3Schema = { type: 'object', 'x-kubernetes-validations': [{ rule }] }
      const names = { plural: 'foos', kind: 'Foo' }
      const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }]
      const body = {
        metadata: { name: 'foos.a.com' },
        spec: { group: 'a.com', scope: 'Cluster', names, versions },
      }
      const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
      const refused = send({ path, body: JSON.stringify(body) })
      expect([refused.code, messageOf(refused)]).toEqual([
        422,
        expect.stringContaining('max recursion depth exceeded'),
      ])
    },
  )
})

test('expressions of more than 50,000 tokens in one request end its time, in one rule or in many', () => {
  const crd = (rules: readonly string[]): object => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `foos${rules.length}.a.com` },
    spec: {
      group: 'a.com',
      scope: 'Namespaced',
      names: { plural: `foos${rules.length}`, kind: `Foo${rules.length}` },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: { type: 'object', 'x-kubernetes-validations': rules.map((rule) => ({ rule })) },
          },
        },
      ],
    },
  })
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
  const sent = (...rules: readonly string[]): string => {
    const { code, body } = send({ path, query: 'dryRun=All', body: JSON.stringify(crd(rules)) })
    return `${code} ${(JSON.parse(body) as { reason?: string }).reason ?? ''}`
  }
  const rule = (at: number): string => `${'true || '.repeat(4_000)}${at} == 1`
  expect(sent(...Array.from({ length: 5 }, (_, at) => rule(at)))).toBe('201 ')
  expect(sent(...Array.from({ length: 7 }, (_, at) => rule(at)))).toBe('504 Timeout')
  // of the longest expressions, 100,000 characters, those that a person could write
  expect(sent(`${'size([]) == 0 || '.repeat(5_882)}true`)).toBe('201 ')
  expect(sent(`${'[]==[]||'.repeat(12_499)}true`)).toBe('504 Timeout')
})

describe('a body of more than 100,000 values', () => {
  const items = (count: number): string => `{"metadata":{"name":"many"},"x":[${'1,'.repeat(count)}1]}`

  test.each(['application/json', 'application/yaml'])('is refused (%s)', (type) => {
    const refused = send({ type, body: items(100_000) })
    expect([refused.code, messageOf(refused)]).toEqual([
      413,
      'Request entity too large: limit is 100000 values',
    ])
    expect(send({ type, query: 'dryRun=All', body: items(99_000) }).code).toBe(201)
  })

  test('is refused as protobuf, and as a patch', async () => {
    const container = Uint8Array.from([0x12, 0])
    const spec = new Uint8Array(600_000).map((_, at) => container[at % 2] as number)
    const response = await cluster.http.fetch('/api/v1/namespaces/default/pods', {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.kubernetes.protobuf' },
      body: envelope('Pod', spec),
    })
    expect(response.status).toBe(413)
    send({ body: '{"metadata":{"name":"patched"}}' })
    const patch = { method: 'PATCH', path: `${MAPS}/patched`, type: 'application/merge-patch+json' }
    expect(send({ ...patch, body: items(100_000) }).code).toBe(413)
  })
})

/** A protobuf body of a kind with a spec. */
function envelope(kind: string, spec: Uint8Array): Uint8Array<ArrayBuffer> {
  const field = (number: number, body: Uint8Array): Uint8Array => {
    const size: number[] = []
    for (let rest = body.length; ; rest >>= 7) {
      size.push(rest > 127 ? (rest & 127) | 128 : rest)
      if (rest <= 127) break
    }
    return Uint8Array.from([number * 8 + 2, ...size, ...body])
  }
  const text = (value: string): Uint8Array => new TextEncoder().encode(value)
  const type = field(1, Uint8Array.from([...field(1, text('v1')), ...field(2, text(kind))]))
  return Uint8Array.from([0x6b, 0x38, 0x73, 0, ...type, ...field(2, field(2, spec))])
}

test('a JSON patch has 10,000 operations at most', () => {
  const ask = (count: number): HttpResponse =>
    send({
      method: 'PATCH',
      path: `${MAPS}/ten-thousand`,
      type: 'application/json-patch+json',
      body: JSON.stringify(Array.from({ length: count }, () => ({ op: 'add', path: '/data/a', value: 'b' }))),
    })
  send({ body: JSON.stringify({ metadata: { name: 'ten-thousand' }, data: { a: 'a' } }) })
  expect(ask(10_000).code).toBe(200)
  const refused = ask(10_001)
  expect([refused.code, messageOf(refused)]).toEqual([
    413,
    'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001',
  ])
})

describe('a CustomResourceDefinition', () => {
  const created = (schema: object): HttpResponse => {
    const names = { plural: 'foos', kind: 'Foo' }
    const openAPIV3Schema = { type: 'object', properties: { a: { type: 'string' } }, ...schema }
    const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }]
    return send({
      path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      query: 'dryRun=All',
      body: JSON.stringify({
        metadata: { name: 'foos.a.com' },
        spec: { group: 'a.com', scope: 'Cluster', names, versions },
      }),
    })
  }
  const ruled = (rule: string): HttpResponse => created({ 'x-kubernetes-validations': [{ rule }] })

  test('takes CEL of 100,000 characters and 250 levels', () => {
    const text = (length: number): string => `"${'a'.repeat(length - 8)}" != ""`
    expect(ruled(text(100_000)).code).toBe(201)
    expect(messageOf(ruled(text(100_001)))).toContain(
      'expression code point size exceeds limit: size: 100001, limit 100000',
    )
    const nested = (depth: number): string => `${'('.repeat(depth)}true${')'.repeat(depth)}`
    expect(ruled(nested(249)).code).toBe(201)
    expect(messageOf(ruled(nested(250)))).toContain('expression recursion limit exceeded: 250')
  })

  test('takes patterns of 10,000 characters and 1,000 repeats', () => {
    const patterned = (pattern: string): HttpResponse =>
      created({ properties: { a: { type: 'string', pattern } } })
    expect(patterned('a'.repeat(10_000)).code).toBe(201)
    expect(messageOf(patterned('a'.repeat(10_001)))).toContain('expression too large')
    expect(patterned('a{1000}').code).toBe(201)
    expect(messageOf(patterned('a{1001}'))).toContain('invalid repeat count: `{1001}`')
  })
})

test('field errors have 3 MiB of text at most', () => {
  // each error quotes a name
  const containers = Array.from({ length: 2_900 }, (_, at) => ({
    name: `${at}${'X'.repeat(1_000)}`,
    image: 'i',
  }))
  const refused = send({
    path: '/api/v1/namespaces/default/pods',
    body: JSON.stringify({ metadata: { name: 'faulty' }, spec: { containers } }),
  })
  expect(refused.code).toBe(422)
  const { details } = JSON.parse(refused.body) as { details: { causes: readonly { message: string }[] } }
  const told = details.causes.reduce((sum, { message }) => sum + message.length, 0)
  expect(told).toBeLessThanOrEqual(3 * 1024 * 1024)
})
