import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProtobufError } from '../../../src/lang/protobuf/protobuf-error.js'
import { decodeProtobuf, encodeProtobuf, hasProtobufForm } from '../../../src/api/protobuf/protobuf.js'
import { decode } from '../../../src/api/schema/decode.js'
import type { Field, Message } from '../../../src/api/schema/types.js'
import { schemaGroupOf } from '../../../src/api/schemas.js'

/** Values that a real kube-apiserver wrote into etcd. */
const real = JSON.parse(
  gunzipSync(readFileSync(new URL('../../fixtures/protobuf/real-values.json.gz', import.meta.url))).toString(
    'utf8',
  ),
) as Record<string, string>

interface Typed {
  readonly apiVersion: string
  readonly kind: string
}

const none = { apiVersion: '', kind: '' }
const groupVersion = (apiVersion: string): [string, string] => {
  const [a = '', b] = apiVersion.split('/')
  return b === undefined ? ['', a] : [a, b]
}
const tableOf = ({ apiVersion, kind }: Typed): Message | undefined =>
  schemaGroupOf(...groupVersion(apiVersion))?.find(kind)

describe('values of a real etcd', () => {
  test.each(Object.entries(real))(
    '%s is read without a field that nobody knows, and written to the same bytes',
    (_, base64) => {
      const bytes = Uint8Array.from(Buffer.from(base64, 'base64'))
      // the decoder returns objects of any kind
      const object = decodeProtobuf(bytes, none) as unknown as Typed
      const table = tableOf(object)
      expect(object.kind === 'RangeAllocation' || table !== undefined).toBe(true)
      if (table !== undefined) expect(decode(table, object).unknownFields).toEqual([])
      expect(Buffer.from(encodeProtobuf(object)).equals(bytes)).toBe(true)
    },
  )
})

const GROUP_VERSIONS = [
  'v1',
  'apps/v1',
  'batch/v1',
  'policy/v1',
  'autoscaling/v1',
  'autoscaling/v2',
  ...[
    'admissionregistration',
    'apiextensions',
    'authentication',
    'authorization',
    'certificates',
    'coordination',
    'discovery',
    'events',
    'flowcontrol.apiserver',
    'networking',
    'node',
    'rbac.authorization',
    'resource',
    'scheduling',
    'storage',
    'apiregistration',
  ].map((group) => `${group}.k8s.io/v1`),
]

describe('every built-in kind comes back as it was written', () => {
  const kinds = GROUP_VERSIONS.flatMap((apiVersion) => {
    const [group, version] = groupVersion(apiVersion)
    const tables = schemaGroupOf(group, version)
    const names =
      tables?.names().filter((name) => Object.hasOwn(tables.message(name).fields, 'apiVersion')) ?? []
    return names.map((kind) => ({ group, version, kind })).filter((kind) => hasProtobufForm(kind))
  })
  const text = fc.string({ unit: 'grapheme', maxLength: 8 })
  const leaf = (field: Field): fc.Arbitrary<unknown> => {
    switch (field.type) {
      case 'boolean':
        return fc.boolean()
      case 'int32':
        return fc.integer()
      case 'int64':
        return fc.maxSafeInteger()
      case 'double':
        return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value))
      case 'quantity':
        return fc.constantFrom('0', '1', '100m', '1Gi', '1500M')
      case 'intOrString':
        return fc.oneof(fc.integer(), text)
      case 'time':
        return fc
          .integer({ min: 0, max: 4e9 })
          .map((seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`)
      case 'microTime':
        return fc.integer({ min: 0, max: 4e12 }).map((ms) => `${new Date(ms).toISOString().slice(0, 23)}123Z`)
      case 'bytes':
        return fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString('base64'))
      case 'json':
      case 'anyJson':
        return fc.record({ a: fc.constantFrom(1, 'x', null, [true]), b: text })
      default:
        return text
    }
  }
  /** Members that are free JSON in the tables and messages on the wire. */
  const schema = fc.constant({ type: 'string', maxLength: 3 })
  const unions: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    items: fc.oneof(schema, fc.array(schema, { minLength: 1, maxLength: 2 })),
    additionalItems: fc.oneof(schema, fc.boolean()),
    additionalProperties: fc.oneof(schema, fc.boolean()),
    dependencies: fc.dictionary(text, fc.oneof(schema, fc.constant(['a'])), { minKeys: 1, maxKeys: 2 }),
    status: fc.constant({}),
  }
  const isFree = (name: string, field: Field): boolean =>
    field.type === 'json' || field.type === 'anyJson' || (field.type === 'map' && name === 'dependencies')
  const innermost = (field: Field): string =>
    field.type === 'list'
      ? innermost(field.items)
      : field.type === 'map'
        ? innermost(field.values)
        : field.type
  const valueOf = (message: Message, field: Field, depth: number): fc.Arbitrary<unknown> => {
    switch (field.type) {
      case 'message':
        return objectOf(message.group.message(field.message), depth - 1)
      // the wire does not tell an empty list or map from none
      case 'list':
        return fc.array(valueOf(message, field.items, depth), { minLength: 1, maxLength: 2 })
      case 'map':
        return fc.dictionary(
          fc.oneof(text, fc.constant('__proto__')),
          valueOf(message, field.values, depth),
          { minKeys: 1, maxKeys: 2 },
        )
      default:
        return leaf(field)
    }
  }
  const member = (message: Message, name: string, field: Field, depth: number): fc.Arbitrary<unknown> =>
    (message.schemaName.includes('apiextensions') && isFree(name, field) && unions[name]) ||
    valueOf(message, field, depth)
  const objectOf = (message: Message, depth: number): fc.Arbitrary<Record<string, unknown>> => {
    const chosen = Object.entries(message.fields).filter(
      ([name, field]) =>
        name !== 'apiVersion' && name !== 'kind' && (depth > 0 || innermost(field) !== 'message'),
    )
    return fc.record(
      Object.fromEntries(chosen.map(([name, field]) => [name, member(message, name, field, depth)])),
      { requiredKeys: [] },
    )
  }

  test.each(kinds.map((kind) => [`${kind.group}/${kind.version} ${kind.kind}`, kind] as const))(
    '%s',
    (_, { group, version, kind }) => {
      const apiVersion = group === '' ? version : `${group}/${version}`
      const table = tableOf({ apiVersion, kind })
      if (table === undefined) return
      const normal = (object: object): Record<string, unknown> =>
        decode<Record<string, unknown>>(table, object).object
      fc.assert(
        fc.property(objectOf(table, 4), (random) => {
          const object = { ...normal(random), apiVersion, kind }
          expect(normal(decodeProtobuf(encodeProtobuf(object), none))).toEqual(normal(object))
        }),
        { numRuns: 15 },
      )
    },
  )
})

describe('bytes that are no message', () => {
  const fallback = { apiVersion: 'v1', kind: 'ConfigMap' }
  const k8s = [0x6b, 0x38, 0x73, 0]
  /** A ConfigMap whose message is `raw`. */
  const inEnvelope = (...raw: readonly number[]): Uint8Array =>
    Uint8Array.from([...k8s, 0x12, raw.length, ...raw])

  test.each([
    ['nothing', Uint8Array.of(), 'empty data'],
    [
      'JSON',
      Uint8Array.from(Buffer.from('{}')),
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    ],
    ['only the prefix', Uint8Array.from(k8s), 'empty body'],
    ['a cut envelope', Uint8Array.from([...k8s, 0x12, 9, 1]), 'unexpected EOF'],
    [
      'a number for the type meta',
      Uint8Array.from([...k8s, 0x08, 1]),
      'proto: wrong wireType = 0 for field TypeMeta',
    ],
    ['a number for the metadata', inEnvelope(0x08, 1), 'proto: wrong wireType = 0 for field ObjectMeta'],
    [
      'an endless varint',
      inEnvelope(0x20, ...Array.from({ length: 11 }, () => 0xff)),
      'proto: integer overflow',
    ],
    ['field number 0', inEnvelope(0x02, 0), 'proto: ConfigMap: illegal tag 0 (wire type 2)'],
    ['an end of no group', inEnvelope(0x0c), 'proto: ConfigMap: wiretype end group for non-group'],
    ['wire type 7', inEnvelope(0x7f), 'proto: illegal wireType 7'],
    ['a cut message', inEnvelope(0x0a, 5, 1), 'unexpected EOF'],
  ])('%s', (_, bytes, text) => {
    expect(() => decodeProtobuf(bytes, fallback)).toThrow(
      expect.objectContaining({ name: 'ProtobufError', message: text }),
    )
  })

  test(
    'unknown fields of every wire type are passed over, packed lists are read, messages that come twice ' +
      'are merged',
    () => {
      const unknown = [
        0xf8, 6, 1, 0xf9, 6, 1, 2, 3, 4, 5, 6, 7, 8, 0xfa, 6, 1, 0, 0xfb, 6, 0x08, 1, 0xfc, 6, 0xfd, 6, 1, 2,
        3, 4,
      ]
      expect(
        decodeProtobuf(inEnvelope(...unknown, 0x0a, 3, 0x0a, 1, 0x61, 0x0a, 3, 0x1a, 1, 0x62), fallback),
      ).toEqual({ ...fallback, metadata: { name: 'a', namespace: 'b' } })
      const security = {
        apiVersion: 'v1',
        kind: 'Pod',
        spec: { securityContext: { supplementalGroups: [1, -2, 300] } },
      }
      const packed = [0x22, 13, 1, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0xac, 2]
      const spec = [0x72, packed.length, ...packed]
      expect(
        decodeProtobuf(inEnvelope(0x12, spec.length, ...spec), { apiVersion: 'v1', kind: 'Pod' }),
      ).toEqual(security)
    },
  )

  test('whatever the bytes, there is an answer or a ProtobufError', () => {
    const samples = Object.values(real).map((base64) => Uint8Array.from(Buffer.from(base64, 'base64')))
    const broken = fc
      .tuple(
        fc.constantFrom(...samples),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
        fc.nat(),
      )
      .map(([sample, changes, cut]) => {
        const bytes = sample.slice(0, 4 + (cut % sample.length))
        for (const [at, byte] of changes) bytes[4 + (at % bytes.length)] = byte
        return bytes
      })
    const random = fc.uint8Array({ maxLength: 60 }).map((bytes) => inEnvelope(...bytes))
    fc.assert(
      fc.property(fc.oneof(broken, random), (bytes) => {
        try {
          expect(typeof decodeProtobuf(bytes, fallback)).toBe('object')
        } catch (error) {
          expect(error).toBeInstanceOf(ProtobufError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
