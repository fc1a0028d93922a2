import { exactJson } from './exact-json.js'

/** A JSON object. */
export type JsonMap = Readonly<Record<string, unknown>>

/** Whether the value is a JSON object, not an array or null. */
export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns `record` without one member. */
export function without(record: JsonMap, key: string): JsonMap {
  const { [key]: _, ...rest } = record
  return rest
}

/** Formats a JSON value as Go's %v: `map[a:1 b:[x y]]`. */
export function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (isMap(value))
    return `map[${Object.keys(value)
      .sort()
      .map((key) => `${key}:${goText(value[key])}`)
      .join(' ')}]`
  if (value === null || value === undefined) return '<nil>'
  return typeof value === 'string' ? value : exactJson(value)
}
