/**
 * Whether two JSON values are identical except for the order of members. Unlike semantic equality it
 * distinguishes an absent field from an empty one. A write without a change in this sense stores nothing.
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
