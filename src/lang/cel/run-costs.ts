import { ListValue, MapValue, sizeOf, typeNameOf, type Value } from './values.js'

/** Cost of one character or byte that is read. Source: cel-go common/cost.go. */
export const TRAVERSAL = 0.1
/** Cost of one character of a pattern. */
export const PATTERN = 0.25
/** Cost of an authorization check: two are possible in an expression. */
export const CHECK_COST = 350_000

type CallCost = (args: readonly Value[], result: Value) => number

const read = (size: number, factor = TRAVERSAL): number => Math.ceil(size * factor)
const one: CallCost = () => 1
const readFirst: CallCost = ([first = null]) => read(sizeOf(first))
const readTwice: CallCost = ([first = null]) => read(sizeOf(first), 2 * TRAVERSAL)
const traverse: CallCost = ([first = null]) => traversal(first)

/** One is added to the text's size so that an empty text costs, too. */
const match: CallCost = ([text = null, pattern = null]) =>
  read(1 + sizeOf(text)) * read(sizeOf(pattern), PATTERN)

/** Cost of a selector's text: it is parsed into requirements. Source: library/cost.go. */
const selector: CallCost = ([, text = null]) => 10 + read(sizeOf(text)) + read(sizeOf(text), 0.5) * 50

/** The cost of a named format is that of its pattern. */
const validate: CallCost = ([format = null, text = null]) => {
  const { patternSize = 0 } = format as unknown as { readonly patternSize?: number }
  return read(1 + sizeOf(text)) * read(patternSize, PATTERN)
}

const smaller: CallCost = ([a = null, b = null]) => read(Math.min(sizeOf(a), sizeOf(b)))
const both: CallCost = ([a = null, b = null]) => read(sizeOf(a) + sizeOf(b))
const LIST_CREATED = 11

/** Lists that are compared with themselves: sorting, removing duplicates. Source: cel-go ext/lists.go. */
function selfCompared(list: Value | undefined): number {
  if (!(list instanceof ListValue) || list.size === 0) return LIST_CREATED
  const name = typeNameOf(list.at(0))
  const factor = name === 'string' || name === 'bytes' ? 2 + TRAVERSAL : 2
  return Math.trunc(list.size * list.size * factor) + LIST_CREATED
}

const created: CallCost = (_, result) => sizeOf(result) + LIST_CREATED

function costs(cost: CallCost, names: string): Readonly<Record<string, CallCost>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, cost]))
}

/** Costs by function. Source: apiserver pkg/cel/library/cost.go CallCost. */
const FUNCTIONS: Readonly<Record<string, CallCost>> = {
  check: () => CHECK_COST,
  ...costs(one, 'serviceAccount path group resource subresource namespace name allowed reason error errored'),
  ...costs(selector, 'fieldSelector labelSelector'),
  ...costs(traverse, 'isSorted sum max min indexOf lastIndexOf includes'),
  ...costs(readFirst, 'url lowerAscii upperAscii substring trim cidr isIP isCIDR'),
  ...costs(readFirst, 'quantity isQuantity semver isSemver'),
  ...costs(readTwice, 'replace split ip.isCanonical'),
  ...costs(match, 'find findAll'),
  join: (_, result) => read(sizeOf(result), 2 * TRAVERSAL),
  ...costs(one, 'masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast'),
  ...costs(one, 'isLinkLocalUnicast isGlobalUnicast format.named sign asInteger isInteger'),
  ...costs(one, 'asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch'),
  ...costs(one, 'getScheme getHostname getHost getPort getEscapedPath getQuery'),
  validate,
}

/** Costs by overload. Sources: cel-go interpreter/runtimecost.go costCall, ext/lists.go. */
const OVERLOADS: Readonly<Record<string, CallCost>> = {
  ...costs(readFirst, 'starts_with_string ends_with_string string_to_bytes bytes_to_string'),
  ...costs(readFirst, 'strings_quote string_format'),
  in_list: ([, list = null]) => sizeOf(list),
  ...costs(smaller, 'less_string greater_string less_equals_string greater_equals_string'),
  ...costs(smaller, 'less_bytes greater_bytes less_equals_bytes greater_equals_bytes _==_ _!=_'),
  ...costs(both, 'add_string add_bytes'),
  matches_string: match,
  contains_string: ([text = null, part = null]) => read(sizeOf(text)) * read(sizeOf(part)),
  ...costs(created, 'list_slice lists_range list_reverse'),
  list_flatten: ([list = null]) => sizeOf(list) + LIST_CREATED,
  list_flatten_int: ([list = null, depth = null]) => sizeOf(list) * Number(depth) + LIST_CREATED,
  list_distinct: ([list]) => selfCompared(list),
  ...costs(([list]) => selfCompared(list), 'list_sort list_sort_text'),
  ...costs(([, keys]) => selfCompared(keys), 'list_sort_by list_sort_by_text'),
  list_sets_contains: ([a = null, b = null]) => 1 + sizeOf(a) * sizeOf(b),
  list_sets_intersects: ([a = null, b = null]) => 1 + sizeOf(a) * sizeOf(b),
  list_sets_equivalent: ([a = null, b = null]) => 1 + 2 * sizeOf(a) * sizeOf(b),
}

const NETWORK = /^(?:net\.(?:IP|CIDR)|kubernetes\.(?:Quantity|URL|Semver|NamedFormat|authorization\.\w+))$/

/** Returns what a call has cost. `overload` is empty if more than one was possible. */
export function runCost(name: string, overload: string, args: readonly Value[], result: Value): number {
  if (overload.startsWith('list_') && Object.hasOwn(OVERLOADS, overload))
    return OVERLOADS[overload]?.(args, result) ?? 1
  if (name === 'ip') return overload === 'cidr_ip' ? 1 : readFirst(args, result)
  if (name === 'containsIP' || name === 'containsCIDR') return containsCost(name, overload, args)
  if (name === '_==_' && NETWORK.test(typeNameOf(args[0] ?? null))) return 1
  if (name === 'validate' && typeNameOf(args[0] ?? null) !== 'kubernetes.NamedFormat') return 1
  const cost = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : OVERLOADS[overload]
  return cost === undefined ? 1 : cost(args, result)
}

function containsCost(
  name: string,
  overload: string,
  [range = null, other = null]: readonly Value[],
): number {
  const size = sizeOf(range)
  const parsed = overload.endsWith('_string') ? read(sizeOf(other)) : 0
  return read(2 * size) + (name === 'containsCIDR' ? read(size) + 1 : 0) + parsed
}

/** Returns the cost of reading a value through. Source: library/cost.go traversalCost. */
function traversal(value: Value): number {
  if (typeof value === 'string') return Math.trunc(new TextEncoder().encode(value).length * TRAVERSAL)
  if (value instanceof Uint8Array) return Math.trunc(value.length * TRAVERSAL)
  if (value instanceof ListValue) return Array.from(value, traversal).reduce((sum, cost) => sum + cost, 0)
  if (value instanceof MapValue) {
    return value
      .keys()
      .reduce((sum: number, key) => sum + traversal(key) + traversal(value.find(key) ?? null), 0)
  }
  return 1
}
