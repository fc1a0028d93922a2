import { compile, type CelProgram, type VariableValues } from '../../cel/compile.js'
import { estimate } from '../../cel/estimate.js'
import { CostTotal, costFault, EXPRESSION_COST_LIMIT, timesPlaces } from './rule-costs.js'
import { schemaValue } from '../../cel/schema-values.js'
import type { CelType } from '../../../lang/cel/check/types.js'
import { CelError, NONE, Optional, type Value } from '../../../lang/cel/values.js'
import { semanticEqual } from '../../kind/equal.js'
import { quote } from '../../../lang/go/quote.js'
import {
  duplicate,
  forbidden,
  internal,
  invalid,
  notSupported,
  required,
  type FieldError,
} from '../../field-error.js'
import { isPlainObject } from '../../../lang/json/plain-json.js'
import type { ValidationRule } from '../generated.js'
import { internalRule } from './internal-schema.js'
import { declTypeOf, MAX_REQUEST_SIZE, type DeclaredType } from './schema-types.js'
import { findField } from './field-paths.js'
import { fieldOf, itemsOf, someSchema } from './schema.js'
import type { Schema } from './schema.js'
import { correlation } from './value-validation.js'

/**
 * The place of a schema with rules: whether it is the root, and whether its values can be matched with those
 * of the old object.
 */
export interface RuleScope {
  readonly isRoot: boolean
  readonly correlatable: boolean
  /** How often the schema's values can occur in an object; undefined if that is not bounded. */
  readonly places: bigint | undefined
  /** What the rules of the whole schema cost. */
  readonly total: CostTotal
}

interface CompiledRule {
  readonly rule: ValidationRule
  readonly program: CelProgram | undefined
  readonly message: CelProgram | undefined
  /** Faults of the rule or its messageExpression, for the CRD's author. */
  readonly ruleError: string | undefined
  readonly messageError: string | undefined
  /** Whether it uses oldSelf: then it runs only on updates, unless oldSelf is optional. */
  readonly isTransition: boolean
}

/** Compiled rules by schema: a cache, because the schemas of a CRD are frozen. */
const compiled = new WeakMap<Schema, readonly CompiledRule[]>()

function rulesOf(schema: Schema, self: DeclaredType): readonly CompiledRule[] {
  const known = compiled.get(schema)
  if (known !== undefined) return known
  const rules = (schema['x-kubernetes-validations'] ?? []).map((rule) => compileRule(rule, self.type))
  compiled.set(schema, rules)
  return rules
}

/** The name of the type of `self`; upstream adds a random number to it. */
const SELF = 'selfType'

function selfType(schema: Schema, isRoot: boolean): DeclaredType | undefined {
  return declTypeOf(schema, isRoot || schema['x-kubernetes-embedded-resource'] === true, SELF)
}

function compileRule(rule: ValidationRule, self: CelType): CompiledRule {
  const oldSelf: CelType = rule.optionalOldSelf === true ? { kind: 'optional', item: self } : self
  const variables = new Map<string, CelType>([
    ['self', self],
    ['oldSelf', oldSelf],
  ])
  const { program, error } = compile(rule.rule, variables)
  const { messageExpression = '' } = rule
  const message = messageExpression === '' ? undefined : compile(messageExpression, variables)
  return {
    rule,
    program,
    message: message?.program,
    ruleError: faultOf(program, error, 'bool', {
      compilation: 'compilation failed: ',
      type: 'cel expression must evaluate to a bool',
      program: 'program instantiation failed: ',
    }),
    messageError:
      message === undefined
        ? undefined
        : faultOf(message.program, message.error, 'string', {
            compilation: 'messageExpression compilation failed: ',
            type: 'messageExpression must evaluate to a string',
            program: 'messageExpression instantiation failed: ',
          }),
    isTransition: program?.used.has('oldSelf') ?? false,
  }
}

/** Source: apiextensions pkg/apiserver/schema/cel/compilation.go compileRule. */
function faultOf(
  program: CelProgram | undefined,
  error: string | undefined,
  wanted: 'bool' | 'string',
  texts: Readonly<Record<'compilation' | 'type' | 'program', string>>,
): string | undefined {
  if (program === undefined) return `${texts.compilation}${error ?? ''}`
  if (program.type.kind !== wanted) return texts.type
  return program.fault === undefined ? undefined : `${texts.program}${program.fault}`
}

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']

/** Returns the faults of rules as texts: what they lack, and their field paths. */
export function ruleForms(schema: Schema, path: string): readonly FieldError[] {
  return (schema['x-kubernetes-validations'] ?? []).flatMap((rule, at) =>
    ruleForm(rule, schema, `${path}.x-kubernetes-validations[${at}]`),
  )
}

/**
 * Compiles the rules of one schema when a CRD is written. Source: validation.go
 * validateCustomResourceDefinitionOpenAPISchema.
 */
export function validateRules(schema: Schema, path: string, scope: RuleScope): readonly FieldError[] {
  const self = selfType(schema, scope.isRoot)
  if (self === undefined) {
    const why =
      'internal error: failed to construct type information for x-kubernetes-validations rules: unable to ' +
      'convert structural schema to CEL declarations'
    return [internal(`${path}.x-kubernetes-validations`, why)]
  }
  return rulesOf(schema, self).flatMap((rule, index) =>
    ruleFaults(rule, self, `${path}.x-kubernetes-validations[${index}]`, path, scope),
  )
}

function ruleFaults(
  { rule, ruleError, messageError, program, message, isTransition }: CompiledRule,
  self: DeclaredType,
  at: string,
  path: string,
  { correlatable, places, total }: RuleScope,
): readonly FieldError[] {
  const errors: FieldError[] = []
  const declared = new Map([['self', self]])
  const charge = (name: string, field: string, cost: bigint): void => {
    if (cost > EXPRESSION_COST_LIMIT)
      errors.push(forbidden(field, costFault(`estimated ${name} cost`, cost, EXPRESSION_COST_LIMIT)))
    total.add(field, cost)
  }
  if (ruleError !== undefined) errors.push(invalid(`${at}.rule`, internalRule(rule), ruleError))
  else if (program !== undefined) {
    const most = BigInt(Math.floor(MAX_REQUEST_SIZE / (self.minSize + 1)))
    charge('rule', `${at}.rule`, timesPlaces(estimate(program, declared).max, places ?? most))
    // a rule that does not compile has no message either
    if (messageError !== undefined)
      errors.push(invalid(`${at}.messageExpression`, internalRule(rule), messageError))
    else if (message !== undefined)
      charge('messageExpression', `${at}.messageExpression`, estimate(message, declared).max)
  }
  if (isTransition && !correlatable) {
    const text = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${path}`
    errors.push(invalid(`${at}.rule`, rule.rule, text))
  } else if (!isTransition && rule.optionalOldSelf !== undefined) {
    const text = 'may not be set if oldSelf is not used in rule'
    errors.push(invalid(`${at}.optionalOldSelf`, rule.optionalOldSelf, text))
  }
  return errors
}

function ruleForm(rule: ValidationRule, schema: Schema, path: string): readonly FieldError[] {
  const { message = '', messageExpression = '', fieldPath = '', reason } = rule
  const [text, note] = [rule.rule.trim(), message.trim()]
  const errors: FieldError[] = []
  if (text === '') errors.push(required(`${path}.rule`, 'rule is not specified'))
  else if (message !== '' && note === '') {
    errors.push(invalid(`${path}.message`, message, 'must be non-empty if specified'))
  } else if (/[\r\n]/.test(note))
    errors.push(invalid(`${path}.message`, message, 'must not contain line breaks'))
  else if (/[\r\n]/.test(text) && note === '') {
    errors.push(required(`${path}.message`, 'message must be specified if rule contains line breaks'))
  }
  if (messageExpression !== '' && messageExpression.trim() === '') {
    errors.push(required(`${path}.messageExpression`, 'messageExpression must be non-empty if specified'))
  }
  if (reason !== undefined && !REASONS.includes(reason))
    errors.push(notSupported(`${path}.reason`, reason, REASONS))
  const at = `${path}.fieldPath`
  if (fieldPath === '') return errors
  if (fieldPath.trim() === '') errors.push(invalid(at, fieldPath, 'must be non-empty if specified'))
  if (/[\r\n]/.test(fieldPath)) errors.push(invalid(at, fieldPath, 'must not contain line breaks'))
  if ('fault' in findField(fieldPath, schema)) errors.push(invalid(at, fieldPath, 'must be a valid path'))
  return errors
}

/** Whether the schema has any rule. */
export function hasRules(schema: Schema): boolean {
  return someSchema(schema, (one) => (one['x-kubernetes-validations'] ?? []).length > 0)
}

/** What all rules may cost when one object is validated. Source: apiserver pkg/apis/cel/config.go. */
const OBJECT_COST_LIMIT = 10_000_000

/** What is left of the budget of an object's rules; negative once no further rule runs. */
interface Budget {
  left: number
}

/**
 * Returns the faults of an object under the rules of its schema. With `old`, transition rules run, too, and
 * faults of unchanged values are dropped. Source: apiextensions pkg/apiserver/schema/cel/validation.go.
 */
export function evaluateRules(value: unknown, old: unknown, schema: Schema): readonly FieldError[] {
  const errors: FieldError[] = []
  evaluateAt({ value, old, schema, path: '', isRoot: true }, { left: OBJECT_COST_LIMIT }, errors)
  return errors
}

/** A value in an object, with its schema. */
interface RuleValue {
  readonly value: unknown
  readonly old: unknown
  readonly schema: Schema
  readonly path: string
  readonly isRoot: boolean
}

function evaluateAt(place: RuleValue, budget: Budget, errors: FieldError[]): void {
  const { value, old, schema, path } = place
  if (value === null || value === undefined || budget.left < 0) return
  runRules(place, budget, errors)
  if (Array.isArray(value)) {
    const items = itemsOf(schema)
    if (items === undefined || !hasRulesWithin(items)) return
    const before = correlation(schema, old)
    value.forEach((item: unknown, at) => {
      const within = { value: item, old: before(item), schema: items, path: `${path}[${at}]`, isRoot: false }
      evaluateAt(within, budget, errors)
    })
  } else if (isPlainObject(value)) {
    const previous = isPlainObject(old) ? old : {}
    for (const name of Object.keys(value).sort()) {
      const field = fieldOf(schema, name)
      if (field === undefined || !hasRulesWithin(field)) continue
      const before = Object.hasOwn(previous, name) ? previous[name] : undefined
      const isMap = schema.properties === undefined || !Object.hasOwn(schema.properties, name)
      const at = isMap ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`
      evaluateAt({ value: value[name], old: before, schema: field, path: at, isRoot: false }, budget, errors)
    }
  }
}

const within = new WeakMap<Schema, boolean>()

function hasRulesWithin(schema: Schema): boolean {
  let known = within.get(schema)
  if (known === undefined) within.set(schema, (known = hasRules(schema)))
  return known
}

function runRules(
  { value, old, schema, path, isRoot }: RuleValue,
  budget: Budget,
  errors: FieldError[],
): void {
  if ((schema['x-kubernetes-validations'] ?? []).length === 0) return
  const type = selfType(schema, isRoot)
  if (type === undefined) return
  const isSame = old !== undefined && semanticEqual(value, old)
  const isWhole = isRoot || schema['x-kubernetes-embedded-resource'] === true
  let self: Value | undefined
  let oldSelf: Value | undefined
  for (const one of rulesOf(schema, type)) {
    const optional = one.rule.optionalOldSelf === true
    if (
      one.program === undefined ||
      (one.isTransition && !optional && old === undefined) ||
      (isSame && !one.isTransition)
    )
      continue
    self ??= schemaValue(value, schema, isWhole)
    if (old !== undefined) oldSelf ??= schemaValue(old, schema, isWhole)
    const before = optional ? (oldSelf === undefined ? NONE : new Optional(oldSelf)) : (oldSelf ?? null)
    const error = verdict(one, { self, oldSelf: before }, { schema, path }, budget)
    if (error !== undefined) errors.push(error)
    if (budget.left < 0) return
  }
}

const NO_BUDGET = 'failed due to running out of cost budget, no further validation rules will be run'

/** Takes the cost of a run from the budget. Whether it was enough. */
function spend(budget: Budget, cost: number): boolean {
  budget.left = cost > budget.left ? -1 : budget.left - cost
  return budget.left >= 0
}

function verdict(
  { rule, program, message }: CompiledRule,
  values: VariableValues,
  { schema, path }: Pick<RuleValue, 'schema' | 'path'>,
  budget: Budget,
): FieldError | undefined {
  const field = path === '' ? '<nil>' : path
  const type = schema.type ?? ''
  if (program === undefined) return undefined
  if (budget.left <= 0) {
    budget.left = -1
    return invalid(field, type, `validation ${NO_BUDGET}`)
  }
  const { value, cost } = program.measure(values)
  if (!spend(budget, cost)) return invalid(field, type, `validation ${NO_BUDGET}`)
  if (value === true) return undefined
  if (value instanceof CelError) return invalid(field, type, runFault(value.message, rule, budget))
  const { fieldPath = '' } = rule
  const at = fieldPath === '' ? field : `${path}${fieldPath}`.replace(/^\./, '')
  const { text, isFault } = messageOf(rule, message, values, budget)
  return isFault ? invalid(at, type, text) : reasoned(at, type, text, rule.reason)
}

/** Tells the error of a rule's run. */
function runFault(error: string, rule: ValidationRule, budget: Budget): string {
  const text = (rule.message ?? '') === '' ? rule.rule.trim() : (rule.message ?? '').trim()
  if (error.startsWith('no such overload')) {
    const why = 'call arguments did not match a supported operator, function or macro signature'
    return `'${error}': ${why} for rule: ${text}`
  }
  if (error.startsWith('operation cancelled: actual cost limit exceeded')) {
    budget.left = -1
    const why = 'no further validation rules will be run due to call cost exceeds limit'
    return `'${error}': ${why} for rule: ${text}`
  }
  return `${error} evaluating rule: ${text}`
}

const MOST_MESSAGE_BYTES = 5 * 1024

/** The message of a rule that failed, or the fault that its messageExpression stops everything with. */
function messageOf(
  rule: ValidationRule,
  expression: CelProgram | undefined,
  values: VariableValues,
  budget: Budget,
): { readonly text: string; readonly isFault: boolean } {
  const own =
    (rule.message ?? '') === ''
      ? `failed rule: ${rule.rule.trim().replace(/\s+/g, ' ')}`
      : (rule.message ?? '').trim()
  if (expression === undefined) return { text: own, isFault: false }
  const { value, cost } = expression.measure(values)
  if (!spend(budget, cost)) return { text: `messageExpression evaluation ${NO_BUDGET}`, isFault: true }
  if (value instanceof CelError && value.message.startsWith('operation cancelled: actual cost limit')) {
    budget.left = -1
    const why = 'no further validation rules will be run due to call cost exceeds limit'
    return { text: `${why} for messageExpression: ${quote(rule.messageExpression ?? '')}`, isFault: true }
  }
  const line = typeof value === 'string' ? value.trim() : ''
  const isUsable = line !== '' && !/[\r\n]/.test(line) && line.length <= MOST_MESSAGE_BYTES
  return { text: isUsable ? line : own, isFault: false }
}

function reasoned(field: string, type: string, detail: string, reason: string | undefined): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return forbidden(field, detail)
    case 'FieldValueRequired':
      return required(field, detail)
    case 'FieldValueDuplicate':
      return duplicate(field, type)
    default:
      return invalid(field, type, detail)
  }
}
