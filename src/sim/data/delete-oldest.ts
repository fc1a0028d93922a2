/** Iterators over the keys, behind those that have been deleted. */
const positions = new WeakMap<ReadonlyMap<unknown, unknown>, Iterator<unknown>>()

/**
 * Deletes the entry that was set first; no-op if there is none. A new iterator would pass the places of all
 * keys deleted before, each time, until V8 rebuilds the Map.
 */
export function deleteOldest<Key>(map: Map<Key, unknown>): void {
  let keys = positions.get(map) as Iterator<Key> | undefined
  if (keys === undefined) positions.set(map, (keys = map.keys()))
  const next = keys.next()
  if (next.done === true) positions.delete(map)
  else map.delete(next.value)
}
