import { childSlot, insertAt, leafSlot, lowerBound, tagOf, visitNode } from './tree-node.js'
import type { EditToken, TreeNode } from './tree-node.js'

/**
 * Maximum number of entries of a node: a power of two, so that halves are equal, small enough that a copied
 * node is under a kilobyte.
 */
const FULL = 64
/** A node that shrinks below this is merged with a neighbour if both fit into one. */
const SPARSE = 16

/** What a tree keeps sums and maxima of. */
export interface TreeMeasure<V> {
  /** Whether the entry counts (1) in `count` and `nth` or not (0), e.g. a deleted key. */
  weight(value: V): 0 | 1
  /** A number whose maximum prunes `visitNewer`, e.g. the revision of the last change. */
  stamp(value: V): number
}

/**
 * An ordered map from strings to `V`: a B+tree with subtree weights and stamps whose copies are free.
 *
 * `fork()` copies the root pointer only. What keeps the two sides apart are edit tokens: each tree holds one,
 * each node carries the token of the tree that made it, and a tree edits a node in place only when the tokens
 * are the same object; any other node is copied first, with its path up to the root. A fork gives **both**
 * sides new tokens, so that from then on neither owns what they share.
 *
 * ```
 * const a = new CowTree<number>(measure)   // token A1
 * a.set('x', 1)                            // leaf L1(token A1): x=1
 * const b = a.fork()                       // a: token A2, b: token B1; both have root L1(A1)
 * b.set('x', 2)                            // L1's token is not B1: copy it to L2(B1), set there
 * a.get('x')                               // 1: L1 was left alone
 * b.set('y', 3)                            // L2's token is B1: edited in place
 * a.set('x', 9)                            // L1's token is not A2: copied to L3(A2), though none needs L1
 * ```
 *
 * Each level costs a copy at most once for each fork: O(log n) nodes for the first write, nothing when it is
 * repeated.
 */
export class CowTree<V> {
  readonly #measure: TreeMeasure<V>
  #root: TreeNode<V>
  #token: EditToken = {}
  /** The path of the last `seek`: nodes from the root down, and the slot taken in each. */
  readonly #path: TreeNode<V>[] = []
  readonly #slots: number[] = []
  #depth = 0

  constructor(measure: TreeMeasure<V>, root?: TreeNode<V>) {
    this.#measure = measure
    this.#root = root ?? {
      token: this.#token,
      keys: [],
      values: [],
      tags: [],
      children: undefined,
      weight: 0,
      stamp: 0,
    }
  }

  /** Returns an independent tree with the same contents, in O(1). */
  fork(): CowTree<V> {
    this.#token = {}
    return new CowTree(this.#measure, this.#root)
  }

  /** Sum of the weights of all entries. */
  get weight(): number {
    return this.#root.weight
  }

  get(key: string): V | undefined {
    let node = this.#root
    while (node.children !== undefined) node = node.children[childSlot(node.keys, key)]!
    const slot = leafSlot(node, key)
    return node.keys[slot] === key ? node.values[slot] : undefined
  }

  /**
   * Like `get`, but remembers the position for a following `put` of the same key, so that read-modify-write
   * descends once.
   */
  seek(key: string): V | undefined {
    let node = this.#root
    let depth = 0
    while (node.children !== undefined) {
      const slot = childSlot(node.keys, key)
      this.#path[depth] = node
      this.#slots[depth++] = slot
      node = node.children[slot]!
    }
    const slot = leafSlot(node, key)
    this.#path[depth] = node
    this.#slots[depth] = slot
    this.#depth = depth
    return node.keys[slot] === key ? node.values[slot] : undefined
  }

  set(key: string, value: V): void {
    this.seek(key)
    this.put(key, value)
  }

  /** Stores a value at the position of the last `seek(key)`. The tree must not have been used in between. */
  put(key: string, value: V): void {
    this.#ownPath()
    const leaf = this.#path[this.#depth]!
    const slot = this.#slots[this.#depth]!
    const found = leaf.keys[slot] === key
    const added = this.#measure.weight(value) - (found ? this.#measure.weight(leaf.values[slot]!) : 0)
    const stamp = this.#measure.stamp(value)
    if (found) {
      leaf.values[slot] = value
    } else {
      insertAt(leaf.keys, slot, key)
      insertAt(leaf.values, slot, value)
      insertAt(leaf.tags, slot, tagOf(key))
    }
    for (let depth = 0; depth <= this.#depth; depth++) {
      const node = this.#path[depth]!
      node.weight += added
      if (stamp > node.stamp) node.stamp = stamp
    }
    if (leaf.keys.length > FULL) this.#split()
  }

  /** Removes a key. Returns false if it was absent. */
  delete(key: string): boolean {
    const value = this.seek(key)
    if (value === undefined) return false
    this.#ownPath()
    const removed = this.#measure.weight(value)
    for (let depth = 0; depth <= this.#depth; depth++) this.#path[depth]!.weight -= removed
    const leaf = this.#path[this.#depth]!
    const slot = this.#slots[this.#depth]!
    leaf.keys.splice(slot, 1)
    leaf.values.splice(slot, 1)
    leaf.tags.splice(slot, 1)
    this.#shrink()
    return true
  }

  /** Returns the sum of the weights in `[start, end)`, in O(log n). */
  count(start: string, end: string): number {
    return start >= end ? 0 : this.#weightBelow(end) - this.#weightBelow(start)
  }

  /** Returns the `n`-th (from 0) entry at or after `start`, counting by weight, in O(log n). */
  nth(start: string, n: number): V | undefined {
    let rest = n + this.#weightBelow(start)
    if (n < 0 || rest >= this.#root.weight) return undefined
    let node = this.#root
    while (node.children !== undefined) {
      let slot = 0
      while (rest >= node.children[slot]!.weight) rest -= node.children[slot++]!.weight
      node = node.children[slot]!
    }
    return node.values.find((value) => (rest -= this.#measure.weight(value)) < 0)
  }

  /** Returns the first entry, in O(log n). */
  first(): V | undefined {
    let node = this.#root
    while (node.children !== undefined) node = node.children[0]!
    return node.values[0]
  }

  /** Visits the entries in `[start, end)` in ascending order until the callback returns false. */
  visit(start: string, end: string, each: (value: V) => boolean | void): void {
    if (start < end) visitNode(this.#root, start, end, -1, each)
  }

  /**
   * Like `visit`, but skips subtrees without a stamp greater than the given one; the visitor still has to
   * check each entry.
   */
  visitNewer(start: string, end: string, stamp: number, each: (value: V) => boolean | void): void {
    if (start < end) visitNode(this.#root, start, end, stamp, each)
  }

  #weightBelow(key: string): number {
    let node = this.#root
    let sum = 0
    while (node.children !== undefined) {
      const slot = childSlot(node.keys, key)
      for (let i = 0; i < slot; i++) sum += node.children[i]!.weight
      node = node.children[slot]!
    }
    const slot = lowerBound(node.keys, key)
    if (node.weight === node.keys.length) return sum + slot
    for (let i = 0; i < slot; i++) sum += this.#measure.weight(node.values[i]!)
    return sum
  }

  /** Makes every node on the remembered path editable in place. */
  #ownPath(): void {
    for (let depth = 0; depth <= this.#depth; depth++) {
      const node = this.#path[depth]!
      if (node.token === this.#token) continue
      const copy = {
        token: this.#token,
        keys: node.keys.slice(),
        values: node.values.slice(),
        tags: node.tags.slice(),
        children: node.children?.slice(),
        weight: node.weight,
        stamp: node.stamp,
      }
      this.#path[depth] = copy
      if (depth === 0) this.#root = copy
      else this.#path[depth - 1]!.children![this.#slots[depth - 1]!] = copy
    }
  }

  /** Splits the overfull leaf on the remembered path, and its parents as necessary. */
  #split(): void {
    for (let depth = this.#depth; this.#path[depth]!.keys.length > FULL; depth--) {
      const node = this.#path[depth]!
      // ascending inserts (names in order) leave full nodes behind instead of half-full ones
      const at = this.#slots[depth]! >= FULL - 1 ? FULL : FULL / 2
      const right: TreeNode<V> = {
        token: this.#token,
        keys: node.keys.splice(at),
        values: node.values.splice(at),
        tags: node.tags.splice(at),
        children: node.children?.splice(at),
        weight: 0,
        stamp: 0,
      }
      this.#remeasure(right)
      node.weight -= right.weight
      if (depth === 0) {
        this.#root = {
          token: this.#token,
          keys: [node.keys[0]!, right.keys[0]!],
          values: [],
          tags: [],
          children: [node, right],
          weight: node.weight + right.weight,
          stamp: Math.max(node.stamp, right.stamp),
        }
        return
      }
      const parent = this.#path[depth - 1]!
      insertAt(parent.keys, this.#slots[depth - 1]! + 1, right.keys[0]!)
      insertAt(parent.children!, this.#slots[depth - 1]! + 1, right)
    }
  }

  /**
   * Tidies up after a removal: drops empty nodes on the remembered path, merges sparse ones, and lowers the
   * root.
   */
  #shrink(): void {
    for (let depth = this.#depth; depth > 0; depth--) {
      const node = this.#path[depth]!
      const parent = this.#path[depth - 1]!
      const slot = this.#slots[depth - 1]!
      if (node.keys.length === 0) {
        parent.keys.splice(slot, 1)
        parent.children!.splice(slot, 1)
      } else if (node.keys.length < SPARSE) {
        this.#mergeWithNeighbour(parent, slot)
      }
    }
    while (this.#root.children?.length === 1) this.#root = this.#root.children[0]!
    if (this.#root.children?.length === 0) {
      this.#root = {
        token: this.#token,
        keys: [],
        values: [],
        tags: [],
        children: undefined,
        weight: 0,
        stamp: 0,
      }
    }
  }

  #mergeWithNeighbour(parent: TreeNode<V>, slot: number): void {
    const siblings = parent.children!
    const left = slot > 0 ? slot - 1 : slot
    const a = siblings[left]!
    const b = siblings[left + 1]
    if (b === undefined || a.keys.length + b.keys.length > FULL) return
    // a branch's own first key may be outdated (smaller keys go to its first child too); the parent's bound
    // for it is not
    const keys = b.children === undefined ? b.keys : [parent.keys[left + 1]!, ...b.keys.slice(1)]
    siblings[left] = {
      token: this.#token,
      keys: [...a.keys, ...keys],
      values: [...a.values, ...b.values],
      tags: [...a.tags, ...b.tags],
      children: a.children === undefined ? undefined : [...a.children, ...b.children!],
      weight: a.weight + b.weight,
      stamp: Math.max(a.stamp, b.stamp),
    }
    parent.keys.splice(left + 1, 1)
    siblings.splice(left + 1, 1)
  }

  #remeasure(node: TreeNode<V>): void {
    const { children, values } = node
    if (children === undefined) {
      for (const value of values) {
        node.weight += this.#measure.weight(value)
        node.stamp = Math.max(node.stamp, this.#measure.stamp(value))
      }
      return
    }
    for (const child of children) {
      node.weight += child.weight
      node.stamp = Math.max(node.stamp, child.stamp)
    }
  }
}
