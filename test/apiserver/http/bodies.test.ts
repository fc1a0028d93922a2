import { describe, expect, test } from 'vitest'
import { parseJson } from '../../../src/lang/go/json.js'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'
import { ADMIN } from '../../../src/cluster/access/identities.js'

const cluster = new SimCluster()

interface Answered {
  readonly code: number
  readonly body: {
    readonly message?: string
    readonly data?: object
    readonly metadata: object
    readonly spec?: object
  }
}

function send(
  body: string | Uint8Array,
  options: { type?: string; path?: string; query?: string } = {},
): Answered {
  const {
    type = 'application/json',
    path = '/api/v1/namespaces/default/configmaps',
    query = 'dryRun=All',
  } = options
  const response = cluster.http.handle({
    method: 'POST',
    path,
    query,
    headers: type === '' ? {} : { 'content-type': type },
    body,
    user: ADMIN,
  })
  return {
    code: response.code,
    body: JSON.parse('body' in response ? response.body : '{}') as Answered['body'],
  }
}

const bytes = (...parts: readonly (string | number)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...Buffer.from(part)])))
const UNRECOGNIZED = 'the object provided is unrecognized (must be of type ConfigMap): '
const CANNOT = 'ConfigMap in version "v1" cannot be handled as a ConfigMap: '

describe('JSON texts that Go refuses', () => {
  test.each([
    ['', 'unexpected end of JSON input'],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b":2}', "invalid character '\"' after object key:value pair"],
    ['[1 2]', "invalid character '2' after array element"],
    ['01', "invalid character '1' after top-level value"],
    ['-x', "invalid character 'x' in numeric literal"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['1ex', "invalid character 'x' in exponent of numeric literal"],
    ['trux', "invalid character 'x' in literal true (expecting 'e')"],
    ['"\\q"', "invalid character 'q' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['"\n"', String.raw`invalid character '\n' in string literal`],
    ['\ufeff{}', "invalid character 'ï' looking for beginning of value"],
    ['['.repeat(10_001), "invalid character '[' exceeded max depth"],
  ])('%j', (text, message) => {
    expect(() => parseJson(text)).toThrow(expect.objectContaining({ name: 'JsonSyntaxError', message }))
  })

  test('10,000 levels are read, as are names that JavaScript gives a meaning', () => {
    expect(parseJson('['.repeat(10_000) + ']'.repeat(10_000)).value).toHaveLength(1)
    const { value } = parseJson('{"__proto__":{"x":1},"constructor":{"__proto__":2},"toString":3}')
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor', 'toString'])
  })
})

describe('bodies', () => {
  const named = (rest: string): string => `{"metadata":{"name":"n"${rest}}}`

  test.each([
    [
      '1.0 for an integer',
      named(',"generation":1.0'),
      `${CANNOT}json: cannot unmarshal number 1.0 into Go struct field ObjectMeta.metadata.generation ` +
        'of type int64',
    ],
    [
      'an exponent for an integer',
      named(',"generation":1e3'),
      `${CANNOT}json: cannot unmarshal number 1e3 into Go struct field ObjectMeta.metadata.generation ` +
        'of type int64',
    ],
    [
      'more than an int64',
      named(',"generation":-99999999999999999999'),
      `${CANNOT}json: cannot unmarshal number -99999999999999999999 into Go struct field ` +
        'ObjectMeta.metadata.generation of type int64',
    ],
    [
      'a number for a string',
      '{"metadata":{"name":1.50}}',
      `${CANNOT}json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string`,
    ],
    [
      'a scalar',
      '1.0',
      `${UNRECOGNIZED}couldn't get version/kind; json parse error: json: cannot unmarshal number into ` +
        `Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string ` +
        `"json:\\"kind,omitempty\\"" } (312e30)`,
    ],
  ])('%s', (_, body, message) => {
    const { code, body: status } = send(body)
    expect(code).toBe(400)
    expect(status.message).toBe(message)
  })

  test('what is no UTF-8 becomes U+FFFD byte by byte; lone surrogates and NUL stay as in Go', () => {
    expect(
      send(bytes('{"metadata":{"name":"n"},"data":{"a":"', 0xff, 0xe2, 0x82, 'b', 0xed, 0xa0, 0x80, '"}}'))
        .body.data,
    ).toEqual({ a: '\ufffd\ufffd\ufffdb\ufffd\ufffd\ufffd' })
    expect(send('{"metadata":{"name":"n"},"data":{"a":"\\ud800x\\u0000"}}').body.data).toEqual({
      a: '\ufffdx\0',
    })
  })

  test('__proto__ and constructor are keys like others', () => {
    const { body } = send(
      '{"metadata":{"name":"n","annotations":{"constructor":"c"}},"data":{"__proto__":"p",' +
        '"constructor":"c"}}',
    )
    expect(JSON.stringify([body.data, (body.metadata as { annotations: object }).annotations])).toBe(
      '[{"__proto__":"p","constructor":"c"},{"constructor":"c"}]',
    )
    expect(({} as Record<string, unknown>)['p']).toBeUndefined()
  })

  test('the largest int64 stays one', () => {
    const job =
      '{"metadata":{"name":"j"},"spec":{"activeDeadlineSeconds":9223372036854775807,' +
      '"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"i"}]}}}}'
    const { code, body } = send(job, { path: '/apis/batch/v1/namespaces/default/jobs' })
    expect(code).toBe(201)
    const [, digits = ''] = /"activeDeadlineSeconds":(\d+)/.exec(JSON.stringify(body)) ?? []
    expect(BigInt(digits) < 2n ** 63n).toBe(true)
  })

  test('YAML: the first document counts, times stay texts, anchors are followed but not blown up', () => {
    const type = 'application/yaml'
    const yaml =
      'metadata: {name: m, annotations: {at: "2026-01-02"}}\ndata: &d {a: 2026-01-02, b: 1:30}\n---\nx: 1\n'
    expect(send(yaml, { type }).body.data).toEqual({ a: '2026-01-02', b: '1:30' })
    expect(send('metadata: {name: &m m, namespace: default}\ndata: {a: *m}', { type }).body.data).toEqual({
      a: 'm',
    })
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'
        .split('')
        .map(
          (name, at) =>
            `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[at]}`).join(',')}]`,
        ),
    ]
    expect(send(bomb.join('\n'), { type }).body.message).toContain(
      'yaml: document contains excessive aliasing',
    )
    expect(send('data: *nobody', { type }).code).toBe(400)
    expect(send('', { type }).body.message).toContain('name or generateName is required')
    expect(send('- 1', { type }).body.message).toContain('cannot unmarshal array')
    expect(send(`a: ${'['.repeat(5000)}`, { type }).code).toBe(400)
    expect(send(`data: ${'{a: '.repeat(3000)}${'}'.repeat(3000)}`, { type }).code).toBe(400)
  })

  test('content types: with parameters, in capitals, none; what is none of ours is 415', () => {
    const body = '{"metadata":{"name":"n"}}'
    for (const type of ['application/json; charset=utf-8', 'Application/JSON', ''])
      expect(send(body, { type }).code).toBe(201)
    for (const type of ['text/plain', ';;', 'application/cbor', 'application/vnd.kubernetes.protobuf'])
      expect(send(body, { type }).code).toBe(415)
  })

  test('3 MiB are read, a byte more is not', () => {
    const most = 3 * 1024 * 1024
    const sized = (size: number): Uint8Array => new TextEncoder().encode(`{"x":"${'x'.repeat(size - 8)}"}`)
    expect(send(sized(most)).code).toBe(422)
    expect([send(sized(most + 1)).code, send('é'.repeat(most / 2 + 1)).code]).toEqual([413, 413])
  })
})
