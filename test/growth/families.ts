import fc from 'fast-check'
import type { KindDefinition, KubeObject } from '../../src/api/kind/definition.js'
import { createScheme } from '../../src/api/scheme.js'
import type { Scheme } from '../../src/api/scheme.js'
import type { Field, ListField, MapField, Message } from '../../src/api/schema/types.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { objectArbitraries } from '../../src/testing/objects/arbitraries.js'

/** Objects of a kind that grow with a number. */
export interface Family {
  /** `Pod spec.containers[].env`, `Pod`, `Pod fieldSelector` */
  readonly name: string
  readonly kind: KindDefinition
  /** What grows: a field of the object, the number of objects, a selector of lists. */
  readonly grows: 'field' | 'objects' | 'selector'
  /**
   * An object of size `n`; of objects, the one at place `n`. Its values are numbered beginning with `from`,
   * so that no cache knows them from an earlier play.
   */
  readonly make: (n: number, from: number) => KubeObject
  /** The query of a selector. */
  readonly query: (n: number, from: number) => string
}

type Tree = Readonly<Record<string, unknown>>

/** A place in an object of a kind where a list or a map can be, and the table that it is in. */
interface Place {
  /** `spec`, `containers[]`, `env[]` */
  readonly path: readonly string[]
  readonly holder: Message
  readonly field: ListField | MapField
}

/** Nesting of fields beyond which places only repeat what others have. */
const DEEPEST = 8
/** What the server writes by itself. */
const SERVERS: ReadonlySet<string> = new Set(['metadata.managedFields', 'metadata.ownerReferences'])

/** Returns all places of a kind where a list or a map can be; a message within itself once. */
function placesOf(message: Message, path: readonly string[] = [], within: readonly string[] = []): Place[] {
  if (within.includes(message.schemaName) || path.length > DEEPEST) return []
  const inner = [...within, message.schemaName]
  return Object.entries(message.fields).flatMap(([name, field]) => {
    let held: Field = field
    let step = name
    const here: Place[] = []
    while (held.type === 'list' || held.type === 'map') {
      here.push({ path: [...path, step], holder: message, field: held })
      step += held.type === 'list' ? '[]' : '{}'
      held = held.type === 'list' ? held.items : held.values
    }
    if (held.type !== 'message') return here
    return [...here, ...placesOf(message.group.message(held.message), [...path, step], inner)]
  })
}

/** Values that rules of many fields take, by the field's name; others are names. */
const WORDS: readonly (readonly [RegExp, (at: number) => unknown])[] = [
  [/[cC]idrs?$|CIDRs?$/, (at) => `10.${(at >> 8) & 255}.${at & 255}.0/24`],
  [/IPs?$|^ips?$|^addresses$/, (at) => `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`],
  [/[pP]ath$/, (at) => `/p${at}`],
  [/[pP]ort$/, (at) => (at % 65_535) + 1],
  [/^image$/, () => 'nginx'],
  [/^expression$/, (at) => `object.metadata.name != 'n${at}'`],
  [/^(?:operator)$/, () => 'Exists'],
  [/^verbs$/, (at) => ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'][at % 7]],
  [/^finalizers$/, (at) => `a.example.com/n${at}`],
  [/^hosts?$/, (at) => `n${at}.example.com`],
  [/^url$/, (at) => `https://n${at}.example.com/`],
  [/^topologyKey$/, (at) => `a.example.com/n${at}`],
  [/^weight$/, (at) => (at % 100) + 1],
  [/^effect$/, () => 'NoSchedule'],
]

/** Returns the value at a place of a list, or for a name. Messages have their keys and what is required. */
function valueOf(field: Field, name: string, at: number, holder: Message, depth = 0): unknown {
  const word = WORDS.find(([pattern]) => pattern.test(name))?.[1](at)
  switch (field.type) {
    case 'list':
      return [valueOf(field.items, name, at, holder, depth + 1)]
    case 'map':
      return { [`k${at}`]: valueOf(field.values, name, at, holder, depth + 1) }
    case 'message':
      return messageValue(holder.group.message(field.message), at, depth + 1)
    case 'boolean':
      return true
    case 'int32':
    case 'int64':
    case 'double':
      return typeof word === 'number' ? word : at + 1
    case 'quantity':
      return `${at + 1}`
    case 'intOrString':
      return at + 1
    case 'time':
      return '2026-01-01T00:00:00Z'
    case 'microTime':
      return '2026-01-01T00:00:00.000000Z'
    case 'bytes':
      return 'YQ=='
    case 'json':
      return { a: at }
    case 'anyJson':
      return `n${at}`
    default:
      return field.enum?.[at % field.enum.length] ?? (typeof word === 'string' ? word : `n${at}`)
  }
}

const KEYS: ReadonlySet<string> = new Set([
  'name',
  'key',
  'value',
  'operator',
  'image',
  'port',
  'path',
  'topologyKey',
])

function messageValue(message: Message, at: number, depth: number): Tree {
  const entries = Object.entries(message.fields).filter(
    ([name, { required }]) => depth < DEEPEST && (required === true || KEYS.has(name)),
  )
  return Object.fromEntries(entries.map(([name, field]) => [name, valueOf(field, name, at, message, depth)]))
}

/** `n` items, or entries, of a list or a map, numbered beginning with `from`. */
function grown({ path, field, holder }: Place, n: number, from: number): unknown {
  const name = (path.at(-1) ?? '').replace(/[[\]{}]/g, '')
  if (field.type === 'map')
    return Object.fromEntries(
      Array.from({ length: n }, (_, at) => [`k${from + at}`, valueOf(field.values, name, from + at, holder)]),
    )
  const keys = [...(field.keys ?? []), ...(field.mergeKey === undefined ? [] : [field.mergeKey])]
  return Array.from({ length: n }, (_, at) => {
    const item = valueOf(field.items, name, from + at, holder)
    if (field.items.type !== 'message') return item
    const { fields } = holder.group.message(field.items.message)
    const missing = keys.filter((key) => !Object.hasOwn(item as object, key) && fields[key] !== undefined)
    return Object.fromEntries([
      ...Object.entries(item as object),
      ...missing.map((key) => [key, valueOf(fields[key] as Field, key, from + at, holder)]),
    ])
  })
}

/** Returns a copy of the tree with a value at a path; on the way, first items are taken, or made. */
function withValue(tree: unknown, path: readonly string[], value: unknown, message: Message): unknown {
  const [step, ...rest] = path
  if (step === undefined) return value
  const name = /^[^[{]+/.exec(step)?.[0] ?? ''
  const brackets = step.slice(name.length).match(/\[\]|\{\}/g) ?? []
  let field = message.fields[name] as Field
  for (const _ of brackets)
    if (field.type === 'list') field = field.items
    else if (field.type === 'map') field = field.values
  const inner = field.type === 'message' ? message.group.message(field.message) : message
  const set = (held: unknown, at: number): unknown => {
    if (at === brackets.length) {
      const made =
        held ?? (field.type === 'message' && rest.length > 0 ? messageValue(inner, 0, 0) : undefined)
      return withValue(made, rest, value, inner)
    }
    if (brackets[at] === '{}') {
      const [key = 'k0'] = Object.keys((held as Tree | undefined) ?? {})
      return { ...(held as Tree | undefined), [key]: set((held as Tree | undefined)?.[key], at + 1) }
    }
    const [first, ...others] = (held as readonly unknown[] | undefined) ?? []
    return [set(first, at + 1), ...others]
  }
  const there = (tree as Tree | undefined)?.[name]
  return { ...(tree as Tree | undefined), [name]: set(there, 0) }
}

/** The smallest of some objects that the apiserver creates. */
function baseOf(cluster: SimCluster, { group, version, kind }: KindDefinition): KubeObject | undefined {
  const apiVersion = group === '' ? version : `${group}/${version}`
  try {
    const { valid } = objectArbitraries(fc, apiVersion, kind, { cluster })
    const samples = fc.sample(valid, { numRuns: 6, seed: 1 })
    return samples.toSorted((a, b) => JSON.stringify(a).length - JSON.stringify(b).length)[0]
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** An object with what its table requires, which the apiserver may refuse. */
function requiredOnly({ group, version, kind, namespaced }: KindDefinition, message: Message): KubeObject {
  const metadata = { name: 'a', ...(namespaced ? { namespace: 'default' } : {}) }
  const apiVersion = group === '' ? version : `${group}/${version}`
  return { ...messageValue(message, 0, 0), apiVersion, kind, metadata } as KubeObject
}

/** The lists and maps that lie in the same message, by its path; where there are several. */
function siblingsOf(places: readonly Place[]): Readonly<Record<string, readonly Place[]>> {
  const byPath: Record<string, Place[]> = {}
  // deepest last, so that what lies in an item is in the first item of a list that is grown already
  for (const place of places) (byPath[place.path.slice(0, -1).join('.')] ??= []).push(place)
  return Object.fromEntries(Object.entries(byPath).filter(([, { length }]) => length > 1))
}

/** The object with a name and labels of its own, which its selectors select. */
function numbered(object: KubeObject, n: number): KubeObject {
  const own = JSON.parse(JSON.stringify(object).replaceAll('"app":"a"', `"app":"a${n}"`)) as KubeObject
  return { ...own, metadata: { ...own.metadata, name: `${object.metadata.name}-${n}` } }
}

/** The query of a selector with `n` parts, and what it is called. */
function selectorsOf({ selectableFields }: KindDefinition): readonly (readonly [string, Family['query']])[] {
  const list = (n: number, from: number, part: (at: number) => string): string =>
    Array.from({ length: n }, (_, at) => part(from + at)).join(',')
  const fields = ['metadata.name', ...Object.keys(selectableFields)]
  return [
    ['labelSelector of requirements', (n, from) => `labelSelector=${list(n, from, (at) => `k${at}!=v`)}`],
    ['labelSelector of values', (n, from) => `labelSelector=app in (${list(n, from, (at) => `v${at}`)})`],
    ...[...new Set(fields)].map((field) => {
      const query: Family['query'] = (n, from) => `fieldSelector=${list(n, from, (at) => `${field}!=v${at}`)}`
      return [`fieldSelector of ${field}`, query] as const
    }),
  ]
}

/** Kinds that can be created, of the newest release: one version of each. */
function createdKinds(scheme: Scheme): readonly KindDefinition[] {
  const seen = new Set<string>()
  return scheme.definitions().filter((definition) => {
    const { group, kind, verbs } = definition
    const key = `${group}/${kind}`
    if (!verbs.includes('create') || seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/**
 * Returns the families of all kinds, made from their field tables: each list and map field, each selector,
 * and the number of objects. Unless `isWhole`, a field of a message is taken where it is met first: the
 * containers of a pod are not played again for each kind with a template. Default: the kinds that are built
 * in.
 */
export function familiesOf(
  cluster: SimCluster,
  isWhole: boolean,
  scheme: Scheme = createScheme(),
): readonly Family[] {
  const met = new Set<string>()
  const kinds = createdKinds(scheme).toSorted((a, b) => Number(b.kind === 'Pod') - Number(a.kind === 'Pod'))
  return kinds.flatMap((kind) => {
    const message = scheme.messageOf(kind)
    const base = baseOf(cluster, kind) ?? requiredOnly(kind, message)
    const same = { kind, query: () => '' }
    const places = placesOf(message)
      .filter(({ path }) => !SERVERS.has(path.join('.')))
      .filter(({ holder, path }) => {
        const key = `${holder.schemaName} ${path.at(-1)}`
        return isWhole || (!met.has(key) && met.add(key) !== undefined)
      })
    const grow = (object: KubeObject, place: Place, n: number, from: number): KubeObject =>
      withValue(object, place.path, grown(place, n, from), message) as KubeObject
    const fields = places.map((place): Family => ({
      ...same,
      name: `${kind.kind} ${place.path.join('.')}`,
      grows: 'field',
      make: (n, from) => grow(base, place, n, from),
    }))
    const together = Object.entries(siblingsOf(places)).map(([path, siblings]): Family => ({
      ...same,
      name: `${kind.kind} ${path}, all lists together`,
      grows: 'field',
      make: (n, from) => siblings.reduce((object, place) => grow(object, place, n, from), base),
    }))
    const objects: Family = {
      ...same,
      name: kind.kind,
      grows: 'objects',
      make: (n, from) => numbered(base, from + n),
    }
    const selectors = selectorsOf(kind).map(([name, query]): Family => ({
      ...same,
      name: `${kind.kind} ${name}`,
      grows: 'selector',
      make: () => base,
      query,
    }))
    return [...fields, ...together, objects, ...selectors]
  })
}
