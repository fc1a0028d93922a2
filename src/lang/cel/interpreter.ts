import type { Call, Expr, Fold, List, MapExpr, Select } from './parse/ast.js'
import {
  ComputedQualifier,
  ConditionalAttribute,
  ConstantQualifier,
  ValueAttribute,
  VariableAttribute,
} from './attributes.js'
import { qualifiedName, type CheckedExpr } from './check/checker.js'
import { runCost } from './run-costs.js'
import { call, type CelFunction, type Overload } from './library/functions.js'
import { compileGoRegExp, isFault } from '../go/regexp.js'
import type { Attribute, EvaluationScope, PlannedStep } from './step.js'
import { Tracker } from './tracker.js'
import { typeName } from './check/types.js'
import {
  CelError,
  equal,
  isError,
  isNumber,
  ListValue,
  MapValue,
  NO_OVERLOAD,
  Optional,
  PlainList,
  PlainMap,
  shown,
  typeNameOf,
  TypeValue,
  Uint,
  type Value,
} from './values.js'

/** An expression that cannot run, with its fault: `int('x')`. */
export class PlanError extends Error {}

/** Plans a checked expression. Throws PlanError. Source: cel-go interpreter/planner.go. */
export function planExpression(expr: Expr, checked: CheckedExpr): PlannedStep {
  return new Planner(checked).plan(expr)
}

const CONVERSIONS = new Set('bool bytes double duration dyn int string timestamp type uint'.split(' '))
/** Functions whose pattern is compiled before any run, if it is written down. */
const MATCHERS = new Set(['matches', 'find', 'findAll'])

class Planner {
  readonly #checked: CheckedExpr

  constructor(checked: CheckedExpr) {
    this.#checked = checked
  }

  plan(expr: Expr): PlannedStep {
    const named = this.#checked.named.get(expr)
    if (named !== undefined) return constantStep(expr.id, new TypeValue(typeName(named)))
    switch (expr.kind) {
      case 'literal':
        return constantStep(expr.id, expr.value)
      case 'ident':
        return attributeStep(new VariableAttribute(expr.id, expr.name.replace(/^\./, '')))
      case 'select':
        return this.#select(expr)
      case 'call':
        return this.#call(expr)
      case 'list':
        return this.#list(expr)
      case 'map':
        return this.#map(expr)
      case 'struct':
        throw new PlanError(`unknown type: ${expr.name}`)
      case 'fold':
        return this.#fold(expr)
    }
  }

  #select({ id, operand, field, isTest }: Select): PlannedStep {
    const attribute = this.#attributeOf(this.plan(operand))
    attribute.add(new ConstantQualifier(id, field, { isTest }))
    return isTest ? testStep(id, attribute) : attributeStep(attribute)
  }

  #attributeOf(step: PlannedStep): Attribute {
    return step.attribute ?? new ValueAttribute(step.id, step)
  }

  #call(expr: Call): PlannedStep {
    const { id, name, target, args } = expr
    const called = this.#checked.functions.get(expr)
    const isMember = target !== undefined && !this.#isQualified(expr, called)
    const operands = isMember && target !== undefined ? [target, ...args] : args
    const steps = operands.map((operand) => this.plan(operand))
    switch (name) {
      case '_&&_':
        return logicalStep(id, steps, false)
      case '_||_':
        return logicalStep(id, steps, true)
      case '_?_:_':
        return this.#conditional(id, steps as [PlannedStep, PlannedStep, PlannedStep])
      case '_==_':
      case '_!=_':
        return equalityStep(id, steps as [PlannedStep, PlannedStep], name)
      case '_[_]':
        return this.#index(id, steps as [PlannedStep, PlannedStep], false)
      case '_[?_]':
      case '_?._':
        return this.#index(id, steps as [PlannedStep, PlannedStep], true)
      case 'or':
      case 'orValue':
        if (called !== undefined && isMember && steps.length === 2)
          return orStep(id, steps as [PlannedStep, PlannedStep], name)
    }
    if (called === undefined) throw new PlanError(`no such overload: ${name}`)
    const overloads = this.#checked.overloads.get(expr) ?? []
    const plan: CallPlan = { id, called, overload: overloads.length === 1 ? overloads[0] : undefined, steps }
    return this.#optimized(plan)
  }

  /** Whether what looks like a receiver is part of the function's name: `ip.isCanonical('::1')`. */
  #isQualified({ target, name }: Call, called: CelFunction | undefined): boolean {
    if (target === undefined || called === undefined) return false
    const prefix = qualifiedName(target)
    return prefix !== undefined && called.name === `${prefix}.${name}`
  }

  /** Source: interpreter/decorators.go. */
  #optimized(plan: CallPlan): PlannedStep {
    const { id, called, overload, steps } = plan
    const [first, second] = steps
    if (overload?.id === 'in_list' && second?.constant instanceof ListValue && first !== undefined) {
      const step = membershipStep(id, first, second.constant)
      if (step !== undefined) return step
    }
    if (CONVERSIONS.has(called.name) && steps.length === 1 && first?.constant !== undefined) {
      const value = call(called, overload, [first.constant])
      if (isError(value)) throw new PlanError(value.message)
      return constantStep(id, value)
    }
    if (MATCHERS.has(called.name) && typeof second?.constant === 'string') {
      const pattern = compileGoRegExp(second.constant)
      if (isFault(pattern)) throw new PlanError(pattern.fault)
    }
    return callStep(plan)
  }

  #conditional(
    id: number,
    [condition, yes, no]: readonly [PlannedStep, PlannedStep, PlannedStep],
  ): PlannedStep {
    return attributeStep(
      new ConditionalAttribute(id, condition, this.#attributeOf(yes), this.#attributeOf(no)),
    )
  }

  #index(
    id: number,
    [operand, index]: readonly [PlannedStep, PlannedStep],
    isOptional: boolean,
  ): PlannedStep {
    const attribute = this.#attributeOf(operand)
    const inner = index.attribute
    attribute.add(
      index.constant !== undefined
        ? new ConstantQualifier(id, index.constant, { isOptional })
        : new ComputedQualifier(
            id,
            inner === undefined ? (scope) => index.eval(scope) : (scope) => inner.resolve(scope),
            isOptional,
          ),
    )
    return attributeStep(attribute)
  }

  #list({ id, items }: List): PlannedStep {
    const steps = items.map(({ value, optional }) => ({ step: this.plan(value), optional }))
    const ids = steps.map(({ step }) => step.id)
    const build = (scope: EvaluationScope): Value => listValue(steps, scope)
    if (steps.every(({ step }) => step.constant !== undefined)) return constantStep(id, build(UNTRACKED()))
    return constructorStep(id, ids, LIST_COST, build)
  }

  #map({ id, entries }: MapExpr): PlannedStep {
    const steps = entries.map(({ key, value, optional }) => ({
      key: this.plan(key),
      value: this.plan(value),
      optional,
    }))
    const ids = steps.flatMap(({ key, value }) => [key.id, value.id])
    const build = (scope: EvaluationScope): Value => mapValue(steps, scope)
    if (steps.every(({ key, value }) => key.constant !== undefined && value.constant !== undefined))
      return constantStep(id, build(UNTRACKED()))
    return constructorStep(id, ids, MAP_COST, build)
  }

  #fold(expr: Fold): PlannedStep {
    const steps = {
      initial: this.plan(expr.initial),
      range: this.plan(expr.range),
      condition: this.plan(expr.condition),
      step: this.plan(expr.step),
      result: this.plan(expr.result),
    }
    return {
      id: expr.id,
      eval: (scope) => {
        const value = foldValue(expr, steps, scope)
        scope.tracker.drop(steps.range.id)
        scope.tracker.push(expr.id, value)
        return value
      },
    }
  }
}

const LIST_COST = 10
const MAP_COST = 30

/** A scope for what is computed before any run. */
const UNTRACKED = (): EvaluationScope => ({
  tracker: new Tracker(Number.POSITIVE_INFINITY),
  resolve: () => undefined,
})

function constantStep(id: number, constant: Value): PlannedStep {
  return {
    id,
    constant,
    eval: ({ tracker }) => {
      tracker.push(id, constant)
      return constant
    },
  }
}

function attributeStep(attribute: Attribute): PlannedStep {
  return {
    get id() {
      return attribute.id
    },
    attribute,
    eval: (scope) => {
      const value = attribute.resolve(scope)
      observeAttribute(scope, attribute, attribute.id, value)
      return value
    },
  }
}

function observeAttribute(
  { tracker }: EvaluationScope,
  attribute: Attribute,
  id: number,
  value: Value,
): void {
  if (attribute instanceof ConditionalAttribute) {
    tracker.drop(attribute.no.id)
    tracker.drop(attribute.yes.id)
    tracker.drop(attribute.condition.id)
  } else {
    tracker.drop(attribute.id)
    tracker.cost++
  }
  tracker.push(id, value)
}

/** `has(a.b)`: the test itself is free. */
function testStep(id: number, attribute: Attribute): PlannedStep {
  return {
    id,
    attribute,
    eval: (scope) => {
      const found = attribute.resolve(scope)
      const value = found instanceof Optional ? found.value !== undefined : found
      if (attribute instanceof ConditionalAttribute) {
        // what a test of a condition's branches gives back was never charged
        scope.tracker.cost--
        observeAttribute(scope, attribute, id, value)
      } else {
        scope.tracker.drop(attribute.id)
        scope.tracker.push(id, value)
      }
      return value
    },
  }
}

/** `&&` and `||`: an error counts only if no other term decides. */
function logicalStep(id: number, terms: readonly PlannedStep[], deciding: boolean): PlannedStep {
  return {
    id,
    eval: (scope) => {
      let value: Value = !deciding
      for (const term of terms) {
        const one = term.eval(scope)
        if (one === deciding) {
          value = deciding
          break
        }
        if (typeof one !== 'boolean' && !isError(value)) value = isError(one) ? one : NO_OVERLOAD
      }
      for (const term of terms) scope.tracker.drop(term.id)
      scope.tracker.push(id, value)
      return value
    },
  }
}

function equalityStep(
  id: number,
  steps: readonly [PlannedStep, PlannedStep],
  name: '_==_' | '_!=_',
): PlannedStep {
  const ids = steps.map((step) => step.id)
  return {
    id,
    eval: (scope) => {
      const [left, right] = [steps[0].eval(scope), steps[1].eval(scope)]
      const value = isError(left) ? left : isError(right) ? right : equality(left, right, name)
      observeCall(scope, id, ids, name, name, value)
      return value
    },
  }
}

function equality(left: Value, right: Value, name: '_==_' | '_!=_'): Value {
  const same = equal(left, right)
  return name === '_==_' ? same : same !== true
}

/** `a.or(b)` and `a.orValue(b)`: free, and `b` runs only if it is needed. */
function orStep(
  id: number,
  [left, right]: readonly [PlannedStep, PlannedStep],
  name: 'or' | 'orValue',
): PlannedStep {
  return {
    id,
    eval: (scope) => {
      const optional = left.eval(scope)
      let value: Value = optional
      if (optional instanceof Optional) {
        if (optional.value === undefined) value = right.eval(scope)
        else if (name === 'orValue') value = optional.value
      }
      scope.tracker.push(id, value)
      return value
    },
  }
}

/** `x in [1, 2]` of a list that is written down: a look-up, which costs nothing. */
function membershipStep(id: number, value: PlannedStep, list: ListValue): PlannedStep | undefined {
  if (list.size === 0) return constantStep(id, false)
  const members = new Set<string>()
  for (const item of list) {
    const key = memberKey(item)
    if (key === undefined) return undefined
    members.add(key)
  }
  return {
    id,
    eval: (scope) => {
      const found = value.eval(scope)
      const result = isError(found) ? found : members.has(memberKey(found) ?? '')
      scope.tracker.push(id, result)
      return result
    },
  }
}

function memberKey(value: Value): string | undefined {
  if (typeof value === 'string') return `s${value}`
  if (typeof value === 'boolean') return `b${String(value)}`
  if (!isNumber(value)) return undefined
  const plain = value instanceof Uint ? value.value : value
  return typeof plain === 'number' && Number.isInteger(plain) ? `n${BigInt(plain)}` : `n${plain}`
}

/** A call to run. */
interface CallPlan {
  readonly id: number
  readonly called: CelFunction
  /** The overload, if the checker found exactly one. */
  readonly overload: Overload | undefined
  readonly steps: readonly PlannedStep[]
}

function callStep({ id, called, overload, steps }: CallPlan): PlannedStep {
  const ids = steps.map((step) => step.id)
  // with two arguments upstream evaluates both even if the first is an error
  const stops = steps.length > 2 && !called.takesErrors
  return {
    id,
    eval: (scope) => {
      const values: Value[] = []
      for (const step of steps) {
        values.push(step.eval(scope))
        if (stops && isError(values.at(-1) ?? null)) break
      }
      const value = call(called, overload, values)
      observeCall(scope, id, ids, called.name, overload?.id ?? '', value)
      return value
    },
  }
}

function observeCall(
  { tracker }: EvaluationScope,
  id: number,
  args: readonly number[],
  name: string,
  overload: string,
  value: Value,
): void {
  const values = tracker.take(args)
  if (values !== undefined) tracker.cost += runCost(name, overload, values, value)
  tracker.push(id, value)
}

function constructorStep(
  id: number,
  args: readonly number[],
  cost: number,
  build: (scope: EvaluationScope) => Value,
): PlannedStep {
  return {
    id,
    eval: (scope) => {
      const value = build(scope)
      scope.tracker.take(args)
      scope.tracker.cost += cost
      scope.tracker.push(id, value)
      return value
    },
  }
}

interface ItemStep {
  readonly step: PlannedStep
  readonly optional: boolean
}

function listValue(items: readonly ItemStep[], scope: EvaluationScope): Value {
  const values: Value[] = []
  for (const { step, optional } of items) {
    const value = step.eval(scope)
    if (isError(value)) return value
    if (!optional) values.push(value)
    else if (!(value instanceof Optional)) {
      return new CelError(`cannot initialize optional list element from non-optional value ${shown(value)}`)
    } else if (value.value !== undefined) values.push(value.value)
  }
  return new PlainList(values)
}

interface EntryStep {
  readonly key: PlannedStep
  readonly value: PlannedStep
  readonly optional: boolean
}

function mapValue(entries: readonly EntryStep[], scope: EvaluationScope): Value {
  const found: (readonly [Value, Value])[] = []
  for (const { key, value, optional } of entries) {
    const name = key.eval(scope)
    if (isError(name)) return name
    const of = value.eval(scope)
    if (isError(of)) return of
    if (!optional) found.push([name, of])
    else if (!(of instanceof Optional)) {
      const text = `cannot initialize optional entry '${shown(name)}' from non-optional value ${shown(of)}`
      return new CelError(text)
    } else if (of.value !== undefined) found.push([name, of.value])
  }
  return new PlainMap(found)
}

type FoldSteps = Readonly<Record<'initial' | 'range' | 'condition' | 'step' | 'result', PlannedStep>>

/** The scope of a comprehension. The accumulator's first value is computed when it is first read. */
class FoldScope implements EvaluationScope {
  readonly tracker: Tracker
  readonly #fold: Fold
  readonly #above: EvaluationScope
  readonly #initial: PlannedStep
  accumulated: Value | undefined
  first: Value | undefined
  second: Value | undefined

  constructor(fold: Fold, above: EvaluationScope, initial: PlannedStep) {
    this.tracker = above.tracker
    this.#fold = fold
    this.#above = above
    this.#initial = initial
  }

  resolve(name: string): Value | undefined {
    if (name === this.#fold.accumulator) return (this.accumulated ??= this.#start())
    if (name === this.#fold.variable && this.first !== undefined) return this.first
    if (name === this.#fold.second && this.second !== undefined) return this.second
    return this.#above.resolve(name)
  }

  /** A list that starts empty is filled in place: adding to it costs its own time only. */
  #start(): Value {
    const value = this.#initial.eval(this.#above)
    return value instanceof ListValue && value.size === 0 ? new GrowingList() : value
  }
}

/** The list that a comprehension fills. Only its fold sees it before it is complete. */
class GrowingList extends ListValue {
  readonly #items: Value[] = []

  get size(): number {
    return this.#items.length
  }

  at(index: number): Value {
    return this.#items[index] ?? null
  }

  override plus(other: Value): Value {
    if (!(other instanceof ListValue)) return super.plus(other)
    for (const item of other) this.#items.push(item)
    return this
  }

  complete(): ListValue {
    return new PlainList([...this.#items])
  }
}

function foldValue(fold: Fold, steps: FoldSteps, above: EvaluationScope): Value {
  const range = steps.range.eval(above)
  if (isError(range)) return range
  const scope = new FoldScope(fold, above, steps.initial)
  const members = membersOf(range, fold.second !== undefined)
  if (members instanceof CelError) return members
  for (const [first, second] of members) {
    scope.first = first
    scope.second = second
    if (steps.condition.eval(scope) === false) break
    scope.accumulated = steps.step.eval(scope)
  }
  scope.first = scope.second = undefined
  const value = steps.result.eval(scope)
  return value instanceof GrowingList ? value.complete() : value
}

type Members = Iterable<readonly [Value, Value | undefined]>

function membersOf(range: Value, isTwo: boolean): Members | CelError {
  if (range instanceof MapValue) return mapMembers(range, isTwo)
  if (range instanceof ListValue) return listMembers(range, isTwo)
  const name = typeNameOf(range)
  return new CelError(
    isTwo ? `unsupported comprehension range type: ${name}` : `got '${name}', expected iterable type`,
  )
}

function* mapMembers(map: MapValue, isTwo: boolean): Generator<readonly [Value, Value | undefined]> {
  for (const key of map.keys()) yield [key, isTwo ? (map.find(key) ?? null) : undefined]
}

function* listMembers(list: ListValue, isTwo: boolean): Generator<readonly [Value, Value | undefined]> {
  for (let at = 0; at < list.size; at++) yield isTwo ? [BigInt(at), list.at(at)] : [list.at(at), undefined]
}
