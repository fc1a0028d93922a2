import { difference, isMember, LEAF, nodeOf, SELF, type FieldSet } from './field-set.js'
import { groupItems } from './list-items.js'
import { fieldElement } from './path-element.js'
import type { MapShape, Shape } from './shape.js'
import { shapeFor } from './shape.js'

type Json = Readonly<Record<string, unknown>>

/** Paths that nobody owns. Source: apimachinery managedfields/internal/stripmeta.go. */
export const UNOWNED_FIELDS: FieldSet = {
  'f:apiVersion': LEAF,
  'f:kind': LEAF,
  'f:metadata': {
    [SELF]: LEAF,
    'f:name': LEAF,
    'f:namespace': LEAF,
    'f:creationTimestamp': LEAF,
    'f:selfLink': LEAF,
    'f:uid': LEAF,
    'f:clusterName': LEAF,
    'f:generation': LEAF,
    'f:managedFields': LEAF,
    'f:resourceVersion': LEAF,
  },
}

/**
 * The paths that an applied configuration names: leaves, items of lists and keys of maps; of structs only
 * empty ones. Source: structured-merge-diff typed/tofieldset.go.
 */
export function appliedFields(shape: MapShape, value: object): FieldSet {
  return nodeOf(childrenOf(shape, value), false) ?? LEAF
}

/** Those of them that can be owned. */
export function ownedFields(set: FieldSet): FieldSet {
  return difference(set, UNOWNED_FIELDS)
}

function pathsOf(shape: Shape, value: unknown, always: boolean): FieldSet | undefined {
  const own = shapeFor(shape, value)
  const isLeaf = own.kind === 'scalar' || (own.kind === 'list' ? own.type === 'atomic' : own.atomic)
  if (isLeaf) return LEAF
  return nodeOf(childrenOf(own, value), always)
}

function childrenOf(shape: Shape, value: unknown): [string, FieldSet][] {
  const children: [string, FieldSet][] = []
  if (shape.kind === 'list' && Array.isArray(value)) {
    for (const [element, items] of groupItems(shape, value)) {
      const node = items.length > 1 ? LEAF : pathsOf(shape.items, items[0], true)
      if (node !== undefined) children.push([element, node])
    }
  } else if (shape.kind === 'map' && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [name, child] of Object.entries(value as Json)) {
      const member = shape.member(name)
      const inner = member?.shape ?? shape.others
      if (inner === undefined || child === undefined) continue
      const isVoid =
        child === null ||
        (typeof child === 'object' && !Array.isArray(child) && Object.keys(child).length === 0)
      const node = pathsOf(inner, child, isVoid || member === undefined)
      if (node !== undefined) children.push([member?.element ?? fieldElement(name), node])
    }
  }
  return children
}

/**
 * The set with all declared fields on the way to its paths, so that removing them removes structs that
 * nothing is left of. Source: structured-merge-diff fieldpath/set.go EnsureNamedFieldsAreMembers.
 */
export function withNamedFields(set: FieldSet, shape: Shape): FieldSet {
  return nodeOf(namedChildren(set, shape), false) ?? LEAF
}

function namedChildren(node: FieldSet, shape: Shape | undefined): [string, FieldSet][] {
  return Object.keys(node)
    .filter((element) => element !== SELF)
    .map((element) => {
      const child = node[element] as FieldSet
      const map = shape?.kind === 'any' ? shapeFor(shape, {}) : shape
      const member =
        element.startsWith('f:') && map?.kind === 'map' ? map.member(element.slice(2)) : undefined
      const inner =
        member?.shape ?? (map?.kind === 'map' ? map.others : map?.kind === 'list' ? map.items : undefined)
      return [element, nodeOf(namedChildren(child, inner), member !== undefined || isMember(child)) ?? LEAF]
    })
}
