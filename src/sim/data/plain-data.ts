import { InputError } from '../../lang/input-error.js'
import { fromBase64, toBase64 } from '../../lang/bytes/base64.js'
import { entriesOf, LazyMap } from './lazy-map.js'

/**
 * What a module's state may contain: JSON values, arrays, plain objects, bytes that never change, and Maps
 * and Sets of these. Functions, class instances and cycles are excluded, which keeps `fork()`, `snapshot()`
 * and `toJSON()` cheap and exact.
 */
export type PlainData =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | ReadonlyArray<PlainData>
  | ReadonlyMap<string, PlainData>
  | ReadonlySet<string | number>
  | { readonly [key: string]: PlainData }

/** Plain data that must not be changed, at any depth. */
export type ReadonlyData<T> =
  T extends ReadonlyMap<infer Key, infer Value>
    ? ReadonlyMap<Key, ReadonlyData<Value>>
    : T extends ReadonlySet<infer Value>
      ? ReadonlySet<Value>
      : T extends Uint8Array
        ? T
        : T extends object
          ? { readonly [Key in keyof T]: ReadonlyData<T[Key]> }
          : T

/**
 * Returns an independent copy of plain data, which must not change afterwards: the values of large Maps are
 * copied on first use ({@link LazyMap}). Frozen objects and bytes are shared instead of copied, because they
 * do not change; API objects in a module's state therefore cost nothing to fork.
 */
export function clonePlainData<T>(value: T): T {
  return clone(value) as T
}

function clone(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (Array.isArray(value)) return value.map(clone)
  if (value instanceof Map) return cloneMap(value)
  if (value instanceof Set) return new Set(value)
  if (value instanceof Uint8Array) return value
  const copy: Record<string, unknown> = { ...value }
  for (const key of Object.keys(copy)) {
    const member = copy[key]
    if (typeof member === 'object' && member !== null) copy[key] = clone(member)
  }
  return copy
}

/** Maps with fewer entries are copied at once. */
const MANY = 16

function cloneMap(map: ReadonlyMap<unknown, unknown>): Map<unknown, unknown> {
  if (map.size >= MANY) return new LazyMap(map, clone)
  const copy = new Map<unknown, unknown>()
  for (const [key, entry] of entriesOf(map)) copy.set(key, clone(entry))
  return copy
}

const MAP_TAG = '$map'
const SET_TAG = '$set'
const REF_TAG = '$ref'
const BIGINT_TAG = '$int'
const BYTES_TAG = '$bytes'

/** Frozen objects whose JSON is shorter than this are written in place, not shared. */
const SHORTEST_SHARED = 40

/**
 * Writes equal frozen objects once: each becomes an entry of `entries`, and `{$ref: index}` where it occurs.
 * What is not frozen may change, so it is never shared. An entry refers only to earlier ones.
 */
export class SharedValues {
  /** JSON of the shared objects. */
  readonly entries: unknown[] = []
  readonly #byText = new Map<string, unknown>()
  readonly #byObject = new Map<object, unknown>()

  /** Returns the JSON that stands for a frozen object; undefined for one that has not been added. */
  of(object: object): unknown {
    return this.#byObject.get(object)
  }

  /** Adds a frozen object by its own JSON; returns the JSON that stands for it. */
  add(object: object, json: unknown): unknown {
    const known = this.#shared(json)
    this.#byObject.set(object, known)
    return known
  }

  #shared(json: unknown): unknown {
    const text = JSON.stringify(json)
    if (text.length < SHORTEST_SHARED) return json
    let ref = this.#byText.get(text)
    if (ref === undefined) {
      this.#byText.set(text, (ref = { [REF_TAG]: this.entries.length }))
      this.entries.push(json)
    }
    return ref
  }
}

/**
 * Reads {@link SharedValues.entries} in their order. Returns the objects, frozen.
 * @throws InputError that says which entry is wrong
 */
export function sharedFromJson(entries: Iterable<unknown>): readonly unknown[] {
  const objects: unknown[] = []
  for (const json of entries) {
    try {
      objects.push(deepFreeze(plainDataFromJson(json, objects)))
    } catch (error) {
      throw new InputError(`shared[${objects.length}]: ${(error as Error).message}`, { cause: error })
    }
  }
  return objects
}

/**
 * Converts plain data to JSON. A Map becomes `{$map: [[key, value], ...]}` (`[key]` if the value is
 * undefined), a Set `{$set: [...]}`, a bigint `{$int: '1'}`, bytes `{$bytes: base64}`. With `shared`, frozen
 * objects and all in them are written there.
 */
export function plainDataToJson(value: unknown, shared?: SharedValues): unknown {
  if (typeof value !== 'object' || value === null) return scalarToJson(value)
  return shared !== undefined && isConstant(value)
    ? frozenToJson(value, shared)
    : toJson(value, (member) => plainDataToJson(member, shared))
}

function frozenToJson(value: unknown, shared: SharedValues): unknown {
  if (typeof value !== 'object' || value === null) return scalarToJson(value)
  return (
    shared.of(value) ??
    shared.add(
      value,
      toJson(value, (member) => frozenToJson(member, shared)),
    )
  )
}

/** Whether an object never changes: bytes cannot be frozen, but are never changed. */
const isConstant = (value: object): boolean => Object.isFrozen(value) || value instanceof Uint8Array

const scalarToJson = (value: unknown): unknown =>
  typeof value === 'bigint' ? { [BIGINT_TAG]: String(value) } : value

function toJson(value: object, memberToJson: (member: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(memberToJson)
  if (value instanceof Map)
    return {
      [MAP_TAG]: [...entriesOf(value)].map(([key, entry]) =>
        entry === undefined ? [key] : [key, memberToJson(entry)],
      ),
    }
  if (value instanceof Set) return { [SET_TAG]: [...value] }
  if (value instanceof Uint8Array) return { [BYTES_TAG]: toBase64(value) }
  return mapMembers(value, memberToJson)
}

/** The inverse of {@link plainDataToJson}; `shared` are the objects that `$ref` refers to. */
export function plainDataFromJson(json: unknown, shared: readonly unknown[] = []): unknown {
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map((item) => plainDataFromJson(item, shared))
  const record = json as Record<string, unknown>
  if (Array.isArray(record[MAP_TAG])) {
    return new Map(
      record[MAP_TAG].map((pair: unknown) => {
        if (!Array.isArray(pair) || pair.length === 0 || pair.length > 2)
          throw new InputError(`${MAP_TAG} has ${JSON.stringify(pair)}, which is no [key, value]`)
        return [pair[0] as string, plainDataFromJson(pair[1], shared)]
      }),
    )
  }
  if (Array.isArray(record[SET_TAG])) return new Set(record[SET_TAG] as string[])
  const digits = record[BIGINT_TAG]
  if (typeof digits === 'string' && /^-?\d+$/.test(digits) && Object.keys(record).length === 1)
    return BigInt(digits)
  const bytes = record[BYTES_TAG]
  if (typeof bytes === 'string' && Object.keys(record).length === 1) return fromBase64(bytes)
  if (typeof record[REF_TAG] === 'number' && Object.keys(record).length === 1) {
    if (!(record[REF_TAG] in shared))
      throw new InputError(`there is no shared value ${record[REF_TAG]}; there are ${shared.length}`)
    return shared[record[REF_TAG]]
  }
  return mapMembers(record, (entry) => plainDataFromJson(entry, shared))
}

/** A loop, not `map`: values may be nested a thousand deep, and each level must take little of the stack. */
function mapMembers(object: object, map: (value: unknown) => unknown): Record<string, unknown> {
  const entries: [string, unknown][] = Object.entries(object)
  for (const entry of entries) entry[1] = map(entry[1])
  return Object.fromEntries(entries)
}

function deepFreeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || isConstant(value)) return value
  for (const member of Object.values(value)) deepFreeze(member)
  return Object.freeze(value)
}
