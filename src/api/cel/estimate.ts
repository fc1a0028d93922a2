import type { DeclaredType } from '../apiextensions/schema/schema-types.js'
import {
  NodeMap,
  type Call,
  type Expr,
  type Fold,
  type List,
  type MapExpr,
  type Select,
} from '../../lang/cel/parse/ast.js'
import type { CheckedExpr } from '../../lang/cel/check/checker.js'
import type { CelProgram } from './compile.js'
import {
  callEstimate,
  type EstimatedNode,
  type Estimator,
  type MemberSizes,
} from '../../lang/cel/check/estimate-calls.js'
import { ACCUMULATOR } from '../../lang/cel/parse/macros.js'
import {
  around,
  exactly,
  MOST,
  NOTHING,
  ONE,
  product,
  sum,
  UNKNOWN,
  type Range,
} from '../../lang/cel/check/ranges.js'
import { DYN, type CelType } from '../../lang/cel/check/types.js'
import { sizeOf, type Value } from '../../lang/cel/values.js'

/** The declared types of variables, by name. */
export type Declared = ReadonlyMap<string, DeclaredType>

/**
 * Returns what a run of an expression costs at least and at most. Sizes are known from literals and from the
 * declared types of variables. Source: cel-go checker/cost.go.
 */
export function estimate({ expr, checked }: Pick<CelProgram, 'expr' | 'checked'>, declared: Declared): Range {
  return new Coster(checked, declared).cost(expr)
}

type Path = readonly string[]

interface Variable {
  readonly path: Path
  readonly size: Range | undefined
  readonly members: MemberSizes | undefined
}

const SCALARS = new Set<CelType['kind']>(['bool', 'double', 'duration', 'int', 'timestamp', 'uint'])
/** Types whose fields cost. */
const COUNTED = new Set<CelType['kind']>(['map', 'object', 'opaque', 'param'])
const NOWHERE: Path = []
const NONE_YET: Range = { min: MOST, max: 0n }

class Coster implements Estimator {
  readonly #checked: CheckedExpr
  readonly #declared: Declared
  readonly #paths = new NodeMap<Path>()
  readonly #sizes = new NodeMap<Range>()
  readonly #members = new NodeMap<MemberSizes>()
  readonly #variables = new Map<string, Variable[]>()

  constructor(checked: CheckedExpr, declared: Declared) {
    this.#checked = checked
    this.#declared = declared
  }

  cost(expr: Expr): Range {
    if (expr.kind === 'select' && this.#checked.named.get(expr) !== undefined) return ONE
    switch (expr.kind) {
      case 'literal':
        return NOTHING
      case 'ident':
        this.#paths.set(expr, this.#variable(expr.name)?.path ?? [expr.name])
        return ONE
      case 'select':
        return this.#select(expr)
      case 'call':
        return this.#call(expr)
      case 'list':
        return this.#list(expr)
      case 'map':
        return this.#map(expr)
      case 'struct':
        return exactly(40)
      case 'fold':
        return isBind(expr) ? this.#bind(expr) : this.#fold(expr)
    }
  }

  typeOf(expr: Expr): CelType {
    return this.#checked.types.get(expr) ?? DYN
  }

  #variable(name: string): Variable | undefined {
    return this.#variables.get(name)?.at(-1)
  }

  #push(name: string, variable: Variable): void {
    const known = this.#variables.get(name)
    if (known === undefined) this.#variables.set(name, [variable])
    else known.push(variable)
  }

  #pop(name: string): void {
    this.#variables.get(name)?.pop()
  }

  #pathOf(expr: Expr): Path {
    const variable = expr.kind === 'ident' ? this.#variable(expr.name) : undefined
    return variable?.path ?? this.#paths.get(expr) ?? NOWHERE
  }

  #select(expr: Select): Range {
    const { operand, field, isTest } = expr
    const cost = this.cost(operand)
    // has() itself is free
    if (isTest) return cost
    const { kind } = this.typeOf(operand)
    this.#paths.set(expr, [...this.#pathOf(operand), field])
    return COUNTED.has(kind) ? sum(cost, ONE) : cost
  }

  #call(expr: Call): Range {
    const { name, target, args } = expr
    if (name === 'dyn') return this.#dyn(expr, args[0] as Expr)
    const argCosts = args.map((arg) => this.cost(arg))
    const nodes = args.map((arg) => this.node(arg))
    const overloads = this.#checked.overloads.get(expr) ?? []
    if (overloads.length === 0) return NOTHING
    const isMember = target !== undefined && overloads.some(({ member }) => member)
    const receiverCost = isMember && target !== undefined ? this.cost(target) : NOTHING
    const receiver = isMember && target !== undefined ? this.node(target) : undefined
    let cost = NONE_YET
    let size: Range | undefined
    for (const { id, name: called } of overloads) {
      const one = callEstimate(this, {
        expr,
        name: called,
        overload: id,
        target: receiver,
        args: nodes,
        argCosts,
      })
      cost = around(cost, one.cost)
      if (one.size !== undefined) size = size === undefined ? one.size : around(size, one.size)
      if ((id === 'index_list' || id === 'index_map') && args[0] !== undefined) {
        size = this.membersOf(args[0])?.value
        this.#paths.set(expr, [...this.#pathOf(args[0]), id === 'index_list' ? '@items' : '@values'])
      }
      size ??= this.computedSize(expr)
    }
    if (size !== undefined) this.#sizes.set(expr, size)
    return sum(receiverCost, cost)
  }

  /** `dyn(x)` only switches type checks off. */
  #dyn(expr: Call, value: Expr): Range {
    const cost = sum(ONE, this.cost(value))
    this.#setSize(expr, this.computedSize(value))
    this.setMembers(expr, this.membersOf(value))
    return cost
  }

  node(expr: Expr): EstimatedNode {
    const path = this.#pathOf(expr)
    return {
      expr,
      type: this.typeOf(expr),
      path: path[0] === ACCUMULATOR ? [] : path,
      size: this.computedSize(expr),
    }
  }

  #list(expr: List): Range {
    let cost = NOTHING
    let value = expr.items.length === 0 ? NOTHING : NONE_YET
    for (const { value: item } of expr.items) {
      cost = sum(cost, this.cost(item))
      value = around(value, this.sizeOf(item))
    }
    this.#members.set(expr, { container: 'list', key: ONE, value })
    return sum(cost, exactly(10))
  }

  #map(expr: MapExpr): Range {
    let cost = NOTHING
    let [key, value] = expr.entries.length === 0 ? [NOTHING, NOTHING] : [NONE_YET, NONE_YET]
    for (const entry of expr.entries) {
      cost = sum(cost, this.cost(entry.key), this.cost(entry.value))
      key = around(key, this.sizeOf(entry.key))
      value = around(value, this.sizeOf(entry.value))
    }
    this.#members.set(expr, { container: 'map', key, value })
    return sum(cost, exactly(30))
  }

  #fold(expr: Fold): Range {
    const { range, initial, accumulator, variable, second, condition, step, result } = expr
    let cost = sum(this.cost(range), this.cost(initial))
    this.#pushBound(accumulator, initial)
    if (second === undefined) this.#pushMember(variable, range, this.#containerOf(range) === 'list')
    else {
      this.#pushMember(variable, range, false)
      this.#pushMember(second, range, true)
    }
    const loop = this.cost(condition)
    const each = this.cost(step)
    this.#pop(variable)
    if (second !== undefined) this.#pop(second)
    cost = sum(cost, this.cost(result))
    this.#pop(accumulator)
    const count = this.sizeOf(range)
    if (initial.kind === 'literal') this.#setSize(expr, this.computedSize(initial))
    else if (initial.kind === 'list' || initial.kind === 'map') {
      this.#setSize(expr, count)
      this.setMembers(expr, this.membersOf(step))
    }
    return sum(cost, product(count, sum(each, loop)))
  }

  #containerOf(range: Expr): string {
    return this.membersOf(range)?.container ?? this.typeOf(range).kind
  }

  #pushMember(name: string, range: Expr, isValue: boolean): void {
    const isList = this.#containerOf(range) === 'list'
    const step = isList ? (isValue ? '@items' : '@indices') : isValue ? '@values' : '@keys'
    const members = this.membersOf(range)
    const size = isValue ? members?.value : members?.key
    this.#push(name, { path: [...this.#pathOf(range), step], size, members: undefined })
  }

  #pushBound(name: string, value: Expr): void {
    this.#push(name, {
      path: this.#pathOf(value),
      size: this.computedSize(value),
      members: this.membersOf(value),
    })
  }

  #bind(expr: Fold): Range {
    const cost = sum(this.cost(expr.range), this.cost(expr.initial))
    this.#pushBound(expr.accumulator, expr.initial)
    const result = this.cost(expr.result)
    this.#pop(expr.accumulator)
    this.#setSize(expr, this.computedSize(expr.result))
    this.setMembers(expr, this.membersOf(expr.result))
    return sum(cost, result)
  }

  #setSize(expr: Expr, size: Range | undefined): void {
    if (size !== undefined) this.#sizes.set(expr, size)
  }

  setMembers(expr: Expr, members: MemberSizes | undefined): void {
    if (members !== undefined) this.#members.set(expr, members)
  }

  membersOf(expr: Expr): MemberSizes | undefined {
    return this.#members.get(expr) ?? (expr.kind === 'ident' ? this.#variable(expr.name)?.members : undefined)
  }

  sizeOf(expr: Expr): Range {
    return this.computedSize(expr) ?? UNKNOWN
  }

  computedSize(expr: Expr): Range | undefined {
    const known = this.#sizes.get(expr) ?? literalSize(expr)
    if (known !== undefined) return known
    const declared = this.declaredSize(this.#pathOf(expr))
    if (declared !== undefined) {
      this.#sizes.set(expr, declared)
      return declared
    }
    if (isScalar(this.typeOf(expr))) return ONE
    return expr.kind === 'ident' ? this.#variable(expr.name)?.size : undefined
  }

  /** Source: apiextensions pkg/apiserver/schema/cel/compilation.go sizeEstimator. */
  declaredSize(path: Path): Range | undefined {
    if (path.length === 0 || this.#declared.size === 0) return undefined
    const [name = '', ...steps] = path
    // upstream follows every variable's path from the type of self
    let at: DeclaredType | undefined = this.#declared.get(name) ?? [...this.#declared.values()][0]
    for (const step of steps) {
      if (step === '@items' || step === '@values') at = at?.element
      else if (step === '@keys') at = at?.key
      else at = at?.fields?.get(step)
      if (at === undefined) return undefined
    }
    return at === undefined ? undefined : { min: 0n, max: BigInt(at.maxElements) }
  }
}

function isScalar(type: CelType): boolean {
  return SCALARS.has(type.kind) || (type.kind === 'optional' && isScalar(type.item))
}

function isBind({ range, condition, accumulator }: Fold): boolean {
  return (
    range.kind === 'list' &&
    range.items.length === 0 &&
    condition.kind === 'literal' &&
    condition.value === false &&
    accumulator !== '__result__'
  )
}

function literalSize(expr: Expr): Range | undefined {
  if (expr.kind === 'list') return exactly(expr.items.length)
  if (expr.kind === 'map') return exactly(expr.entries.length)
  return expr.kind === 'literal' ? exactly(sizeOf(expr.value as Value)) : undefined
}
