import type { Program } from '../cel/compile.js'
import { compile } from '../cel/compile.js'
import { CelFault } from '../cel/library.js'
import type { CelType } from '../cel/types.js'
import { typedValue } from '../cel/values.js'
import { semanticEqual } from '../equal.js'
import { duplicate, forbidden, invalid, notSupported, required } from '../field-error.js'
import type { FieldError } from '../field-error.js'
import { isPlainObject } from '../schema/plain-json.js'
import type { ValidationRule } from './generated.js'
import { internalRule } from './internal-schema.js'
import { celTypeOf } from './schema-types.js'
import { fieldOf, itemsOf, someSchema } from './schema.js'
import type { Schema } from './schema.js'
import { correlation } from './value-validation.js'
import { optionalOf } from '../cel/optional.js'

/**
 * The place of a schema with rules: whether it is the root, and whether its values can be matched with those
 * of the old object.
 */
export interface RuleScope {
  readonly isRoot: boolean
  readonly correlatable: boolean
}

interface CompiledRule {
  readonly rule: ValidationRule
  readonly program: Program | undefined
  readonly message: Program | undefined
  /** Faults of the rule or its messageExpression, for the CRD's author. */
  readonly ruleError: string | undefined
  readonly messageError: string | undefined
  /** Whether it uses oldSelf: then it runs only on updates, unless oldSelf is optional. */
  readonly isTransition: boolean
}

/** Compiled rules by schema: a cache, because the schemas of a CRD are frozen. */
const compiled = new WeakMap<Schema, readonly CompiledRule[]>()

function rulesOf(schema: Schema, isRoot: boolean): readonly CompiledRule[] {
  const known = compiled.get(schema)
  if (known !== undefined) return known
  const self = celTypeOf(schema, isRoot)
  const rules = (schema['x-kubernetes-validations'] ?? []).map((rule) => compileRule(rule, self))
  compiled.set(schema, rules)
  return rules
}

function compileRule(rule: ValidationRule, self: CelType): CompiledRule {
  const oldSelf: CelType = rule.optionalOldSelf === true ? { kind: 'optional', item: self } : self
  const variables = new Map<string, CelType>([
    ['self', self],
    ['oldSelf', oldSelf],
  ])
  const { program, error } = compile(rule.rule, variables)
  const ruleError =
    error !== undefined
      ? `compilation failed: ${error}`
      : program !== undefined && program.type.kind !== 'bool'
        ? 'cel expression must evaluate to a bool'
        : undefined
  const { messageExpression = '' } = rule
  const message = messageExpression === '' ? undefined : compile(messageExpression, variables)
  const messageError =
    message?.error !== undefined
      ? `messageExpression compilation failed: ${message.error}`
      : message?.program !== undefined && message.program.type.kind !== 'string'
        ? 'messageExpression must evaluate to a string'
        : undefined
  return {
    rule,
    program,
    message: message?.program,
    ruleError,
    messageError,
    isTransition: program?.used.has('oldSelf') ?? false,
  }
}

const REASONS = ['FieldValueRequired', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueDuplicate']

/**
 * Validates the rules of one schema when a CRD is written. Source: validation.go
 * validateCustomResourceDefinitionOpenAPISchema.
 */
export function validateRules(
  schema: Schema,
  path: string,
  { isRoot, correlatable }: RuleScope,
): readonly FieldError[] {
  const rules = schema['x-kubernetes-validations'] ?? []
  const errors = rules.flatMap((rule, at) =>
    ruleForm(rule, schema, `${path}.x-kubernetes-validations[${at}]`),
  )
  if (errors.length > 0) return errors
  return rulesOf(schema, isRoot).flatMap(({ rule, ruleError, messageError, isTransition }, index) => {
    const at = `${path}.x-kubernetes-validations[${index}]`
    if (ruleError !== undefined) return [invalid(`${at}.rule`, internalRule(rule), ruleError)]
    if (messageError !== undefined)
      return [invalid(`${at}.messageExpression`, internalRule(rule), messageError)]
    if (!isTransition || correlatable) return []
    return [
      invalid(
        `${at}.rule`,
        rule.rule,
        `oldSelf cannot be used on the uncorrelatable portion of the schema within ${path}`,
      ),
    ]
  })
}

function ruleForm(rule: ValidationRule, schema: Schema, path: string): readonly FieldError[] {
  const { message = '', messageExpression = '', fieldPath = '', reason } = rule
  const [text, note] = [rule.rule.trim(), message.trim()]
  const errors: FieldError[] = []
  if (text === '') errors.push(required(`${path}.rule`, 'rule is not specified'))
  else if (message !== '' && note === '') {
    errors.push(invalid(`${path}.message`, message, 'message must be non-empty if specified'))
  } else if (/[\r\n]/.test(note))
    errors.push(invalid(`${path}.message`, message, 'message must not contain line breaks'))
  else if (/[\r\n]/.test(text) && note === '') {
    errors.push(required(`${path}.message`, 'message must be specified if rule contains line breaks'))
  }
  if (messageExpression !== '' && messageExpression.trim() === '') {
    errors.push(required(`${path}.messageExpression`, 'must be non-empty if specified'))
  }
  if (reason !== undefined && !REASONS.includes(reason))
    errors.push(notSupported(`${path}.reason`, reason, REASONS))
  if (fieldPath === '') return errors
  if (fieldPath.trim() === '') {
    errors.push(invalid(`${path}.fieldPath`, fieldPath, 'fieldPath must be non-empty if specified'))
  } else if (/[\r\n]/.test(fieldPath)) {
    errors.push(invalid(`${path}.fieldPath`, fieldPath, 'fieldPath must not contain line breaks'))
  } else {
    const fault = fieldPathFault(fieldPath, schema)
    if (fault !== undefined)
      errors.push(invalid(`${path}.fieldPath`, fieldPath, `fieldPath must be a valid path: ${fault}`))
  }
  return errors
}

/** Source: apiextensions pkg/apiserver/schema/cel/validation.go ValidFieldPath. */
function fieldPathFault(path: string, schema: Schema): string | undefined {
  const steps = path.match(/\.[^.[\]]+|\['(?:[^'\\]|\\.)*'\]/g) ?? []
  if (steps.join('') !== path) return `expected '.' or '['' at start of path`
  let at: Schema | undefined = schema
  for (const step of steps) {
    const name = step.startsWith('.') ? step.slice(1) : step.slice(2, -2)
    at = fieldOf(at, name)
    if (at === undefined) return 'does not refer to a valid field'
  }
  return undefined
}

/** Whether the schema has any rule. */
export function hasRules(schema: Schema): boolean {
  return someSchema(schema, (one) => (one['x-kubernetes-validations'] ?? []).length > 0)
}

/**
 * Returns the faults of an object under the rules of its schema. With `old`, transition rules run, too, and
 * faults of unchanged values are dropped. Source: apiextensions pkg/apiserver/schema/cel/validation.go.
 */
export function evaluateRules(value: unknown, old: unknown, schema: Schema): readonly FieldError[] {
  const errors: FieldError[] = []
  evaluateAt(value, old, schema, '', true, errors)
  return errors
}

function evaluateAt(
  value: unknown,
  old: unknown,
  schema: Schema,
  path: string,
  isRoot: boolean,
  errors: FieldError[],
): void {
  if (value === null || value === undefined) return
  runRules(value, old, schema, path, isRoot, errors)
  if (Array.isArray(value)) {
    const items = itemsOf(schema)
    if (items === undefined || !hasRulesWithin(items)) return
    const before = correlation(schema, old)
    value.forEach((item: unknown, at) =>
      evaluateAt(item, before(item), items, `${path}[${at}]`, false, errors),
    )
  } else if (isPlainObject(value)) {
    const previous = isPlainObject(old) ? old : {}
    for (const name of Object.keys(value).sort()) {
      const field = fieldOf(schema, name)
      if (field === undefined || !hasRulesWithin(field)) continue
      const before = Object.hasOwn(previous, name) ? previous[name] : undefined
      const isMap = schema.properties === undefined || !Object.hasOwn(schema.properties, name)
      const at = isMap ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`
      evaluateAt(value[name], before, field, at, false, errors)
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
  value: unknown,
  old: unknown,
  schema: Schema,
  path: string,
  isRoot: boolean,
  errors: FieldError[],
): void {
  if ((schema['x-kubernetes-validations'] ?? []).length === 0) return
  const isSame = old !== undefined && semanticEqual(value, old)
  let self: unknown
  let oldSelf: unknown
  for (const one of rulesOf(schema, isRoot)) {
    const optional = one.rule.optionalOldSelf === true
    if (
      one.program === undefined ||
      (one.isTransition && !optional && old === undefined) ||
      (isSame && !one.isTransition)
    )
      continue
    self ??= typedValue(value, schema, isRoot)
    if (old !== undefined) oldSelf ??= typedValue(old, schema, isRoot)
    const values = { self, oldSelf: optional ? optionalOf(oldSelf) : (oldSelf ?? null) }
    const error = verdict(one, values, schema, path)
    if (error !== undefined) errors.push(error)
  }
}

function verdict(
  { rule, program, message }: CompiledRule,
  values: Readonly<Record<string, unknown>>,
  schema: Schema,
  path: string,
): FieldError | undefined {
  const field = path === '' ? '<nil>' : path
  const type = schema.type ?? ''
  try {
    if (program?.run(values) === true) return undefined
  } catch (error) {
    if (!(error instanceof CelFault)) throw error
    const text = (rule.message ?? '') === '' ? rule.rule.trim() : (rule.message ?? '').trim()
    if (error.message.startsWith('no such overload')) {
      const detail =
        `'${error.message}': call arguments did not match a supported operator, function or macro ` +
        `signature for rule: ${text}`
      return invalid(field, type, detail)
    }
    return invalid(field, type, `${error.message} evaluating rule: ${text}`)
  }
  const { fieldPath = '' } = rule
  const at = fieldPath === '' ? field : `${path}${fieldPath}`.replace(/^\./, '')
  return reasoned(at, type, messageOf(rule, message, values), rule.reason)
}

function messageOf(
  rule: ValidationRule,
  expression: Program | undefined,
  values: Readonly<Record<string, unknown>>,
): string {
  const own =
    (rule.message ?? '') === ''
      ? `failed rule: ${rule.rule.trim().replace(/\s+/g, ' ')}`
      : (rule.message ?? '').trim()
  if (expression === undefined) return own
  try {
    const text = expression.run(values)
    const line = typeof text === 'string' ? text.trim() : ''
    return line === '' || line.includes('\n') ? own : line
  } catch (error) {
    if (error instanceof CelFault) return own
    throw error
  }
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
