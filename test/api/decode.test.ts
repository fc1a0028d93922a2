import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { appsSchema } from '../../src/api/apps/generated.js'
import { coreSchema, type Pod } from '../../src/api/core/generated.js'
import { decode } from '../../src/api/schema/decode.js'
import { DecodeError } from '../../src/lang/json/decode-error.js'
import { deepFreeze } from '../../src/api/schema/freeze.js'
import type { Field, Message } from '../../src/api/schema/types.js'
import { zodSchema } from '../../src/api/schema/zod.js'

const pod = coreSchema.message('Pod')
const configMap = coreSchema.message('ConfigMap')

function refusal(message: Message, input: unknown): string {
  try {
    decode(message, input)
  } catch (error) {
    if (error instanceof DecodeError) return error.message
    throw error
  }
  return 'accepted'
}

describe("type errors have Go's words", () => {
  it.each([
    [
      pod,
      { metadata: { labels: { a: 1 } } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      pod,
      { spec: { containers: {} } },
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      pod,
      { spec: { containers: ['c'] } },
      'json: cannot unmarshal string into Go struct field PodSpec.spec.containers of type v1.Container',
    ],
    [
      pod,
      { spec: { containers: [{ imagePullPolicy: 5 }] } },
      'json: cannot unmarshal number into Go struct field Container.spec.containers.imagePullPolicy ' +
        'of type v1.PullPolicy',
    ],
    [
      pod,
      { spec: { priority: 2 ** 31 } },
      'json: cannot unmarshal number 2147483648 into Go struct field PodSpec.spec.priority of type int32',
    ],
    [
      pod,
      { spec: { priority: Number.NaN } },
      'json: cannot unmarshal number NaN into Go struct field PodSpec.spec.priority of type int32',
    ],
    [
      pod,
      { metadata: { uid: 5 } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.uid of type types.UID',
    ],
    // a type that decodes itself ends the decoding; others are noted, and the first one is told
    [
      pod,
      { spec: { priority: 'x', hostname: 5 }, metadata: { deletionTimestamp: 'yesterday' } },
      'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"',
    ],
    [
      pod,
      { spec: { priority: 'x', hostname: 5 } },
      'json: cannot unmarshal string into Go struct field PodSpec.spec.priority of type int32',
    ],
    [pod, { spec: 'x' }, 'json: cannot unmarshal string into Go struct field Pod.spec of type v1.PodSpec'],
    [pod, [], 'json: cannot unmarshal array into Go value of type v1.Pod'],
    [
      configMap,
      { immutable: 'yes' },
      'json: cannot unmarshal string into Go struct field ConfigMap.immutable of type bool',
    ],
    [configMap, { binaryData: { a: 'QQ=' } }, 'illegal base64 data at input byte 3'],
    [
      configMap,
      { metadata: new Map() },
      'json: cannot unmarshal object into Go struct field ConfigMap.metadata of type v1.ObjectMeta',
    ],
  ] as const)('%#', (message, input, text) => expect(refusal(message, input)).toBe(text))
})

describe('decode', () => {
  it("writes and drops what Go's encoder does", () => {
    const { object } = decode<Pod>(pod, {
      spec: {
        nodeName: '',
        hostNetwork: false,
        terminationGracePeriodSeconds: 0,
        volumes: [],
        containers: [{ name: 'c', image: null }],
      },
    })
    expect(object).toEqual({
      metadata: {},
      status: {},
      spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'c', resources: {} }] },
    })
  })

  it('reports unknown fields where they are', () => {
    const { unknownFields } = decode(pod, {
      metadata: { foo: 1 },
      spec: { containers: [{ name: 'c' }, { imag: 'x', ports: [{ port: 1 }] }] },
      bar: 0,
    })
    expect(unknownFields).toEqual([
      'metadata.foo',
      'spec.containers[1].imag',
      'spec.containers[1].ports[0].port',
      'bar',
    ])
  })

  it('does not let __proto__ through', () => {
    const { object, unknownFields } = decode<Pod>(
      pod,
      JSON.parse('{"__proto__":{"polluted":1},"metadata":{"labels":{"__proto__":"x"}}}'),
    )
    expect(unknownFields).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(object)).toBe(Object.prototype)
    expect(Object.getOwnPropertyDescriptor(object.metadata.labels, '__proto__')?.value).toBe('x')
    expect(Object.getPrototypeOf(object.metadata.labels)).toBe(Object.prototype)
  })

  it('refuses what is nested too deeply, and freezes what is not', () => {
    const revision = appsSchema.message('ControllerRevision')
    const nested = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)
    expect(refusal(revision, { data: nested(1_001) })).toBe('exceeded max depth')
    expect(
      Object.isFrozen(deepFreeze(decode<{ data: unknown }>(revision, { data: nested(990) }).object).data),
    ).toBe(true)
  })

  it('never hands out or changes the input', () => {
    const input = deepFreeze({
      metadata: { labels: { a: 'b' } },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    })
    const { object } = decode<Pod>(pod, input)
    expect(object.spec.containers[0]).not.toBe(input.spec.containers[0])
    expect(Object.isFrozen(object.metadata.labels)).toBe(false)
  })

  it('shares the parts of an earlier result that are in their place, only when asked', () => {
    const first = deepFreeze(
      decode<Pod>(pod, { spec: { containers: [{ name: 'c' }, { name: 'd' }] }, status: { phase: 'Running' } })
        .object,
    )
    const next = { ...first, status: { ...first.status, phase: 'Failed' } }
    expect(decode<Pod>(pod, next).object.spec).not.toBe(first.spec)
    const shared = decode<Pod>(pod, next, { like: first }).object
    expect(shared.spec).toBe(first.spec)
    expect(shared.status).toEqual({ phase: 'Failed' })
    const [container] = first.spec.containers
    const turned = decode<Pod>(
      pod,
      { spec: { containers: [{ name: 'x' }, container] } },
      { like: first },
    ).object
    expect(turned.spec.containers[1]).toEqual(container)
    expect(turned.spec.containers[1]).not.toBe(container)
  })

  it('does not take a frozen part of another type for its own', () => {
    const secret = coreSchema.message('Secret')
    const map = deepFreeze(decode<{ metadata: object }>(configMap, { metadata: { name: 'a' } }).object)
    const like = deepFreeze(decode<object>(secret, { metadata: { name: 'b' }, data: {} }).object)
    expect(() => decode(secret, { data: map.metadata }, { like })).toThrow(DecodeError)
    expect(() => decode(secret, { metadata: map }, { like })).not.toThrow()
    expect(decode<{ metadata: object }>(secret, { metadata: map }, { like }).object.metadata).not.toBe(map)
  })

  it('is the same with and without something alike', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (spec, status) => {
        const read = (input: unknown, like?: object): unknown => {
          try {
            return decode(pod, input, { like })
          } catch (error) {
            return String(error)
          }
        }
        const first = read({ spec: status })
        const like = typeof first === 'string' ? {} : (first as { object: object }).object
        const next = { spec, status: (like as { spec?: unknown }).spec }
        expect(read(next, deepFreeze(like))).toEqual(read(next))
      }),
    )
  })
})

/** Values that may or may not fit a field: mostly right, sometimes anything. */
function valueOf(message: Message, field: Field, depth: number): fc.Arbitrary<unknown> {
  const wild = fc.oneof(
    fc.string({ maxLength: 4 }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constant([]),
    fc.constant({}),
  )
  return fc.oneof({ weight: 30, arbitrary: fitting(message, field, depth) }, { weight: 1, arbitrary: wild })
}

function fitting(message: Message, field: Field, depth: number): fc.Arbitrary<unknown> {
  switch (field.type) {
    case 'message':
      return depth <= 0 ? fc.constant({}) : objectOf(message.group.message(field.message), depth - 1)
    case 'list':
      return fc.array(valueOf(message, field.items, depth - 1), { maxLength: 2 })
    case 'map':
      return fc.dictionary(fc.string({ maxLength: 3 }), valueOf(message, field.values, depth - 1), {
        maxKeys: 2,
        noNullPrototype: true,
      })
    case 'string':
      return fc.string({ maxLength: 5 })
    case 'boolean':
      return fc.boolean()
    case 'int32':
      return fc.oneof({ weight: 20, arbitrary: fc.integer() }, fc.constantFrom(2 ** 31, -(2 ** 31) - 1, 1.5))
    case 'int64':
      return fc.oneof({ weight: 20, arbitrary: fc.maxSafeInteger() }, fc.constantFrom(2 ** 63, 0.5))
    case 'double':
      return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'quantity':
      return fc.constantFrom('1', '100m', '1Gi', '1e3', '0.5', 'x', 12)
    case 'intOrString':
      return fc.oneof(fc.integer(), fc.constantFrom('25%', 'http'))
    case 'time':
      return fc.constantFrom(
        '2026-01-02T03:04:05Z',
        '2026-01-02T03:04:05.5+02:00',
        '2026-13-02T03:04:05Z',
        'now',
      )
    case 'microTime':
      return fc.constantFrom('2026-01-02T03:04:05.000001Z', '2026-01-02T03:04:05Z')
    case 'bytes':
      return fc.constantFrom('', 'QQ==', 'QUJD', 'QQ=', '!')
    case 'anyJson':
      return fc.jsonValue({ maxDepth: 2 })
    case 'json':
      return fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 2 }), {
        maxKeys: 2,
        noNullPrototype: true,
      })
  }
}

function objectOf(message: Message, depth: number): fc.Arbitrary<unknown> {
  const names = Object.keys(message.fields)
  return fc.uniqueArray(fc.constantFrom(...names, 'unknownField'), { maxLength: 5 }).chain((chosen) =>
    fc.record(
      Object.fromEntries(
        chosen.map((name) => {
          const field = message.fields[name]
          return [name, field === undefined ? fc.constant(1) : valueOf(message, field, depth)]
        }),
      ),
      { noNullPrototype: true },
    ),
  )
}

describe('the fast decoder agrees with the zod schema', () => {
  it.each(['Pod', 'Node', 'Service', 'Event'])('on %s', (name) => {
    const message = coreSchema.message(name)
    const schema = zodSchema(message)
    const verdicts = { accepted: 0, refused: 0 }
    fc.assert(
      fc.property(objectOf(message, 4), (input) => {
        const accepted = schema.safeParse(input).success
        verdicts[accepted ? 'accepted' : 'refused']++
        expect(refusal(message, input) === 'accepted').toBe(accepted)
      }),
      { seed: 7, numRuns: 400 },
    )
    // the property is worth something only if both happen
    expect(Math.min(verdicts.accepted, verdicts.refused)).toBeGreaterThan(20)
  })

  it('reads its own output as it is', () => {
    fc.assert(
      fc.property(objectOf(pod, 4), (input) => {
        if (refusal(pod, input) !== 'accepted') return
        const once = decode(pod, input).object
        const again = decode(pod, once)
        expect(again.object).toEqual(once)
        expect(again.unknownFields).toEqual([])
      }),
      { seed: 7, numRuns: 400 },
    )
  })
})
