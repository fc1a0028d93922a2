interface IntervalNode<T> {
  readonly start: string
  readonly end: string
  readonly item: T
  readonly priority: number
  /** The greatest end in this subtree. */
  reach: string
  left: IntervalNode<T> | undefined
  right: IntervalNode<T> | undefined
}

/**
 * Intervals `[start, end)` of strings, with a query for those that contain a point in O(log n + found): a
 * treap ordered by (start, end) whose nodes know the greatest end below them. Priorities come from a fixed
 * sequence, so that runs are repeatable.
 */
export class IntervalTree<T> {
  #root: IntervalNode<T> | undefined
  #random = 0x9e3779b9
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Adds an interval. The same interval may be added with several items. */
  insert(start: string, end: string, item: T): void {
    this.#random = (Math.imul(this.#random ^ (this.#random >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0
    const node: IntervalNode<T> = {
      start,
      end,
      item,
      priority: this.#random,
      reach: end,
      left: undefined,
      right: undefined,
    }
    this.#root = insertNode(this.#root, node)
    this.#size++
  }

  /** Removes the interval with this item. */
  remove(start: string, end: string, item: T): void {
    this.#root = removeNode(this.#root, start, end, item)
    this.#size--
  }

  /** Visits every interval that contains the point. */
  stab(point: string, each: (item: T) => void): void {
    stabNode(this.#root, point, each)
  }

  /** Returns whether any interval contains the point. */
  covers(point: string): boolean {
    let found = false
    stabNode(this.#root, point, () => {
      found = true
    })
    return found
  }
}

function stabNode<T>(node: IntervalNode<T> | undefined, point: string, each: (item: T) => void): void {
  let here = node
  while (here !== undefined && here.reach > point) {
    if (here.left !== undefined) stabNode(here.left, point, each)
    if (here.start > point) return
    if (point < here.end) each(here.item)
    here = here.right
  }
}

function refresh<T>(node: IntervalNode<T>): IntervalNode<T> {
  let reach = node.end
  if (node.left !== undefined && node.left.reach > reach) reach = node.left.reach
  if (node.right !== undefined && node.right.reach > reach) reach = node.right.reach
  node.reach = reach
  return node
}

function before<T>(a: IntervalNode<T>, start: string, end: string): boolean {
  return a.start < start || (a.start === start && a.end < end)
}

function insertNode<T>(root: IntervalNode<T> | undefined, node: IntervalNode<T>): IntervalNode<T> {
  if (root === undefined) return node
  if (node.priority > root.priority) {
    ;[node.left, node.right] = splitNode(root, node.start, node.end)
    return refresh(node)
  }
  if (before(root, node.start, node.end)) root.right = insertNode(root.right, node)
  else root.left = insertNode(root.left, node)
  return refresh(root)
}

type Pair<T> = [IntervalNode<T> | undefined, IntervalNode<T> | undefined]

/** Splits a treap into everything before (start, end), and the rest. */
function splitNode<T>(root: IntervalNode<T> | undefined, start: string, end: string): Pair<T> {
  if (root === undefined) return [undefined, undefined]
  if (before(root, start, end)) {
    const [left, right] = splitNode(root.right, start, end)
    root.right = left
    return [refresh(root), right]
  }
  const [left, right] = splitNode(root.left, start, end)
  root.left = right
  return [left, refresh(root)]
}

function removeNode<T>(
  root: IntervalNode<T> | undefined,
  start: string,
  end: string,
  item: T,
): IntervalNode<T> | undefined {
  if (root === undefined) return undefined
  if (root.item === item) return mergeNodes(root.left, root.right)
  // equal intervals may be on both sides of one another
  const equal = root.start === start && root.end === end
  if (before(root, start, end) || equal) root.right = removeNode(root.right, start, end, item)
  if (!before(root, start, end)) root.left = removeNode(root.left, start, end, item)
  return refresh(root)
}

function mergeNodes<T>(
  a: IntervalNode<T> | undefined,
  b: IntervalNode<T> | undefined,
): IntervalNode<T> | undefined {
  if (a === undefined) return b
  if (b === undefined) return a
  if (a.priority > b.priority) {
    a.right = mergeNodes(a.right, b)
    return refresh(a)
  }
  b.left = mergeNodes(a, b.left)
  return refresh(b)
}
