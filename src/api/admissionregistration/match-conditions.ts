import { repeats } from '../validation/repeats.js'
import { duplicate, invalid, required, tooMany } from '../field-error.js'
import type { FieldError } from '../field-error.js'
import { qualifiedNameFaults } from '../validation/names.js'
import type { ExpressionScope } from './expressions.js'
import { compileTyped } from './expressions.js'
import type { MatchCondition } from './generated.js'

const MOST_CONDITIONS = 64

/** Source: validateMatchConditions. */
export function validateMatchConditions(
  conditions: readonly MatchCondition[],
  scope: ExpressionScope,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = []
  if (conditions.length > MOST_CONDITIONS) errors.push(tooMany(path, conditions.length, MOST_CONDITIONS))
  const repeated = repeats(conditions, ({ name }) => name)
  conditions.forEach(({ name, expression }, index) => {
    const at = `${path}[${index}]`
    if (expression.trim() === '') errors.push(required(`${at}.expression`))
    else errors.push(...validateExpression(expression, scope, 'bool', `${at}.expression`))
    if (name === '') errors.push(required(`${at}.name`))
    else for (const fault of qualifiedNameFaults(name)) errors.push(invalid(`${at}.name`, name, fault))
    if (name !== '' && repeated.has(index)) errors.push(duplicate(`${at}.name`, name))
  })
  return errors
}

/** Returns the fault of an expression, or undefined. */
export function validateExpression(
  expression: string,
  scope: ExpressionScope,
  wanted: 'bool' | 'string' | undefined,
  path: string,
): readonly FieldError[] {
  const { error } = compileTyped(expression, scope, wanted)
  return error === undefined ? [] : [invalid(path, expression, error)]
}
