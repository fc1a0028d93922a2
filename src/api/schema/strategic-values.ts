import { isMap } from '../../lang/json/maps.js'

const DIRECTIVE = '$patch'

/** Returns a value without nulls in maps. Source: discardNullValuesFromPatch. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isMap(value)) return value
  const entries = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(entries.map(([key, member]) => [key, withoutNulls(member)]))
}

/**
 * Returns a value without the maps that have a `$patch`, or undefined if it is one. Source: removeDirectives.
 */
export function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined)
  if (!isMap(value)) return value
  if (Object.hasOwn(value, DIRECTIVE)) return undefined
  const entries = Object.entries(value).map(([key, member]) => [key, withoutDirectives(member)] as const)
  return Object.fromEntries(entries.filter(([, member]) => member !== undefined))
}
