import type { Call, Expr } from '../parse/ast.js'
import { around, exactly, MOST, ONE, product, scaled, sum, UNKNOWN, type Range } from './ranges.js'
import { CHECK_COST, PATTERN, TRAVERSAL } from '../run-costs.js'
import { fullTypeText, isSameType, parametersOf, type CelType } from './types.js'

/** An argument, as costs see it. */
export interface EstimatedNode {
  /** Absent for the items of a list. */
  readonly expr?: Expr
  readonly type: CelType
  /** Where the value is in a variable's declared type; empty if it is nowhere. */
  readonly path: readonly string[]
  /** The size, if it is known from the expression or the declared type. */
  readonly size: Range | undefined
}

/** Sizes of an expression's parts. */
export interface Estimator {
  declaredSize(path: readonly string[]): Range | undefined
  membersOf(expr: Expr): MemberSizes | undefined
  setMembers(expr: Expr, members: MemberSizes | undefined): void
}

/** Sizes of the members of a list or map. */
export interface MemberSizes {
  readonly container: 'list' | 'map'
  readonly key: Range
  readonly value: Range
}

/** A call whose cost is estimated, for one of its overloads. */
export interface EstimatedCall {
  readonly expr: Call
  readonly name: string
  readonly overload: string
  readonly target: EstimatedNode | undefined
  readonly args: readonly EstimatedNode[]
  readonly argCosts: readonly Range[]
}

/** The cost of a call, and the size of its result if that has one. */
export interface CallEstimate {
  readonly cost: Range
  readonly size?: Range | undefined
}

type Rule = (call: EstimatedCall, estimator: Estimator) => CallEstimate | undefined

/**
 * Returns the cost of a call with its arguments. Sources: apiserver pkg/cel/library/cost.go EstimateCallCost,
 * cel-go checker/cost.go functionCost, ext/lists.go, ext/sets.go.
 */
export function callEstimate(estimator: Estimator, call: EstimatedCall): CallEstimate {
  const rule = ruleOf(call)
  const found = rule?.(call, estimator)
  if (found !== undefined) return { ...found, cost: sum(found.cost, ...call.argCosts) }
  return builtIn(call, estimator) ?? { cost: sum(ONE, ...call.argCosts) }
}

function ruleOf({ name, overload }: EstimatedCall): Rule | undefined {
  if (Object.hasOwn(OVERLOADS, overload)) return OVERLOADS[overload]
  return Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
}

/** Returns the size of an argument, as far as it is known. */
function sizeOf(node: EstimatedNode, estimator: Estimator): Range {
  return node.size ?? estimator.declaredSize(node.path) ?? UNKNOWN
}

const read = (size: Range, factor = TRAVERSAL): Range => scaled(size, factor)
const nominal: Rule = () => ({ cost: ONE })

const readArgument =
  (factor = TRAVERSAL, keepsSize = false): Rule =>
  ({ args: [first] }, estimator) => {
    if (first === undefined) return undefined
    const size = sizeOf(first, estimator)
    return { cost: read(size, factor), size: keepsSize ? size : undefined }
  }

const readTarget: Rule = ({ target }, estimator) => {
  if (target === undefined) return undefined
  const size = sizeOf(target, estimator)
  return { cost: read(size), size }
}

function itemOf({ type, path }: EstimatedNode): EstimatedNode | undefined {
  const [item] = parametersOf(type)
  if (item === undefined) return undefined
  return { type: item, path: path.length === 0 ? [] : [...path, '@items'], size: undefined }
}

/** Members are compared one by one; of texts each character counts. */
const compareItems: Rule = ({ name, target }, estimator) => {
  if (target === undefined) return undefined
  const size = sizeOf(target, estimator)
  const item = itemOf(target)
  if (item === undefined) return { cost: name === 'includes' ? product(size, ONE) : read(size) }
  const isText = item.type.kind === 'string' || item.type.kind === 'bytes'
  return { cost: product(size, isText ? sum(ONE, read(sizeOf(item, estimator))) : ONE) }
}

const ceilDivide = (a: bigint, b: bigint): bigint => BigInt(Math.ceil(Number(a) / Number(b)))

/** Source: library/cost.go, case "replace". */
const replaceRule: Rule = ({ target, args }, estimator) => {
  const [from, to] = args
  if (target === undefined || from === undefined || to === undefined) return undefined
  const size = sizeOf(target, estimator)
  const [old, fresh] = [sizeOf(from, estimator), sizeOf(to, estimator)]
  const more = (length: bigint): bigint => (length < MOST ? length + 1n : length)
  let [most, kept] = [0n, 0n]
  if (old.min === 0n) [most, kept] = [more(size.max), size.max]
  else if (fresh.max <= old.min) kept = size.max
  else most = ceilDivide(size.max, old.min)
  let [least, keptLeast] = [0n, 0n]
  if (old.max === 0n) [least, keptLeast] = [more(size.min), size.min]
  else if (old.max <= fresh.min) keptLeast = size.min
  else least = ceilDivide(size.min, old.max)
  const result = sum(product({ min: least, max: most }, fresh), { min: keptLeast, max: kept })
  return { cost: read(size, 2 * TRAVERSAL), size: result }
}

const split: Rule = ({ target, args }, estimator) => {
  if (target === undefined) return undefined
  const size = sizeOf(target, estimator)
  const limit = args[1]?.expr
  const isKnown = limit?.kind === 'literal' && typeof limit.value === 'bigint'
  const max = isKnown ? BigInt.asUintN(64, limit.value as bigint) : size.max
  return { cost: read(size, 2 * TRAVERSAL), size: { min: 0n, max } }
}

const join: Rule = ({ target, args }, estimator) => {
  if (target === undefined) return undefined
  const count = sizeOf(target, estimator)
  const item = itemOf(target)
  let size = item === undefined ? exactly(0) : product(count, sizeOf(item, estimator))
  if (args[0] !== undefined) {
    const gaps = { min: count.min > 0n ? count.min - 1n : 0n, max: count.max > 0n ? count.max - 1n : 0n }
    size = sum(size, product(sizeOf(args[0], estimator), gaps))
  }
  return { cost: read(size), size }
}

/** One is added to the text's size so that an empty text costs, too. */
const matchCost = (text: Range, pattern: Range): Range =>
  product(read(sum(text, ONE)), read(pattern, PATTERN))

const find: Rule = ({ target, args: [pattern] }, estimator) => {
  if (target === undefined || pattern === undefined) return undefined
  const size = sizeOf(target, estimator)
  return { cost: matchCost(size, sizeOf(pattern, estimator)), size: { min: 0n, max: size.max } }
}

/** Addresses have 4 or 16 bytes. */
const ADDRESS: Range = { min: 4n, max: 16n }

const contains: Rule = ({ name, overload, args: [other] }, estimator) => {
  if (other === undefined) return undefined
  let cost = read(sum(ADDRESS, ADDRESS))
  if (name === 'containsCIDR') cost = sum(cost, read(ADDRESS), ONE)
  if (overload.endsWith('_string')) cost = sum(cost, read(sizeOf(other, estimator)))
  return { cost }
}

const LONGEST_PATTERN = 128

const validate: Rule = ({ args: [text] }, estimator) =>
  text === undefined ? undefined : { cost: scaled(read(sizeOf(text, estimator)), LONGEST_PATTERN * PATTERN) }

const selector: Rule = ({ args: [text] }, estimator) => {
  if (text === undefined) return undefined
  const size = sizeOf(text, estimator)
  return { cost: sum(exactly(10), read(size), scaled(scaled(size, 0.5), 50)) }
}

const FORMAT_SIZE = 64

/** Equality of the libraries' types. Undefined for others. */
const equalityRule: Rule = ({ args: [left, right] }) => {
  if (left === undefined || right === undefined) return undefined
  if (left.type.kind !== 'opaque' && left.type.kind !== 'object') return undefined
  if (!isSameType(left.type, right.type)) return undefined
  const name = fullTypeText(left.type)
  if (name === 'kubernetes.NamedFormat') return { cost: read({ min: 1n, max: BigInt(FORMAT_SIZE) }) }
  if (name === 'kubernetes.URL') {
    const max = right.size?.max ?? 1n
    return { cost: read({ min: 1n, max }) }
  }
  const isNominal = /^(?:net\.|kubernetes\.(?:Quantity|Semver|authorization\.))/.test(name)
  return isNominal ? { cost: ONE } : undefined
}

function rules(rule: Rule, names: string): Readonly<Record<string, Rule>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, rule]))
}

const FUNCTIONS: Readonly<Record<string, Rule>> = {
  check: () => ({ cost: exactly(CHECK_COST) }),
  ...rules(
    nominal,
    'serviceAccount path group resource subresource namespace name allowed reason error errored',
  ),
  ...rules(selector, 'fieldSelector labelSelector'),
  ...rules(compareItems, 'isSorted sum max min indexOf lastIndexOf includes'),
  url: readArgument(TRAVERSAL, true),
  ...rules(readTarget, 'lowerAscii upperAscii substring trim'),
  replace: replaceRule,
  split,
  join,
  ...rules(find, 'find findAll'),
  ...rules(readArgument(), 'cidr isIP isCIDR quantity isQuantity semver isSemver'),
  ip: (call, estimator) => (call.overload === 'cidr_ip' ? { cost: ONE } : readArgument()(call, estimator)),
  'ip.isCanonical': readArgument(2 * TRAVERSAL),
  ...rules(nominal, 'masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast'),
  ...rules(nominal, 'isLinkLocalUnicast isGlobalUnicast format.named sign asInteger isInteger'),
  ...rules(nominal, 'asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch'),
  ...rules(nominal, 'getScheme getHostname getHost getPort getEscapedPath getQuery'),
  ...rules(contains, 'containsIP containsCIDR'),
  validate,
  '_==_': equalityRule,
}

const LIST_CREATED = exactly(11)

const listCall = (factor: number, size: Range): CallEstimate => ({
  cost: sum(scaled(size, factor), LIST_CREATED),
  size,
})

/** Returns an int that is written down. */
function literalInt(node: EstimatedNode | undefined, otherwise: bigint): bigint {
  const { expr } = node ?? {}
  if (expr?.kind !== 'literal' || typeof expr.value !== 'bigint') return otherwise
  return expr.value < 0n ? 0n : expr.value
}

const slice: Rule = ({ target, args: [start, end] }, estimator) => {
  if (target === undefined) return undefined
  const { max } = sizeOf(target, estimator)
  return listCall(1, exactly(BigInt.asUintN(64, literalInt(end, max) - literalInt(start, 0n))))
}

const flatten: Rule = ({ target, args: [depth] }, estimator) =>
  target === undefined
    ? undefined
    : listCall(depth === undefined ? 1 : Number(literalInt(depth, MOST)), sizeOf(target, estimator))

const selfCompared = (node: EstimatedNode, isText: boolean, estimator: Estimator): CallEstimate => {
  const size = sizeOf(node, estimator)
  return listCall(isText ? 2 + TRAVERSAL : 2, product(size, size))
}

const sorting = (suffix: string, isText: boolean): Readonly<Record<string, Rule>> => ({
  [`list_sort${suffix}`]: ({ target }, estimator) =>
    target === undefined ? undefined : selfCompared(target, isText, estimator),
  [`list_sort_by${suffix}`]: ({ args: [keys] }, estimator) =>
    keys === undefined ? undefined : selfCompared(keys, isText, estimator),
})

const sets =
  (factor: number): Rule =>
  ({ args: [a, b] }, estimator) =>
    a === undefined || b === undefined
      ? undefined
      : { cost: sum(scaled(product(sizeOf(a, estimator), sizeOf(b, estimator)), factor), ONE) }

const OVERLOADS: Readonly<Record<string, Rule>> = {
  list_slice: slice,
  list_flatten: flatten,
  list_flatten_int: flatten,
  lists_range: ({ args: [count] }) => listCall(1, exactly(literalInt(count, MOST))),
  list_reverse: ({ target }, estimator) =>
    target === undefined ? undefined : listCall(1, sizeOf(target, estimator)),
  list_distinct: ({ target }, estimator) =>
    target === undefined ? undefined : selfCompared(target, false, estimator),
  ...sorting('', false),
  ...sorting('_text', true),
  list_sets_contains: sets(1),
  list_sets_intersects: sets(1),
  list_sets_equivalent: sets(2),
}

/** CEL's own functions, whose sizes come from the expression only. Undefined if a call costs 1. */
function builtIn(call: EstimatedCall, estimator: Estimator): CallEstimate | undefined {
  const { expr, name, overload, target, args, argCosts } = call
  const [first, second] = args
  const sizes = args.map(({ size }) => size ?? UNKNOWN)
  const [size = UNKNOWN, other = UNKNOWN] = sizes
  const total = (cost: Range): Range => sum(cost, ...argCosts)
  switch (overload) {
    case 'string_format':
      return { cost: total(read(target?.size ?? UNKNOWN)) }
    case 'string_to_bytes':
      return { cost: total(read(size)), size: { min: size.min, max: BigInt.asUintN(64, size.max * 4n) } }
    case 'bytes_to_string':
      return { cost: total(read(size)), size: { min: size.min / 4n, max: size.max } }
    case 'strings_quote': {
      const max = BigInt.asUintN(64, size.max * 2n + 2n)
      return { cost: total(read(size)), size: { min: size.min + 2n, max } }
    }
    case 'starts_with_string':
    case 'ends_with_string':
      return { cost: total(read(size)) }
    case 'in_list':
      return { cost: total(read(other, 1)) }
    case 'matches_string':
      return target === undefined ? undefined : { cost: total(matchCost(target.size ?? UNKNOWN, size)) }
    case 'contains_string':
      return { cost: total(product(read(target?.size ?? UNKNOWN), read(size))) }
    case 'add_string':
    case 'add_bytes':
    case 'add_list':
      return first?.expr === undefined || second?.expr === undefined
        ? undefined
        : joined(call, [first.expr, second.expr], sum(size, other), estimator)
  }
  switch (name) {
    case '_||_':
    case '_&&_':
      return { cost: { min: argCosts[0]?.min ?? 0n, max: sum(...argCosts).max } }
    case '_?_:_':
      return conditional(expr, argCosts, [other, sizes[2] ?? UNKNOWN], estimator)
    case '_==_':
    case '_!=_':
      return { cost: total(comparison(size, other)) }
  }
  return /^(?:less|greater)(?:_equals)?_(?:string|bytes)$/.test(overload)
    ? { cost: total(comparison(size, other)) }
    : undefined
}

function comparison(a: Range, b: Range): Range {
  const max = a.max < b.max ? a.max : b.max
  return read({ min: max > 0n ? 1n : 0n, max })
}

function joined(
  { expr, overload, argCosts }: EstimatedCall,
  [left, right]: readonly [Expr, Expr],
  size: Range,
  estimator: Estimator,
): CallEstimate {
  estimator.setMembers(expr, joinedMembers(estimator.membersOf(left), estimator.membersOf(right)))
  return { cost: sum(overload === 'add_list' ? ONE : read(size), ...argCosts), size }
}

function joinedMembers(a: MemberSizes | undefined, b: MemberSizes | undefined): MemberSizes | undefined {
  if (a === undefined || b === undefined) return undefined
  return { container: a.container, key: around(a.key, b.key), value: around(a.value, b.value) }
}

function conditional(
  expr: Call,
  [condition = ONE, yes = ONE, no = ONE]: readonly Range[],
  [yesSize, noSize]: readonly [Range, Range],
  estimator: Estimator,
): CallEstimate {
  const [, left, right] = expr.args
  if (left !== undefined && right !== undefined)
    estimator.setMembers(expr, joinedMembers(estimator.membersOf(left), estimator.membersOf(right)))
  return { cost: sum(condition, around(yes, no)), size: around(yesSize, noSize) }
}
