import { byKey } from '../text/order.js'

/** Any JSON value, deeply read-only. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject

/** A free-form JSON object (RawExtension, FieldsV1, undecoded input). */
export interface JsonObject {
  readonly [key: string]: Json
}

/** Kubernetes' IntOrString: a port number or name, a count or a percentage. */
export type IntOrString = number | string

/** Returns the value with the members of all objects sorted by name, as Go's encoder writes maps. */
export function withSortedKeys<T extends Json>(value: T): T {
  if (Array.isArray(value)) return value.map((one: Json) => withSortedKeys(one)) as unknown as T
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value as JsonObject).sort(byKey)
  return Object.fromEntries(entries.map(([key, one]) => [key, withSortedKeys(one)])) as unknown as T
}
