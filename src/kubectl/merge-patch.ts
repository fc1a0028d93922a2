type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a JSON merge patch makes of a value; null takes a field away. Source: RFC 7386. */
export function applyMergePatch(value: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch
  const result = new Map<string, unknown>(Object.entries(isFields(value) ? value : {}))
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) result.delete(key)
    else result.set(key, applyMergePatch(result.get(key), change))
  }
  return Object.fromEntries(result)
}
