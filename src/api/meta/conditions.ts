import { duplicate, invalid, notSupported, required, tooLong, type FieldError } from '../field-error.js'
import type { Condition } from './generated.js'
import { validateLabelName } from './label-validation.js'

const statuses = ['False', 'True', 'Unknown']
const reasonText =
  'a condition reason must start with alphabetic character, optionally followed by a string of ' +
  "alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' " +
  "(e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', " +
  "regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')"

/** Validates conditions. Source: apimachinery pkg/apis/meta/v1/validation ValidateConditions. */
export function validateConditions(conditions: readonly Condition[], path: string): readonly FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  conditions.forEach((condition, index) => {
    const at = `${path}[${index}]`
    if (seen.has(condition.type)) errors.push(duplicate(`${at}.type`, condition.type))
    seen.add(condition.type)
    validateCondition(condition, at, errors)
  })
  return errors
}

function validateCondition(condition: Condition, path: string, errors: FieldError[]): void {
  const { type, observedGeneration = 0, reason, message } = condition
  const status: string = condition.status
  errors.push(...validateLabelName(type, `${path}.type`))
  if (!statuses.includes(status)) errors.push(notSupported(`${path}.status`, status, statuses))
  if (observedGeneration < 0) {
    const text = 'must be greater than or equal to zero'
    errors.push(invalid(`${path}.observedGeneration`, observedGeneration, text))
  }
  if ((condition.lastTransitionTime ?? null) === null) errors.push(required(`${path}.lastTransitionTime`))
  if (reason === '') errors.push(required(`${path}.reason`))
  else {
    if (!/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/.test(reason))
      errors.push(invalid(`${path}.reason`, reason, reasonText))
    if (reason.length > 1024) errors.push(tooLong(`${path}.reason`, 1024))
  }
  if (message.length > 32768) errors.push(tooLong(`${path}.message`, 32768))
}
