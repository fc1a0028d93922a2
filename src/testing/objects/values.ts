import type { Arbitrary } from 'fast-check'
import type { FastCheck } from '../rbac/arbitraries.js'
import type { KindUnderTest, PublishedSchema } from './kind-under-test.js'

/** Values that rules beyond the schema want, by the name of the field; the first that matches. */
const WORDS: readonly (readonly [RegExp, readonly unknown[]])[] = [
  [/^(?:labels|matchLabels)$/, [{ app: 'a' }]],
  [/^(?:annotations|nodeSelector)$/, [{ app: 'a' }]],
  [/^namespace$/, ['default']],
  [/^image$/, ['nginx']],
  [/^(?:mountPath|path|devicePath|workingDir)$/, ['/a', '/b']],
  [/^version$/, ['v1']],
  [/^schedule$/, ['* * * * *', '0 3 * * *']],
  [/^timeZone$/, ['UTC']],
  [/[pP]ort$/, [80, 443, 8080]],
  [/^(?:clusterIP|hostIP|ip)$/, ['10.0.0.9']],
  [/^cidr$/, ['10.0.0.0/8', '192.168.0.0/16']],
  [/^addresse?$/, ['10.1.0.1', '10.1.0.2']],
  [/^host$/, ['a.example.com']],
  [/^apiGroup$/, ['rbac.authorization.k8s.io', '']],
  [/^apiVersion$/, ['apps/v1', 'v1']],
  [/^kind$/, ['Deployment', 'Pod']],
  [/^(?:requests|limits|capacity|hard|min|max|default|defaultRequest|scopes|storage)$/, [{ cpu: '1' }]],
  [/^url$/, ['https://a.example.com/']],
  [/^(?:expression|condition)$/, ['true']],
  [/^verbs$/, [['get'], ['list', 'watch']]],
  [/^operations$/, [['CREATE'], ['UPDATE', 'DELETE']]],
  [/^(?:controller|signerName)$/, ['example.com/a', 'example.com/b']],
  [/^(?:provisioner|driver|driverName|attacher|group)$/, ['a.example.com', 'b.example.com']],
  [/^accessModes$/, [['ReadWriteOnce']]],
  [/^parameters$/, [{ a: 'b' }]],
]
const DEPTH = 5
/** Names that are valid as DNS labels, variables, keys and almost everywhere else. */
const NAMES = ['a', 'b', 'web']

/** Values for fields of one kind: what the schema allows, with words that pass as much else as possible. */
export class SchemaValues {
  readonly #fc: FastCheck
  readonly #kind: KindUnderTest
  readonly #known = new Map<string, Arbitrary<unknown>>()

  constructor(fc: FastCheck, kind: KindUnderTest) {
    this.#fc = fc
    this.#kind = kind
  }

  /** Values for a field of that name; at a `depth` of five, only what is required. */
  of(schema: PublishedSchema, field: string, depth = 0): Arbitrary<unknown> {
    const name = this.#kind.nameOf(schema)
    const key = `${name ?? ''} ${field} ${depth}`
    let found = name === undefined ? undefined : this.#known.get(key)
    if (found === undefined) {
      found = this.#make(this.#kind.resolve(schema), field, depth, name)
      if (name !== undefined) this.#known.set(key, found)
    }
    return found
  }

  /** The simplest value, to put where one is required. */
  simplest(schema: PublishedSchema, field: string): unknown {
    return this.#fc.sample(this.of(schema, field, DEPTH), { numRuns: 1, seed: 1 })[0]
  }

  #make(schema: PublishedSchema, field: string, depth: number, name?: string): Arbitrary<unknown> {
    const fc = this.#fc
    if (name?.endsWith('.ObjectMeta')) return this.#metadata()
    if (name?.endsWith('.MicroTime')) return fc.constant('2026-01-01T00:00:00.000000Z')
    const { enum: choices } = schema
    if (choices !== undefined && choices.length > 0) return fc.constantFrom(...choices)
    const words = WORDS.find(([pattern]) => pattern.test(field))?.[1].filter((word) => fits(word, schema))
    if (words !== undefined && words.length > 0) return fc.constantFrom(...words)
    switch (schema.type) {
      case 'object':
        return this.#object(schema, field, depth)
      case 'array':
        return fc.array(this.of(schema.items ?? {}, singular(field), depth + 1), {
          minLength: Math.max(schema.minItems ?? 1, 1),
          maxLength: Math.min(schema.maxItems ?? 2, Math.max(2, schema.minItems ?? 0)),
        })
      case 'boolean':
        return fc.boolean()
      case 'integer':
      case 'number': {
        const { minimum = schema.maximum === undefined ? 0 : schema.maximum - 9 } = schema
        return fc.integer({ min: Math.ceil(minimum), max: Math.floor(schema.maximum ?? minimum + 9) })
      }
      default:
        return this.#text(schema)
    }
  }

  #text({
    type,
    format,
    oneOf,
    pattern,
    minLength = 0,
    maxLength = 1000,
  }: PublishedSchema): Arbitrary<unknown> {
    const fc = this.#fc
    if (format === 'date-time') return fc.constantFrom('2026-01-01T00:00:00Z', '2026-06-01T12:00:00Z')
    if (format === 'byte') return fc.constantFrom('YQ==', '')
    // a quantity, or a number or a name
    if (oneOf !== undefined) return fc.constantFrom<unknown>(1, 2, ...(format === undefined ? ['100m'] : []))
    if (type !== 'string') return fc.constantFrom<unknown>({}, { a: 'b' })
    // bounded: a schema of the test's author
    if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, 'u'))
    const fitting = NAMES.filter(({ length }) => length >= minLength && length <= maxLength)
    return fitting.length > 0
      ? fc.constantFrom(...fitting)
      : // bounded: a schema of the test's author
        fc.constantFrom('x'.repeat(minLength), 'y'.repeat(minLength))
  }

  /** Metadata beyond name, labels and annotations is the server's, or has rules of its own. */
  #metadata(): Arbitrary<unknown> {
    const fc = this.#fc
    const some = fc.constantFrom({ app: 'a' }, { app: 'a', team: 'b' })
    const parts = { name: fc.constantFrom(...NAMES), labels: some, annotations: some }
    return fc.record(parts, { requiredKeys: ['name', 'labels'] })
  }

  /** Required fields, and of the others one or two, so that objects stay small. */
  #object(schema: PublishedSchema, field: string, depth: number): Arbitrary<unknown> {
    const fc = this.#fc
    const { properties, required = [], additionalProperties } = schema
    if (properties === undefined) {
      const values = typeof additionalProperties === 'object' ? additionalProperties : { type: 'string' }
      return fc.dictionary(fc.constantFrom(...NAMES), this.of(values, singular(field), depth + 1), {
        minKeys: 1,
        maxKeys: 2,
      })
    }
    const isTop = field === ''
    const names = Object.keys(properties).filter(
      (name) => !(isTop && ['apiVersion', 'kind', 'status'].includes(name)),
    )
    const wanted = new Set(isTop ? [...required, 'metadata', 'spec'] : required)
    const parts = names
      .filter((name) => wanted.has(name) || depth < DEPTH)
      .map((name) => {
        const value = this.#lazy(properties[name] as PublishedSchema, name, depth + 1)
        return [name, wanted.has(name) ? value : this.#seldom(value, names.length)] as const
      })
    return fc.record(Object.fromEntries(parts)).map(withoutHoles)
  }

  #seldom(value: Arbitrary<unknown>, siblings: number): Arbitrary<unknown> {
    const none = this.#fc.constant(undefined)
    const weight = Math.max(2, siblings)
    return this.#fc.oneof(
      { withCrossShrink: true },
      { weight, arbitrary: none },
      { weight: 1, arbitrary: value },
    )
  }

  /** Made when it is needed: the schemas of a pod are large, and some contain themselves. */
  #lazy(schema: PublishedSchema, field: string, depth: number): Arbitrary<unknown> {
    return this.#fc.constant(undefined).chain(() => this.of(schema, field, depth))
  }
}

function fits(word: unknown, { type, oneOf, properties }: PublishedSchema): boolean {
  if (oneOf !== undefined) return typeof word !== 'object'
  if (Array.isArray(word)) return type === 'array'
  if (typeof word === 'object') return type === 'object' && properties === undefined
  return typeof word === 'number' ? type === 'integer' : type === typeof word
}

/** The field of one element: `ports` has elements `port`. */
const singular = (field: string): string => field.replace(/s$/, '')

const withoutHoles = (object: object): object =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
