import { Attribute, type Qualifier, type EvaluationScope, type PlannedStep } from './step.js'
import {
  CelError,
  equal,
  isError,
  ListValue,
  MapValue,
  NO_OVERLOAD,
  NONE,
  Optional,
  shown,
  typeNameOf,
  Uint,
  type Value,
} from './values.js'

/** A variable. */
export class VariableAttribute extends Attribute {
  readonly #name: string

  constructor(id: number, name: string) {
    super(id)
    this.#name = name
  }

  resolve(scope: EvaluationScope): Value {
    const value = scope.resolve(this.#name)
    if (value === undefined) return new CelError(`no such attribute(s): ${this.#name}`)
    return qualified(scope, value, this.qualifiers)
  }
}

/** The value of an expression. */
export class ValueAttribute extends Attribute {
  readonly #operand: PlannedStep

  constructor(id: number, operand: PlannedStep) {
    super(id)
    this.#operand = operand
  }

  resolve(scope: EvaluationScope): Value {
    return qualified(scope, this.#operand.eval(scope), this.qualifiers)
  }
}

/** `condition ? yes : no`: qualifiers are those of both. */
export class ConditionalAttribute extends Attribute {
  readonly condition: PlannedStep
  readonly yes: Attribute
  readonly no: Attribute

  constructor(id: number, condition: PlannedStep, yes: Attribute, no: Attribute) {
    super(id)
    this.condition = condition
    this.yes = yes
    this.no = no
  }

  override get id(): number {
    return this.yes.id === this.no.id ? this.yes.id : this.ownId
  }

  override add(qualifier: Qualifier): void {
    this.yes.add(qualifier)
    this.no.add(qualifier)
  }

  resolve(scope: EvaluationScope): Value {
    const holds = this.condition.eval(scope)
    if (holds === true) return this.yes.resolve(scope)
    if (holds === false) return this.no.resolve(scope)
    return isError(holds) ? holds : NO_OVERLOAD
  }
}

/** How a constant is read. */
export interface ConstantForm {
  readonly isOptional?: boolean
  readonly isTest?: boolean
}

/** A field or index that is a literal; with `isTest`, the result of `has()`. */
export class ConstantQualifier implements Qualifier {
  readonly id: number
  readonly isOptional: boolean
  readonly #key: Value
  readonly #isTest: boolean

  constructor(id: number, key: Value, { isOptional = false, isTest = false }: ConstantForm = {}) {
    this.id = id
    this.isOptional = isOptional
    this.#key = key
    this.#isTest = isTest
  }

  qualify({ tracker }: EvaluationScope, of: Value, test: boolean): Value | undefined {
    const found = member(of, this.#key, test || this.#isTest)
    const value = this.#isTest && !(test && found === undefined) ? present(found) : found
    if (value === undefined) return undefined
    tracker.cost++
    tracker.push(this.id, value)
    return value
  }
}

const present = (found: Value | undefined): Value =>
  found === undefined ? false : isError(found) ? found : true

/** An index that an expression computes. */
export class ComputedQualifier implements Qualifier {
  readonly id: number
  readonly isOptional: boolean
  readonly #key: (scope: EvaluationScope) => Value

  constructor(id: number, key: (scope: EvaluationScope) => Value, isOptional: boolean) {
    this.id = id
    this.isOptional = isOptional
    this.#key = key
  }

  qualify(scope: EvaluationScope, of: Value, test: boolean): Value | undefined {
    const key = this.#key(scope)
    const value = isError(key) ? key : member(of, key, test)
    if (value === undefined) return undefined
    scope.tracker.cost++
    scope.tracker.push(this.id, value)
    return value
  }
}

/** Source: attributes.go applyQualifiers. */
function qualified(scope: EvaluationScope, value: Value, qualifiers: readonly Qualifier[]): Value {
  if (qualifiers.length === 0 || isError(value)) return value
  let isOptional = value instanceof Optional
  let at: Value = value
  if (value instanceof Optional) {
    if (value.value === undefined) return value
    at = value.value
  }
  for (const qualifier of qualifiers) {
    isOptional ||= qualifier.isOptional
    const next = qualifier.qualify(scope, at, isOptional)
    if (next === undefined) return NONE
    if (isError(next)) return next
    at = next
  }
  return isOptional ? new Optional(at) : at
}

/** Reads a member. With `test`, undefined for one that is not there. Source: attributes.go refQualify. */
function member(of: Value, key: Value, test: boolean): Value | undefined {
  if (isError(of)) return of
  if (of instanceof MapValue) {
    const found = of.find(key)
    return found !== undefined || test ? found : new CelError(`no such key: ${shown(key)}`)
  }
  if (of instanceof ListValue) {
    const index = indexOf(key)
    if (index === undefined) return new CelError(`unsupported index type '${typeNameOf(key)}' in list`)
    if (index >= 0 && index < of.size) return of.at(index)
    return test ? undefined : new CelError(`index out of bounds: ${shown(key)}`)
  }
  if (hasFields(of)) {
    const found = of.field(typeof key === 'string' ? key : '')
    if (found !== undefined || test) return found
  }
  return test ? undefined : new CelError(`no such key: ${shown(key)}`)
}

/** A value of a library with fields: `authorizer.requestResource`. */
interface WithFields {
  field(name: string): Value | undefined
}

const hasFields = (value: Value): value is Value & WithFields =>
  typeof value === 'object' && value !== null && 'field' in value

/** Returns a list's index: numbers of any type, if they are whole. */
function indexOf(key: Value): number | undefined {
  if (typeof key === 'bigint') return Number(key)
  if (key instanceof Uint) return Number(key.value)
  return typeof key === 'number' && equal(key, BigInt(Math.trunc(Number.isFinite(key) ? key : 0))) === true
    ? key
    : undefined
}
