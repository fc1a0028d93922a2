/** Identity of who may edit a node in place. */
export type EditToken = object

/** A node of a `CowTree`. */
export interface TreeNode<V> {
  readonly token: EditToken
  /** Leaf: the entries' keys. Branch: for each child a key that is not greater than any in it. */
  readonly keys: string[]
  readonly values: V[]
  /**
   * Leaf: `tagOf` of each key. A key is looked for among these before any string is: they lie side by side,
   * strings all over the heap.
   */
  readonly tags: number[]
  readonly children: TreeNode<V>[] | undefined
  /** Sum of the entries' weights. */
  weight: number
  /** No entry below has a greater stamp. */
  stamp: number
}

/**
 * A number of a key's last four chars: keys side by side seldom share it, since they differ at their ends.
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

/** The slot of a key in a leaf, or where it would be. */
export function leafSlot({ tags, keys }: TreeNode<unknown>, key: string): number {
  const tag = tagOf(key)
  for (let slot = 0; slot < tags.length; slot++) {
    if (tags[slot] !== tag) continue
    if (keys[slot] === key) return slot
    break
  }
  return lowerBound(keys, key)
}

/** The first slot whose key is not less. */
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

/** The child that holds, or would hold, a key. */
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

/** `splice(at, 0, item)` without its garbage. */
export function insertAt<T>(items: T[], at: number, item: T): void {
  items.push(item)
  for (let i = items.length - 1; i > at; i--) items[i] = items[i - 1]!
  items[at] = item
}

/** False when the visitor stopped. */
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
