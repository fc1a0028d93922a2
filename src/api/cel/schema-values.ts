import { additionalOf, fieldOf, itemsOf } from '../apiextensions/schema/schema.js'
import type { Schema } from '../apiextensions/schema/schema.js'
import { semanticEqual } from '../kind/equal.js'
import { goType } from '../../lang/go/number.js'
import { isPlainObject } from '../../lang/json/plain-json.js'
import { escapeName, unescapeName } from '../../lang/cel/parse/names.js'
import { parseDate, parseDuration, parseTimestamp } from '../../lang/cel/time-values.js'
import {
  CelError,
  CelValue,
  equal,
  fromJson,
  isError,
  ListValue,
  MapValue,
  NO_OVERLOAD,
  PlainList,
  type Value,
} from '../../lang/cel/values.js'

const TEXT: Schema = { type: 'string' }
const META: Schema = { type: 'object', properties: { name: TEXT, generateName: TEXT } }

/** Returns the schema of a whole object: apiVersion, kind and metadata are what every object has. */
export function withObjectMeta(schema: Schema): Schema {
  return { ...schema, properties: { ...schema.properties, apiVersion: TEXT, kind: TEXT, metadata: META } }
}

/**
 * Converts JSON to a value with types from a schema; members are converted when they are read. Source:
 * apiserver pkg/cel/common/valuesunstructured.go UnstructuredToVal.
 */
export function schemaValue(json: unknown, schema: Schema, isResource = false): Value {
  if (json === null || json === undefined)
    return schema.nullable === true || json === undefined ? null : faultOf(json, schema)
  if (schema['x-kubernetes-int-or-string'] === true)
    return typeof json === 'number' || typeof json === 'bigint' || typeof json === 'string'
      ? fromJson(json)
      : invalidData('XIntOrString value to be either a string or integer')
  switch (schema.type) {
    case 'object': {
      if (!isPlainObject(json)) return faultOf(json, schema)
      const isWhole = isResource || schema['x-kubernetes-embedded-resource'] === true
      return new SchemaObject(json, isWhole ? withObjectMeta(schema) : schema)
    }
    case 'array':
      return Array.isArray(json) ? listOf(json, schema) : faultOf(json, schema)
    case 'string':
      return typeof json === 'string' ? textValue(json, schema.format ?? '') : faultOf(json, schema)
    case 'number':
      if (typeof json === 'bigint') return Number(json)
      return typeof json === 'number' ? json : faultOf(json, schema)
    case 'integer':
      if (typeof json === 'bigint') return json
      return typeof json === 'number' && Number.isInteger(json) ? BigInt(json) : faultOf(json, schema)
    case 'boolean':
      return typeof json === 'boolean' ? json : faultOf(json, schema)
    default:
      return schema['x-kubernetes-preserve-unknown-fields'] === true
        ? new UnknownValue(json)
        : new CelError(
            'invalid type, expected object, array, number, integer, boolean or string, or no type with ' +
              'x-kubernetes-int-or-string or x-kubernetes-preserve-unknown-fields is true, got ',
          )
  }
}

const invalidData = (wanted: string): CelError => new CelError(`invalid data, expected ${wanted}`)

const WANTED: Readonly<Record<string, string>> = {
  object: 'a map for the provided schema with type=object',
  array: 'an array for the provided schema with type=array',
  string: 'string',
  number: 'float',
  integer: 'int',
  boolean: 'bool',
}

function faultOf(json: unknown, { type = '' }: Schema): CelError {
  const text = WANTED[type] ?? type
  return invalidData(type === 'object' || type === 'array' ? text : `${text}, got ${goType(json)}`)
}

/** JSON that a schema keeps without knowing it. */
class UnknownValue extends CelValue {
  readonly #json: unknown

  constructor(json: unknown) {
    super()
    this.#json = json
  }

  get typeName(): string {
    return 'unknown'
  }

  equals(other: Value): boolean {
    return semanticEqual(this.#json, other instanceof UnknownValue ? other.#json : other)
  }
}

/** An object or a map with a schema. Names of properties are escaped, those of a map are not. */
class SchemaObject extends MapValue {
  readonly #json: Readonly<Record<string, unknown>>
  readonly #schema: Schema
  readonly #isObject: boolean

  constructor(json: Readonly<Record<string, unknown>>, schema: Schema) {
    super()
    this.#json = json
    this.#schema = schema
    this.#isObject = schema.properties !== undefined
  }

  get size(): number {
    return Object.keys(this.#json).length
  }

  #schemaOf(name: string): Schema | undefined {
    if (!this.#isObject) {
      const additional = additionalOf(this.#schema)
      return typeof additional === 'object' ? additional : undefined
    }
    return Object.hasOwn(this.#schema.properties ?? {}, name) ? fieldOf(this.#schema, name) : undefined
  }

  find(key: Value): Value | undefined {
    if (typeof key !== 'string') return isError(key) ? key : NO_OVERLOAD
    const name = this.#isObject ? unescapeName(key) : key
    if (name === undefined || !Object.hasOwn(this.#json, name)) return undefined
    const member = this.#json[name]
    if (member === undefined || (this.#isObject && member === null)) return undefined
    const schema = this.#schemaOf(name)
    return schema === undefined ? undefined : schemaValue(member, schema)
  }

  /** Fields without a schema are null keys at the end: upstream counts them but does not name them. */
  keys(): readonly Value[] {
    const names = Object.keys(this.#json)
    const keys = names
      .filter((name) => this.#schemaOf(name) !== undefined)
      .map((name): Value => (this.#isObject ? (escapeName(name) ?? name) : name))
    return [...keys, ...Array.from({ length: names.length - keys.length }, () => null)]
  }

  override equals(other: Value): boolean | CelError {
    if (!(other instanceof MapValue)) return isError(other) ? other : NO_OVERLOAD
    if (other.size !== this.size) return false
    for (const name of Object.keys(this.#json)) {
      if (this.#schemaOf(name) === undefined) {
        if (!(other instanceof SchemaObject)) return NO_OVERLOAD
        if (Object.hasOwn(other.#json, name) && !semanticEqual(this.#json[name], other.#json[name]))
          return false
        continue
      }
      const [mine, theirs] = [this.find(name), other.find(name)]
      if ((mine === undefined) !== (theirs === undefined)) return false
      if (mine === undefined || theirs === undefined) continue
      const same = equal(mine, theirs)
      if (same !== true) return same
    }
    return true
  }
}

function listOf(json: readonly unknown[], schema: Schema): Value {
  const items = itemsOf(schema)
  if (items === undefined) return new CelError('invalid array type, expected Items with a non-empty Schema')
  switch (schema['x-kubernetes-list-type']) {
    case 'map':
      return new KeyedList(json, items, schema['x-kubernetes-list-map-keys'] ?? [])
    case 'set':
      return new SetList(json, items)
    default:
      return new SchemaList(json, items)
  }
}

/** A list with a schema: comparing it with something else is an error. */
class SchemaList extends ListValue {
  readonly json: readonly unknown[]
  readonly #items: Schema

  constructor(json: readonly unknown[], items: Schema) {
    super()
    this.json = json
    this.#items = items
  }

  get size(): number {
    return this.json.length
  }

  at(index: number): Value {
    return schemaValue(this.json[index], this.#items)
  }

  override equals(other: Value): boolean | CelError {
    if (!(other instanceof ListValue)) return isError(other) ? other : NO_OVERLOAD
    if (other.size !== this.size) return false
    for (let at = 0; at < this.size; at++) {
      const same = equal(this.at(at), other.at(at))
      if (same !== true) return same
    }
    return true
  }

  override contains(value: Value): boolean | CelError {
    let fault: CelError | undefined
    for (const item of this) {
      const same = equal(item, value)
      if (same === true) return true
      if (typeof same !== 'boolean') fault ??= same
    }
    return fault ?? false
  }
}

/** A list of type map: order does not count, and adding replaces items with the same keys. */
class KeyedList extends SchemaList {
  readonly #keys: readonly string[]

  constructor(json: readonly unknown[], items: Schema, keys: readonly string[]) {
    super(json, items)
    this.#keys = keys.map((key) => escapeName(key) ?? key)
  }

  #keyOf(item: Value): string {
    const values = item instanceof MapValue ? this.#keys.map((key) => item.find(key) ?? null) : [null]
    return JSON.stringify(values.map((value) => `${typeof value} ${value as string}`))
  }

  override equals(other: Value): boolean | CelError {
    if (!(other instanceof ListValue)) return isError(other) ? other : NO_OVERLOAD
    if (other.size !== this.size) return false
    const mine = new Map(Array.from(this, (item) => [this.#keyOf(item), item] as const))
    const seen = new Set<string>()
    for (const item of other) {
      const key = this.#keyOf(item)
      const same = mine.has(key) && equal(mine.get(key) ?? null, item)
      if (same !== true) return same
      seen.add(key)
    }
    return seen.size === mine.size
  }

  override plus(other: Value): Value {
    if (!(other instanceof ListValue)) return super.plus(other)
    const items = [...this]
    const positions = new Map(items.map((item, at) => [this.#keyOf(item), at]))
    for (const item of other) {
      const at = positions.get(this.#keyOf(item)) ?? items.length
      positions.set(this.#keyOf(item), at)
      items[at] = item
    }
    return new PlainList(items)
  }
}

/** A list of type set: order does not count, and adding leaves out what is there. */
class SetList extends SchemaList {
  override equals(other: Value): boolean | CelError {
    if (!(other instanceof ListValue)) return isError(other) ? other : NO_OVERLOAD
    if (other.size !== this.size) return false
    return Array.from(other).every((item) => this.contains(item) === true)
  }

  override plus(other: Value): Value {
    if (!(other instanceof ListValue)) return super.plus(other)
    const added = Array.from(other).filter((item) => this.contains(item) !== true)
    return new PlainList([...this, ...added])
  }
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

function textValue(text: string, format: string): Value {
  switch (format) {
    case 'byte':
      return bytesValue(text)
    case 'date':
      return parseDate(text) ?? new CelError(`Invalid date formatted string ${text}`)
    case 'date-time':
      return parseTimestamp(text) ?? new CelError(`Invalid date-time formatted string ${text}`)
    case 'duration':
      return parseDuration(text) ?? new CelError(`Invalid duration ${text}`)
    default:
      return text
  }
}

/** Bytes are base64 of the URL alphabet here, unlike everywhere else. Source: strfmt Base64.UnmarshalText. */
function bytesValue(text: string): Value {
  const bad = Array.from(text).findIndex((char) => !/[A-Za-z0-9_=-]/.test(char))
  if (bad >= 0 || !BASE64.test(text.replaceAll('-', '+').replaceAll('_', '/'))) {
    const at = bad >= 0 ? bad : text.length
    return new CelError(`Invalid byte formatted string ${text}: illegal base64 data at input byte ${at}`)
  }
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
}
