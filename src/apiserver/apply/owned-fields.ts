import { difference, isMember, LEAF, nodeOf, SELF, type FieldSet, singlePath, union } from './field-set.js'
import { groupItems, type MapShape, type Shape, shapeFor } from './shape.js'
import { fieldElement } from './path-element.js'
import type { KindDefinition } from '../../api/kind/definition.js'
import { UNOWNED_METADATA, type FieldFilter } from './compare.js'
import type { JsonMap } from '../../lang/json/maps.js'

/** Paths that no manager owns. Source: apimachinery managedfields/internal/stripmeta.go. */
const UNOWNED_FIELDS: FieldSet = {
  'f:apiVersion': LEAF,
  'f:kind': LEAF,
  'f:metadata': {
    [SELF]: LEAF,
    ...Object.fromEntries([...UNOWNED_METADATA].map((name) => [fieldElement(name), LEAF])),
  },
}

/**
 * Returns the paths that an applied configuration names: leaves, items of lists, keys of maps and empty
 * structs. Source: structured-merge-diff typed/tofieldset.go.
 */
export function appliedFields(shape: MapShape, value: object): FieldSet {
  return nodeOf(childrenOf(shape, value), false) ?? LEAF
}

/** Returns the paths of the set that a manager can own. */
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
    for (const [name, child] of Object.entries(value as JsonMap)) {
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
 * Returns the set with all declared fields on the way to its paths, so that removing the set also removes the
 * structs that become empty. Source: structured-merge-diff fieldpath/set.go EnsureNamedFieldsAreMembers.
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

const NONE: FieldFilter = {}

/**
 * Endpoints that write only some paths; `*` is any item. Source: pkg/registry/core/pod/strategy.go
 * GetResetFieldsFilter.
 */
const INCLUDED: Readonly<Record<string, readonly (readonly string[])[]>> = {
  ephemeralcontainers: [['spec', 'ephemeralContainers']],
  resize: [
    ['spec', 'containers', '*', 'resources'],
    ['spec', 'containers', '*', 'resizePolicy'],
    ['spec', 'initContainers', '*', 'resources'],
    ['spec', 'initContainers', '*', 'resizePolicy'],
  ],
}

const filters = new WeakMap<KindDefinition, Map<string, FieldFilter>>()

/**
 * Returns the filter of a kind's endpoint (`''` is the main one): which fields a write through it cannot
 * change, so that its writer does not own them. By default that is the status on the main endpoint and the
 * spec on `/status`; a kind's strategy may name others.
 */
export function fieldFilter(definition: KindDefinition, subresource: string): FieldFilter {
  let known = filters.get(definition)
  if (known === undefined) filters.set(definition, (known = new Map()))
  let filter = known.get(subresource)
  if (filter === undefined) known.set(subresource, (filter = makeFilter(definition, subresource)))
  return filter
}

function makeFilter({ strategy, subresources }: KindDefinition, subresource: string): FieldFilter {
  const patterns = INCLUDED[subresource]
  if (patterns !== undefined) return { included: (set) => includedIn(set, patterns) ?? LEAF }
  const paths =
    strategy.resetFields?.[subresource] ??
    usual(
      subresource,
      subresources.some(({ name }) => name === 'status'),
    )
  if (paths.length === 0) return NONE
  return { excluded: paths.map((path) => singlePath(path.map(fieldElement))).reduce(union) }
}

function usual(subresource: string, hasStatus: boolean): readonly (readonly string[])[] {
  if (subresource === '') return hasStatus ? [['status']] : []
  return subresource === 'status' ? [['spec']] : []
}

/** Returns the paths at and below those of the patterns. */
function includedIn(node: FieldSet, patterns: readonly (readonly string[])[]): FieldSet | undefined {
  if (patterns.some(({ length }) => length === 0)) return node
  const children: [string, FieldSet][] = []
  for (const element in node) {
    if (element === SELF) continue
    const rest = patterns
      .filter(([first]) => first === '*' || `f:${first as string}` === element)
      .map((path) => path.slice(1))
    const child = rest.length === 0 ? undefined : includedIn(node[element] as FieldSet, rest)
    if (child !== undefined) children.push([element, child])
  }
  return nodeOf(children, false)
}
