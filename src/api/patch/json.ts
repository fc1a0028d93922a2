/** A JSON object as patches see it. */
export type JsonMap = Readonly<Record<string, unknown>>

/** True for JSON objects (no array, no null). */
export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `record` without one member. */
export function without(record: JsonMap, key: string): JsonMap {
  const { [key]: _, ...rest } = record
  return rest
}

/** How Go prints a JSON value with %v: `map[a:1 b:[x y]]`. */
export function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (isMap(value))
    return `map[${Object.keys(value)
      .sort()
      .map((key) => `${key}:${goText(value[key])}`)
      .join(' ')}]`
  if (value === null || value === undefined) return '<nil>'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
