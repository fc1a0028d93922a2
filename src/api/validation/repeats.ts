/**
 * Returns the places of the items whose key an earlier item has. Goes through the list once: to look for each
 * item among those before it takes the square of the length.
 */
export function repeats<T>(
  items: readonly T[],
  keyOf: (item: T) => unknown = (item) => item,
): ReadonlySet<number> {
  const known = new Set<unknown>()
  const places = new Set<number>()
  items.forEach((item, at) => {
    const key = keyOf(item)
    if (known.has(key)) places.add(at)
    known.add(key)
  })
  return places
}
