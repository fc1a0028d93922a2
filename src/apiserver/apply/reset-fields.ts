import type { KindDefinition } from '../../api/definition.js'
import type { FieldFilter } from './compare.js'
import { LEAF, nodeOf, SELF, singlePath, union, type FieldSet } from './field-set.js'
import { fieldElement } from './path-element.js'

const NONE: FieldFilter = {}

/**
 * Endpoints that write some paths only; `*` stands for any item. Source: pkg/registry/core/pod/strategy.go
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
 * What a write through an endpoint of a kind does not change, so that its writer does not come to own it: the
 * status on the main endpoint, the spec on `/status`, and what the kind's strategy names. `''` is the main
 * endpoint.
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

/** The paths at and below those of the patterns. */
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
