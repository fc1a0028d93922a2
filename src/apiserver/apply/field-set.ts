import { compareElements, elementText, parseElement } from './path-element.js'

/**
 * A set of paths in the JSON form of FieldsV1. Members are path elements; an empty node is a path in the set;
 * `.` marks a node that has members and whose own path is in the set, too. Sets are never changed, and frozen
 * once stored. Operations share subtrees and return an argument itself if it is the result, so that equal
 * results are mostly identical. Elements are in Go's order. Source: structured-merge-diff fieldpath/set.go.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet
}

/** A path in a set without paths below it. At the root: the empty set. */
export const LEAF: FieldSet = Object.freeze({})

/** The element that marks a path with others below it as a member. */
export const SELF = '.'

/** Whether the node has no members. At the root: whether the set is empty. */
export function isEmpty(set: FieldSet): boolean {
  for (const _ in set) return false
  return true
}

/** Whether the path of a node is itself in the set. */
export function isMember(node: FieldSet): boolean {
  return node[SELF] !== undefined || isEmpty(node)
}

/**
 * Returns a node of these children, sorted in Go's order. `member` says that its own path is in the set, too.
 * Returns undefined for no children and no member.
 */
export function nodeOf(children: [string, FieldSet][], member: boolean): FieldSet | undefined {
  if (children.length === 0) return member ? LEAF : undefined
  if (!isSorted(children)) children.sort(([a], [b]) => compareElements(a, b))
  const node: Record<string, FieldSet> = {}
  if (member) node[SELF] = LEAF
  for (let at = 0; at < children.length; at++) {
    const child = children[at] as [string, FieldSet]
    node[child[0]] = child[1]
  }
  return node
}

function isSorted(children: readonly [string, FieldSet][]): boolean {
  for (let at = 1; at < children.length; at++) {
    const before = children[at - 1] as [string, FieldSet]
    const after = children[at] as [string, FieldSet]
    if (compareElements(before[0], after[0]) > 0) return false
  }
  return true
}

/** Turns the result of an operation on nodes into a set. */
const rooted = (node: FieldSet | undefined): FieldSet => node ?? LEAF

/** Returns the paths of both sets. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  // the empty set looks like a leaf
  if (isEmpty(a)) return b
  if (isEmpty(b)) return a
  return unionNodes(a, b)
}

function unionNodes(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a
  const member = isMember(a) || isMember(b)
  let grows = member && !isMember(a)
  const children: [string, FieldSet][] = []
  for (const element in a) {
    if (element === SELF) continue
    const mine = a[element] as FieldSet
    const other = b[element]
    const both = other === undefined ? mine : unionNodes(mine, other)
    grows ||= both !== mine
    children.push([element, both])
  }
  for (const element in b) {
    if (element === SELF || a[element] !== undefined) continue
    grows = true
    children.push([element, b[element] as FieldSet])
  }
  return grows ? (nodeOf(children, member) as FieldSet) : a
}

/** Returns the paths of `a` that are not in `b`. Paths below a path of `b` stay. */
export function difference(a: FieldSet, b: FieldSet | undefined): FieldSet {
  return b === undefined || isEmpty(b) || isEmpty(a) ? a : rooted(differenceNodes(a, b, false))
}

function differenceNodes(a: FieldSet, b: FieldSet, atMember: boolean): FieldSet | undefined {
  const wasMember = atMember && isMember(a)
  const member = wasMember && !isMember(b)
  let shrinks = member !== wasMember
  const children: [string, FieldSet][] = []
  for (const element in a) {
    if (element === SELF) continue
    const mine = a[element] as FieldSet
    const other = b[element]
    const rest = other === undefined ? mine : differenceNodes(mine, other, true)
    shrinks ||= rest !== mine
    if (rest !== undefined) children.push([element, rest])
  }
  return shrinks ? nodeOf(children, member) : a
}

/** Returns the paths of `a` that are neither in `b` nor below a path of `b`. */
export function recursiveDifference(a: FieldSet, b: FieldSet | undefined): FieldSet {
  return b === undefined || isEmpty(b) || isEmpty(a) ? a : rooted(recursiveDifferenceNodes(a, b, false))
}

function recursiveDifferenceNodes(a: FieldSet, b: FieldSet, member: boolean): FieldSet | undefined {
  let shrinks = false
  const children: [string, FieldSet][] = []
  for (const element in a) {
    if (element === SELF) continue
    const mine = a[element] as FieldSet
    const other = b[element]
    const rest =
      other === undefined
        ? mine
        : isMember(other)
          ? undefined
          : recursiveDifferenceNodes(mine, other, isMember(mine))
    shrinks ||= rest !== mine
    if (rest !== undefined) children.push([element, rest])
  }
  return shrinks ? nodeOf(children, member) : a
}

/** Returns the paths that are in both sets. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return isEmpty(a) || isEmpty(b) ? LEAF : rooted(intersectionNodes(a, b, false))
}

function intersectionNodes(a: FieldSet, b: FieldSet, atMember: boolean): FieldSet | undefined {
  if (a === b) return a
  const children: [string, FieldSet][] = []
  for (const element in a) {
    const other = b[element]
    if (element === SELF || other === undefined) continue
    const both = intersectionNodes(a[element] as FieldSet, other, true)
    if (both !== undefined) children.push([element, both])
  }
  return nodeOf(children, atMember && isMember(a) && isMember(b))
}

/** Whether a path, given by its elements, is in the set. */
export function hasPath(set: FieldSet, path: readonly string[]): boolean {
  let node: FieldSet | undefined = set
  for (const element of path) node = node?.[element]
  return path.length > 0 && node !== undefined && isMember(node)
}

/** Returns the set of one path. */
export function singlePath(path: readonly string[]): FieldSet {
  return path.reduceRight<FieldSet>((child, element) => ({ [element]: child }), LEAF)
}

/**
 * Returns the paths of a set as error texts write them (`.spec.ports[name="a"]`), in upstream's order: at
 * each level first the members, then what is below. Source: structured-merge-diff fieldpath/set.go Iterate.
 */
export function pathTexts(set: FieldSet, prefix = ''): readonly string[] {
  const elements = Object.keys(set).filter((element) => element !== SELF)
  const textOf = (element: string): string => prefix + elementText(element)
  const members = elements.filter((element) => isMember(set[element] as FieldSet))
  return [
    ...members.map(textOf),
    ...elements.flatMap((element) => pathTexts(set[element] as FieldSet, textOf(element))),
  ]
}

/** Deepest nesting of a set that a client may send. */
const MOST_DEPTH = 200

/**
 * Parses FieldsV1 that a client sent into canonical elements in canonical order, without unknown kinds of
 * elements. Throws SyntaxError if it is malformed.
 */
export function parseFieldSet(json: unknown): FieldSet {
  return rooted(parseNode(json, false, 0))
}

function parseNode(json: unknown, atMember: boolean, depth: number): FieldSet | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new SyntaxError('expected an object')
  if (depth > MOST_DEPTH) throw new SyntaxError('too deep')
  const children: [string, FieldSet][] = []
  let member = false
  for (const [text, value] of Object.entries(json as Readonly<Record<string, unknown>>)) {
    if (text === SELF) {
      member = true
      continue
    }
    const element = parseElement(text)
    if (element === undefined) continue
    const child = parseNode(value, true, depth + 1)
    if (child !== undefined) children.push([element, child])
  }
  return nodeOf(children, atMember && (member || children.length === 0))
}
