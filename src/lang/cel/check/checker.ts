import {
  NodeMap,
  type Call,
  type Expr,
  type Fold,
  type List,
  type MapExpr,
  type Select,
  type Struct,
} from '../parse/ast.js'
import type { CelFunction, Functions, Overload } from '../library/functions.js'
import type { Issue } from '../parse/issues.js'
import { RESERVED_WORDS } from '../parse/names.js'
import {
  BOOL,
  DYN,
  ERROR,
  INT,
  isGround,
  isSameType,
  listOf,
  mapOf,
  typeText,
  type CelType,
} from './types.js'
import { Bindings, mostGeneral, substitute } from './unify.js'
import { typeNameOf, type Value } from '../values.js'

/** Variables of an expression, by name. */
export type CelVariables = ReadonlyMap<string, CelType>

/** What the checker found of the nodes of an expression. */
export interface CheckedExpr {
  readonly type: CelType
  readonly issues: readonly Issue[]
  /** The variables that it uses. */
  readonly used: ReadonlySet<string>
  readonly types: Found<CelType>
  /** The overloads that a call may run. */
  readonly overloads: Found<readonly Overload[]>
  /** Functions of calls, whose qualified names (`ip.isCanonical`) are resolved. */
  readonly functions: Found<CelFunction>
  /** The types that names like `int` stand for. */
  readonly named: Found<CelType>
}

type Found<T> = Pick<NodeMap<T>, 'get'>

/** Names of types that are values of expressions. */
export const TYPE_NAMES: Readonly<Record<string, CelType>> = {
  bool: BOOL,
  bytes: { kind: 'bytes' },
  double: { kind: 'double' },
  'google.protobuf.Duration': { kind: 'duration' },
  'google.protobuf.Timestamp': { kind: 'timestamp' },
  int: INT,
  list: listOf({ kind: 'param', name: 'A' }),
  map: mapOf({ kind: 'param', name: 'A' }, { kind: 'param', name: 'B' }),
  null_type: { kind: 'null' },
  optional_type: { kind: 'optional', item: { kind: 'param', name: 'V' } },
  string: { kind: 'string' },
  type: { kind: 'type', item: DYN },
  uint: { kind: 'uint' },
}

/** Checks an expression against its variables and functions. Source: cel-go checker/checker.go. */
export function checkExpression(expr: Expr, variables: CelVariables, functions: Functions): CheckedExpr {
  const checker = new Checker(functions)
  checker.check(expr, { names: variables, isTop: true })
  return checker.result(expr)
}

/** The variables in scope; those of comprehensions hide others. */
interface NameScope {
  readonly names: ReadonlyMap<string, CelType>
  readonly isTop: boolean
  readonly above?: NameScope
}

class Checker {
  readonly #functions: Functions
  readonly #issues: Issue[] = []
  readonly #used = new Set<string>()
  readonly #types = new NodeMap<CelType>()
  readonly #overloads = new NodeMap<readonly Overload[]>()
  readonly #resolved = new NodeMap<CelFunction>()
  readonly #named = new NodeMap<CelType>()
  readonly #bindings = new Bindings()
  #variables = 0

  constructor(functions: Functions) {
    this.#functions = functions
  }

  result(expr: Expr): CheckedExpr {
    const types: Found<CelType> = {
      get: (node) => {
        const type = this.#types.get(node)
        return type === undefined ? undefined : this.#substituted(type, true)
      },
    }
    return {
      type: types.get(expr) ?? ERROR,
      issues: this.#issues,
      used: this.#used,
      types,
      overloads: this.#overloads,
      functions: this.#resolved,
      named: this.#named,
    }
  }

  check(expr: Expr, scope: NameScope): CelType {
    const type = this.#typeOf(expr, scope)
    this.#types.set(expr, type)
    return type
  }

  #typeOf(expr: Expr, scope: NameScope): CelType {
    switch (expr.kind) {
      case 'literal':
        return literalType(expr.value)
      case 'ident':
        return this.#lookup(expr, expr.name, scope) ?? this.#undeclared(expr, expr.name)
      case 'select':
        return this.#select(expr, scope)
      case 'call':
        return this.#call(expr, scope)
      case 'list':
        return this.#list(expr, scope)
      case 'map':
        return this.#map(expr, scope)
      case 'struct':
        return this.#struct(expr, scope)
      case 'fold':
        return this.#fold(expr, scope)
    }
  }

  #report({ position }: Expr, text: string): CelType {
    this.#issues.push({ position, text })
    return ERROR
  }

  #undeclared(expr: Expr, name: string): CelType {
    return this.#report(expr, `undeclared reference to '${name}' (in container '')`)
  }

  #mismatch(expr: Expr, wanted: CelType, found: CelType): CelType {
    return this.#report(expr, `expected type '${typeText(wanted)}' but found '${typeText(found)}'`)
  }

  #substituted(type: CelType, whole = false): CelType {
    return substitute(this.#bindings, type, whole)
  }

  #isAssignable(wanted: CelType, actual: CelType): boolean {
    return this.#bindings.assign([wanted], [actual])
  }

  #newVariable(): CelType {
    return { kind: 'param', name: `_var${this.#variables++}` }
  }

  #lookup(expr: Expr, name: string, scope: NameScope): CelType | undefined {
    const plain = name.startsWith('.') ? name.slice(1) : name
    for (let at: NameScope | undefined = scope; at !== undefined; at = at.above) {
      const type = at.names.get(plain)
      if (type === undefined) continue
      if (at.isTop) this.#used.add(plain)
      return type
    }
    const named = typeNamed(plain)
    if (named === undefined) return undefined
    this.#named.set(expr, named)
    return { kind: 'type', item: named }
  }

  #select(expr: Select, scope: NameScope): CelType {
    const name = expr.isTest ? undefined : qualifiedName(expr)
    const named = name === undefined ? undefined : this.#lookup(expr, name, scope)
    if (named !== undefined) return named
    const type = this.#field(expr, expr.operand, expr.field, false, scope)
    return expr.isTest ? BOOL : this.#substituted(type)
  }

  #field(expr: Expr, operand: Expr, field: string, isOptional: boolean, scope: NameScope): CelType {
    const of = this.#substituted(this.check(operand, scope))
    const target = of.kind === 'optional' ? of.item : of
    const type = this.#fieldOf(expr, target, field)
    return isOptional || of.kind === 'optional' ? { kind: 'optional', item: type } : type
  }

  #fieldOf(expr: Expr, type: CelType, name: string): CelType {
    switch (type.kind) {
      case 'map':
        return type.item
      case 'object':
        return (
          type.fields.get(name) ??
          // reserved words can be written without their escape
          (RESERVED_WORDS.has(name) ? type.fields.get(`__${name}__`) : undefined) ??
          this.#report(expr, `undefined field '${name}'`)
        )
      case 'opaque':
        return this.#report(expr, `undefined field '${name}'`)
      case 'param':
        this.#isAssignable(DYN, type)
        return DYN
      case 'dyn':
      case 'error':
        return DYN
      default:
        this.#report(expr, `type '${typeText(type)}' does not support field selection`)
        return DYN
    }
  }

  #call(expr: Call, scope: NameScope): CelType {
    const { name, target, args } = expr
    if (name === '_?._') return this.#optionalField(expr, scope)
    const types = args.map((arg) => this.check(arg, scope))
    if (target === undefined) {
      const called = this.#functions.get(name.startsWith('.') ? name.slice(1) : name)
      return called === undefined ? this.#undeclared(expr, name) : this.#resolve(expr, called, types)
    }
    const prefix = qualifiedName(target)
    const qualified = prefix === undefined ? undefined : this.#functions.get(`${prefix}.${name}`)
    if (qualified !== undefined) return this.#resolve(expr, qualified, types)
    const receiver = this.check(target, scope)
    const called = this.#functions.get(name)
    return called === undefined ? this.#undeclared(expr, name) : this.#resolve(expr, called, types, receiver)
  }

  #optionalField(expr: Call, scope: NameScope): CelType {
    const [operand, field] = expr.args as readonly [Expr, Extract<Expr, { kind: 'literal' }>]
    const type = this.#substituted(this.#field(expr, operand, field.value as string, true, scope))
    const called = this.#functions.get('_?._')
    if (called !== undefined) {
      this.#resolved.set(expr, called)
      this.#overloads.set(expr, called.overloads)
    }
    return type
  }

  /** Finds the overloads that the arguments fit. Source: checker.go resolveOverload. */
  #resolve(expr: Call, called: CelFunction, args: readonly CelType[], receiver?: CelType): CelType {
    this.#resolved.set(expr, called)
    if (called.name === '_&&_' || called.name === '_||_') return this.#logical(expr, called, args)
    const types = receiver === undefined ? args : [receiver, ...args]
    const found: Overload[] = []
    let result: CelType | undefined
    for (const overload of called.overloads) {
      if (overload.member !== (receiver !== undefined) || overload.parameters.length !== types.length)
        continue
      const one = this.#resultOf(overload, types)
      if (one === undefined) continue
      found.push(overload)
      if (result === undefined) result = one
      else if (result.kind !== 'dyn' && !isSameType(one, result)) result = DYN
    }
    if (result === undefined) return this.#noOverload(expr, called, types, receiver !== undefined)
    this.#overloads.set(expr, found)
    return result
  }

  /** Returns the type of a call's result; undefined if the overload does not take these types. */
  #resultOf(overload: Overload, types: readonly CelType[]): CelType | undefined {
    if (isOfOneType(overload, types)) return overload.result
    const { parameters, result } = this.#instantiated(overload)
    if (!this.#bindings.assign(types, parameters)) return undefined
    const type = this.#substituted(result)
    // nothing can ask for the names of this call any more
    if (overload.variables.length > 0 && isGround(type) && types.every(isGround)) this.#bindings.undo()
    return type
  }

  #noOverload(expr: Expr, { name }: CelFunction, types: readonly CelType[], isMember: boolean): CelType {
    const texts = types.map((type) => typeText(this.#substituted(type, true)))
    const applied = isMember ? `${texts[0] ?? ''}.(${texts.slice(1).join(', ')})` : `(${texts.join(', ')})`
    return this.#report(expr, `found no matching overload for '${name}' applied to '${applied}'`)
  }

  /** Gives an overload's parameters names of their own. */
  #instantiated(overload: Overload): Pick<Overload, 'parameters' | 'result'> {
    const { parameters, result, variables } = overload
    if (variables.length === 0) return overload
    const fresh = new Map(variables.map((name) => [name, this.#newVariable()]))
    return {
      parameters: parameters.map((type) => substitute(fresh, type)),
      result: substitute(fresh, result),
    }
  }

  #logical(expr: Call, { overloads }: CelFunction, types: readonly CelType[]): CelType {
    let isValid = true
    types.forEach((type, at) => {
      if (this.#isAssignable(type, BOOL)) return
      this.#mismatch(expr.args[at] as Expr, BOOL, type)
      isValid = false
    })
    if (!isValid) return ERROR
    this.#overloads.set(expr, overloads)
    return BOOL
  }

  /** Returns the type of an optional element's value. */
  #unwrapped(expr: Expr, type: CelType, isOptional: boolean): CelType {
    if (!isOptional) return type
    if (type.kind === 'optional') return type.item
    if (type.kind !== 'dyn') this.#mismatch(expr, { kind: 'optional', item: type }, type)
    return type
  }

  #list({ items }: List, scope: NameScope): CelType {
    let joined: CelType | undefined
    for (const { value, optional } of items) {
      const type = this.#unwrapped(value, this.check(value, scope), optional)
      joined = this.#join(joined, type)
    }
    return listOf(joined ?? this.#newVariable())
  }

  #map({ entries }: MapExpr, scope: NameScope): CelType {
    let [keys, values]: (CelType | undefined)[] = []
    for (const { key, value, optional } of entries) {
      keys = this.#join(keys, this.check(key, scope))
      values = this.#join(values, this.#unwrapped(value, this.check(value, scope), optional))
    }
    return mapOf(keys ?? this.#newVariable(), values ?? this.#newVariable())
  }

  #join(previous: CelType | undefined, current: CelType): CelType {
    if (previous === undefined) return current
    return this.#isAssignable(previous, current) ? mostGeneral(previous, current) : DYN
  }

  #struct(expr: Struct, scope: NameScope): CelType {
    for (const { value } of expr.fields) this.check(value, scope)
    return this.#undeclared(expr, expr.name)
  }

  #fold(expr: Fold, scope: NameScope): CelType {
    const { range, initial, accumulator, condition, step, result } = expr
    const of = this.#substituted(this.check(range, scope))
    const accumulated = this.check(initial, scope)
    const outer: NameScope = { names: new Map([[accumulator, accumulated]]), isTop: false, above: scope }
    const inner: NameScope = { names: this.#iterated(expr, of), isTop: false, above: outer }
    this.#mustBe(condition, BOOL, this.check(condition, inner))
    this.#mustBe(step, accumulated, this.check(step, inner))
    return this.#substituted(this.check(result, outer))
  }

  #mustBe(expr: Expr, wanted: CelType, type: CelType): void {
    if (!this.#isAssignable(wanted, type)) this.#mismatch(expr, wanted, type)
  }

  #iterated({ range, variable, second }: Fold, of: CelType): ReadonlyMap<string, CelType> {
    const [first, other] = this.#members(range, of, second !== undefined)
    return new Map(
      second === undefined
        ? [[variable, first]]
        : [
            [variable, first],
            [second, other],
          ],
    )
  }

  #members(range: Expr, of: CelType, isTwo: boolean): readonly [CelType, CelType] {
    switch (of.kind) {
      case 'list':
        return [isTwo ? INT : of.item, of.item]
      case 'map':
        return [of.key, of.item]
      case 'dyn':
      case 'error':
      case 'param':
        this.#isAssignable(DYN, of)
        return [DYN, DYN]
      default: {
        const text =
          `expression of type '${typeText(of)}' cannot be range of a comprehension (must be list, map, or ` +
          'dynamic)'
        this.#report(range, text)
        return [ERROR, ERROR]
      }
    }
  }
}

/**
 * Whether arguments of one type fit `_==_(A, A): bool` or its like, so that `A` needs no name of its own.
 * Most calls of long expressions are such comparisons.
 */
function isOfOneType({ variables, parameters, result }: Overload, types: readonly CelType[]): boolean {
  const [first] = types
  return (
    variables.length === 1 &&
    result.kind === 'bool' &&
    first !== undefined &&
    parameters.every(({ kind }) => kind === 'param') &&
    types.every((type) => type === first) &&
    isGround(first)
  )
}

/** Returns the type that a name stands for. */
export function typeNamed(name: string): CelType | undefined {
  return Object.hasOwn(TYPE_NAMES, name) ? TYPE_NAMES[name] : undefined
}

/** `a.b` for an identifier and selections from it. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name
  if (expr.kind !== 'select' || expr.isTest) return undefined
  const operand = qualifiedName(expr.operand)
  return operand === undefined ? undefined : `${operand}.${expr.field}`
}

function literalType(value: Value): CelType {
  const name = typeNameOf(value)
  return name === 'null_type' ? { kind: 'null' } : (typeNamed(name) ?? DYN)
}
