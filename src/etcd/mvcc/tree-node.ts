/** Identifies the tree that may edit a node in place. */
export type EditToken = object

/** A node of a `CowTree`. */
export interface TreeNode<V> {
  readonly token: EditToken
  /** Leaf: the keys of the entries. Branch: for each child a lower bound of its keys. */
  readonly keys: string[]
  readonly values: V[]
  /**
   * Leaf: the `tagOf` of each key. Searching compares these first: they are adjacent in memory, whereas
   * strings are scattered over the heap.
   */
  readonly tags: number[]
  readonly children: TreeNode<V>[] | undefined
  /** Sum of the entries' weights. */
  weight: number
  /** An upper bound of the stamps below. */
  stamp: number
}

/**
 * Returns a number derived from a key's last four chars. Neighbouring keys usually differ there, so they
 * seldom share a tag.
 */
export function tagOf(key: string): number {
  const end = key.length
  if (end < 4) return 0
  return (
    key.charCodeAt(end - 1) |
    (key.charCodeAt(end - 2) << 8) |
    (key.charCodeAt(end - 3) << 16) |
    ((key.charCodeAt(end - 4) & 0x3f) << 24)
  )
}

/** Returns the slot of a key in a leaf, or where it would be inserted. */
export function leafSlot({ tags, keys }: TreeNode<unknown>, key: string): number {
  const tag = tagOf(key)
  for (let slot = 0; slot < tags.length; slot++) {
    if (tags[slot] !== tag) continue
    if (keys[slot] === key) return slot
    break
  }
  return lowerBound(keys, key)
}

/** Returns the first slot whose key is not less. */
export function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keys[middle]! < key) low = middle + 1
    else high = middle
  }
  return low
}

/** Returns the child that contains, or would contain, a key. */
export function childSlot(keys: readonly string[], key: string): number {
  let low = 1
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (keys[middle]! <= key) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Like `splice(at, 0, item)`, but without allocating the result array. */
export function insertAt<T>(items: T[], at: number, item: T): void {
  items.push(item)
  for (let i = items.length - 1; i > at; i--) items[i] = items[i - 1]!
  items[at] = item
}

/** Visits the entries under a node. Returns false if the visitor stopped. */
export function visitNode<V>(
  node: TreeNode<V>,
  start: string,
  end: string,
  stamp: number,
  each: (value: V) => boolean | void,
): boolean {
  if (node.stamp <= stamp) return true
  const { keys, children } = node
  if (children !== undefined) {
    for (let slot = childSlot(keys, start); slot < keys.length; slot++) {
      if (slot > 0 && keys[slot]! >= end) return true
      if (!visitNode(children[slot]!, start, end, stamp, each)) return false
    }
    return true
  }
  const first = lowerBound(keys, start)
  const last = keys.length > 0 && keys[keys.length - 1]! < end ? keys.length : lowerBound(keys, end)
  for (let slot = first; slot < last; slot++) {
    if (each(node.values[slot]!) === false) return false
  }
  return true
}
