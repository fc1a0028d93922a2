/**
 * What a module's state may contain: JSON values, arrays, plain objects, and Maps and Sets of these.
 * Functions, class instances and cycles are excluded, which keeps `fork()`, `snapshot()` and `toJSON()` cheap
 * and exact.
 */
export type PlainData =
  | undefined
  | null
  | boolean
  | number
  | string
  | ReadonlyArray<PlainData>
  | ReadonlyMap<string, PlainData>
  | ReadonlySet<string | number>
  | { readonly [key: string]: PlainData }

/**
 * Returns an independent copy of plain data. Frozen objects are shared instead of copied, because they cannot
 * change; API objects in a module's state therefore cost nothing to fork.
 */
export function clonePlainData<T>(value: T): T {
  return clone(value) as T
}

function clone(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (Array.isArray(value)) return value.map(clone)
  if (value instanceof Map) return cloneMap(value)
  if (value instanceof Set) return new Set(value)
  const copy: Record<string, unknown> = { ...value }
  for (const key of Object.keys(copy)) {
    const member = copy[key]
    if (typeof member === 'object' && member !== null) copy[key] = clone(member)
  }
  return copy
}

function cloneMap(map: ReadonlyMap<unknown, unknown>): Map<unknown, unknown> {
  const copy = new Map<unknown, unknown>()
  for (const [key, entry] of map) copy.set(key, clone(entry))
  return copy
}

const MAP_TAG = '$map'
const SET_TAG = '$set'

const REF_TAG = '$ref'

/**
 * Locates an object in another document, as a path of member names and indexes; undefined if it is not there.
 */
export type RefOf = (object: object) => readonly (string | number)[] | undefined

/**
 * Converts plain data to JSON. A Map becomes `{$map: [[key, value], ...]}` (`[key]` if the value is
 * undefined), a Set `{$set: [...]}`, and an object that `refOf` finds in another document `{$ref: [path]}`.
 */
export function plainDataToJson(value: unknown, refOf?: RefOf): unknown {
  if (typeof value !== 'object' || value === null) return value
  const path = refOf?.(value)
  if (path !== undefined) return { [REF_TAG]: path }
  if (Array.isArray(value)) return value.map((item) => plainDataToJson(item, refOf))
  if (value instanceof Map)
    return {
      [MAP_TAG]: [...value].map(([key, entry]) =>
        entry === undefined ? [key] : [key, plainDataToJson(entry, refOf)],
      ),
    }
  if (value instanceof Set) return { [SET_TAG]: [...value] }
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plainDataToJson(entry, refOf)]))
}

/** The inverse of {@link plainDataToJson}; `elsewhere` is the frozen document that `$ref` paths refer to. */
export function plainDataFromJson(json: unknown, elsewhere?: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map((item) => plainDataFromJson(item, elsewhere))
  const record = json as Record<string, unknown>
  if (Array.isArray(record[MAP_TAG])) {
    return new Map(
      (record[MAP_TAG] as [string, unknown?][]).map(([key, entry]) => [
        key,
        plainDataFromJson(entry, elsewhere),
      ]),
    )
  }
  if (Array.isArray(record[SET_TAG])) return new Set(record[SET_TAG] as string[])
  if (Array.isArray(record[REF_TAG]))
    return follow(record[REF_TAG] as readonly (string | number)[], elsewhere)
  return Object.fromEntries(
    Object.entries(record).map(([key, entry]) => [key, plainDataFromJson(entry, elsewhere)]),
  )
}

function follow(path: readonly (string | number)[], from: unknown): unknown {
  let at = from
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step))
      throw new TypeError(`nothing is at ${path.join('.')} of the snapshot`)
    at = (at as Readonly<Record<string | number, unknown>>)[step]
  }
  return at
}
