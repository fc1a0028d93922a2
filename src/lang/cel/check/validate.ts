import { childrenOf, everyExpr, type Call, type Expr, type List, type MapExpr } from '../parse/ast.js'
import type { CheckedExpr } from './checker.js'
import {
  FormatFault,
  readFormat,
  wrongType,
  type FormatClause,
  type ClauseKind,
} from '../library/format-string.js'
import { call } from '../library/functions.js'
import type { Issue } from '../parse/issues.js'
import { compileGoRegExp, isFault } from '../../go/regexp.js'
import { DYN, isSameType, typeName, typeText, type CelType } from './types.js'
import { isError } from '../values.js'

/**
 * Returns the faults of a checked expression that types do not show: literals that do not parse, lists and
 * maps of mixed types, formats that cannot be filled. Source: cel-go cel/validator.go, ext/formatting.go.
 */
export function validateExpression(expr: Expr, checked: CheckedExpr): readonly Issue[] {
  const all = everyExpr(expr)
  // most of a long expression is none of these
  const calls: Call[] = []
  const containers: (List | MapExpr)[] = []
  for (const one of all) {
    if (one.kind === 'call' && CHECKED.has(one.name)) calls.push(one)
    else if (one.kind === 'list' || one.kind === 'map') containers.push(one)
  }
  const isIn = calls.some(({ name }) => name === 'format') ? within(all) : NOWHERE
  const free = containers.filter((one) => !isIn.has(one))
  const found: Issue[] = []
  for (const name of LITERALS)
    for (const one of calls) if (one.name === name) found.push(...badLiteral(one, checked))
  for (const one of free) if (one.kind === 'list') found.push(...mixedList(one, checked))
  for (const one of free) if (one.kind === 'map') found.push(...mixedMap(one, checked))
  for (const one of calls) found.push(...formatFaults(one, checked))
  return found
}

/** Functions whose literal arguments must parse, in upstream's order. */
const LITERALS = ['duration', 'timestamp', 'matches'] as const
const CHECKED = new Set<string>([...LITERALS, 'format'])
const NOWHERE: ReadonlySet<Expr> = new Set()

/** Returns those that are below calls of `format`, whose lists may be mixed. */
function within(all: readonly Expr[]): ReadonlySet<Expr> {
  const found = new Set<Expr>()
  // parents come first, so that each call marks its children, and they theirs
  for (const one of all)
    if ((one.kind === 'call' && one.name === 'format') || found.has(one))
      for (const below of childrenOf(one)) found.add(below)
  return found
}

function badLiteral(expr: Call, checked: CheckedExpr): readonly Issue[] {
  const [argument] = expr.args
  if (argument?.kind !== 'literal' || isValidLiteral(expr, argument, checked)) return []
  return [{ position: argument.position, text: `invalid ${expr.name} argument` }]
}

function isValidLiteral(
  expr: Call,
  { value }: Extract<Expr, { kind: 'literal' }>,
  { functions, overloads }: CheckedExpr,
): boolean {
  if (expr.name === 'matches') return typeof value !== 'string' || !isFault(compileGoRegExp(value))
  const called = functions.get(expr)
  return called === undefined || !isError(call(called, overloads.get(expr)?.[0], [value]))
}

const mismatch = ({ position }: Expr, wanted: CelType, found: CelType): Issue => ({
  position,
  text: `expected type '${typeText(wanted)}' but found '${typeText(found)}'`,
})

const itemType = (type: CelType, optional: boolean): CelType =>
  optional && type.kind === 'optional' ? type.item : type

function mixedList({ items }: List, { types }: CheckedExpr): readonly Issue[] {
  let first: CelType | undefined
  for (const { value, optional } of items) {
    const type = itemType(types.get(value) ?? DYN, optional)
    first ??= type
    if (!isSameType(first, type)) return [mismatch(value, first, type)]
  }
  return []
}

function mixedMap({ entries }: MapExpr, { types }: CheckedExpr): readonly Issue[] {
  const [first, ...others] = entries
  if (first === undefined) return []
  const keys = types.get(first.key) ?? DYN
  const values = itemType(types.get(first.value) ?? DYN, first.optional)
  return others.flatMap(({ key, value, optional }) => {
    const [keyType, valueType] = [types.get(key) ?? DYN, itemType(types.get(value) ?? DYN, optional)]
    return [
      ...(isSameType(keys, keyType) ? [] : [mismatch(key, keys, keyType)]),
      ...(isSameType(values, valueType) ? [] : [mismatch(value, values, valueType)]),
    ]
  })
}

function formatFaults(expr: Call, { types }: CheckedExpr): readonly Issue[] {
  const [list] = expr.args
  const { target } = expr
  const isFormat = expr.name === 'format' && expr.args.length === 1 && list?.kind === 'list'
  if (!isFormat || target?.kind !== 'literal' || typeof target.value !== 'string') return []
  let used = 0
  try {
    readFormat(target.value, {
      size: list.items.length,
      endsFirst: true,
      format: (clause, argument) => {
        used = argument + 1
        checkArgument(clause, (list.items[argument] as { value: Expr }).value, types)
        return ''
      },
    })
  } catch (error) {
    if (!(error instanceof FormatFault)) throw error
    const at = error.at as Expr | undefined
    return [{ position: (at ?? expr).position, text: error.message }]
  }
  if (list.items.length <= used) return []
  const text = `too many arguments supplied to string.format (expected ${used}, got ${list.items.length})`
  return [{ position: expr.position, text }]
}

const ALLOWED: Readonly<Record<Exclude<ClauseKind, 's'>, readonly CelType['kind'][]>> = {
  d: ['int', 'uint'],
  f: ['double', 'string'],
  e: ['double', 'string'],
  b: ['int', 'uint', 'bool'],
  x: ['int', 'uint', 'string', 'bytes'],
  X: ['int', 'uint', 'string', 'bytes'],
  o: ['int', 'uint'],
}
const SHOWN = new Set<CelType['kind']>([
  'list',
  'map',
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'timestamp',
  'bytes',
  'duration',
  'type',
  'null',
  'dyn',
])

/** Throws a FormatFault if the argument's type does not fit the clause. */
function checkArgument({ kind }: FormatClause, argument: Expr, types: CheckedExpr['types']): void {
  const type = types.get(argument) ?? DYN
  if (kind === 's') {
    const bad = unshown(argument, types)
    if (bad !== undefined) throw wrongType('s', typeName(types.get(bad) ?? DYN), bad)
  } else if (type.kind !== 'dyn' && !ALLOWED[kind].includes(type.kind))
    throw wrongType(kind, typeName(type), argument)
}

/** Returns what `%s` cannot show: the argument, or a member of a list or map that is written down. */
function unshown(expr: Expr, types: CheckedExpr['types']): Expr | undefined {
  if (!SHOWN.has((types.get(expr) ?? DYN).kind)) return expr
  const members =
    expr.kind === 'list'
      ? expr.items.map(({ value }) => value)
      : expr.kind === 'map'
        ? expr.entries.flatMap(({ key, value }) => [key, value])
        : []
  for (const member of members) {
    const bad = unshown(member, types)
    if (bad !== undefined) return bad
  }
  return undefined
}
