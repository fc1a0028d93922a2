/**
 * What the state of a module may consist of: JSON values, arrays, plain objects, Maps and Sets of these. No functions, no class
 * instances, no cycles: that is what makes `fork()`, `snapshot()` and `toJSON()` cheap and certain.
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
 * An independent copy of plain data. Frozen objects are shared, not copied: they can never change, so API objects inside a
 * module's state cost nothing to fork.
 */
export function clonePlainData<T>(value: T): T {
  return clone(value) as T
}

function clone(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  if (Array.isArray(value)) return value.map(clone)
  if (value instanceof Map) return new Map([...value].map(([key, entry]) => [key, clone(entry)]))
  if (value instanceof Set) return new Set(value)
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) copy[key] = clone((value as Record<string, unknown>)[key])
  return copy
}

const MAP_TAG = '$map'
const SET_TAG = '$set'

/** JSON form of plain data: a Map becomes `{$map: [[key, value], ...]}`, a Set `{$set: [...]}`. */
export function plainDataToJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => plainDataToJson(item))
  if (value instanceof Map) return { [MAP_TAG]: [...value].map(([key, entry]) => [key, plainDataToJson(entry)]) }
  if (value instanceof Set) return { [SET_TAG]: [...value] }
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plainDataToJson(entry)]))
}

/** The inverse of {@link plainDataToJson}. */
export function plainDataFromJson(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map(plainDataFromJson)
  const record = json as Record<string, unknown>
  if (Array.isArray(record[MAP_TAG])) {
    return new Map((record[MAP_TAG] as [string, unknown][]).map(([key, entry]) => [key, plainDataFromJson(entry)]))
  }
  if (Array.isArray(record[SET_TAG])) return new Set(record[SET_TAG] as string[])
  return Object.fromEntries(Object.entries(record).map(([key, entry]) => [key, plainDataFromJson(entry)]))
}
