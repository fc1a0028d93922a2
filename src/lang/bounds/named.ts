interface Named {
  readonly name: string
}

/** Items up to which a list is searched. */
const FEW = 8
const firsts = new WeakMap<readonly Named[], ReadonlyMap<string, Named>>()
const lasts = new WeakMap<readonly Named[], ReadonlyMap<string, Named>>()

/**
 * Returns the first item of that name. The list must never change: of a long one an index is kept, so that
 * looking up each of its names does not take the square of its length.
 */
export function firstNamed<T extends Named>(list: readonly T[] | undefined, name: string): T | undefined {
  if (list === undefined || list.length <= FEW) return list?.find((item) => item.name === name)
  return indexOf(firsts, list, () => list.toReversed()).get(name)
}

/** Returns the last item of that name; as {@link firstNamed}. */
export function lastNamed<T extends Named>(list: readonly T[] | undefined, name: string): T | undefined {
  if (list === undefined || list.length <= FEW) return list?.findLast((item) => item.name === name)
  return indexOf(lasts, list, () => list).get(name)
}

function indexOf<T extends Named>(
  indexes: WeakMap<readonly Named[], ReadonlyMap<string, Named>>,
  list: readonly T[],
  inOrder: () => readonly T[],
): ReadonlyMap<string, T> {
  let index = indexes.get(list) as ReadonlyMap<string, T> | undefined
  if (index === undefined) {
    index = new Map(inOrder().map((item) => [item.name, item]))
    indexes.set(list, index)
  }
  return index
}
