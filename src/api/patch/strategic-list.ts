import { sameJson } from './same-json.js'
import { isMap } from './json.js'

/**
 * Items in the order of `order` where that says something, and else merged by where they stood on the server.
 */
export interface Ordering {
  /** The patch's order (or the `$setElementOrder` list). */
  readonly order: readonly unknown[]
  /** The list as it was on the server. */
  readonly server: readonly unknown[]
  /** Undefined for scalars. */
  readonly mergeKey: string | undefined
}

const identity = (item: unknown, mergeKey: string | undefined): unknown =>
  mergeKey !== undefined && isMap(item) ? item[mergeKey] : item

const positionIn = (list: readonly unknown[], item: unknown, mergeKey: string | undefined): number => {
  const wanted = identity(item, mergeKey)
  return list.findIndex((other) => sameJson(identity(other, mergeKey), wanted))
}

/** Whether the list has an item of the same merge key (or the same scalar). */
export function includesItem(list: readonly unknown[], item: unknown, mergeKey: string | undefined): boolean {
  return positionIn(list, item, mergeKey) >= 0
}

/**
 * Puts a merged list in order: the patch's items in the patch's order, the others in the server's, and these
 * put in between by where they stood. Source: strategicpatch normalizeElementOrder, mergeSortedSlice.
 */
export function orderItems(
  merged: readonly unknown[],
  { order, server, mergeKey }: Ordering,
): readonly unknown[] {
  const sortBy = (items: readonly unknown[], by: readonly unknown[]): readonly unknown[] =>
    items
      .map((item) => ({ item, at: positionIn(by, item, mergeKey) }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item)
  const mine = sortBy(
    merged.filter((item) => includesItem(order, item, mergeKey)),
    order,
  )
  const theirs = sortBy(
    merged.filter((item) => !includesItem(order, item, mergeKey)),
    server,
  )
  const result: unknown[] = []
  let left = 0
  let right = 0
  while (left < theirs.length && right < mine.length) {
    const l = positionIn(server, theirs[left], mergeKey)
    const r = positionIn(server, mine[right], mergeKey)
    result.push(l >= 0 && r >= 0 && l < r ? theirs[left++] : mine[right++])
  }
  return [...result, ...theirs.slice(left), ...mine.slice(right)]
}

/** Scalars without repetition, first occurrence kept. */
export function uniqueScalars(items: readonly unknown[]): readonly unknown[] {
  return [...new Set(items)]
}
