/**
 * Whether two JSON values are the same to the byte (but for the order of members). Unlike semantic equality
 * it tells an absent field from an empty one: a write that changes nothing in this sense is not written.
 * Shared frozen subtrees cost one comparison.
 */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, at) => sameJson(item, b[at]))
  if (Array.isArray(b)) return false
  const left = a as Readonly<Record<string, unknown>>
  const right = b as Readonly<Record<string, unknown>>
  let members = 0
  for (const key in left) {
    if (left[key] === undefined) continue
    members++
    if (!sameJson(left[key], right[key])) return false
  }
  for (const key in right) if (right[key] !== undefined) members--
  return members === 0
}
