import { forbidden, invalid, required, type FieldError } from '../field-error.js'
import type { Labels } from '../labels.js'
import { labelValueFaults, qualifiedNameFaults } from '../names.js'
import type { LabelSelector, LabelSelectorRequirement } from './generated.js'

/** Validates a key, which must be a qualified name. Source: metav1validation.ValidateLabelName. */
export function validateLabelName(key: string, path: string): readonly FieldError[] {
  return qualifiedNameFaults(key).map((fault) => invalid(path, key, fault))
}

/**
 * Validates labels: each key must be a qualified name, each value a label value. Source:
 * metav1validation.ValidateLabels.
 */
export function validateLabels(labels: Labels | undefined, path: string): readonly FieldError[] {
  const errors: FieldError[] = []
  for (const key in labels) {
    errors.push(...validateLabelName(key, path))
    const value = labels[key] ?? ''
    for (const fault of labelValueFaults(value)) errors.push(invalid(path, value, fault))
  }
  return errors
}

/**
 * Validates a LabelSelector object. An absent one is valid. Source: metav1validation.ValidateLabelSelector.
 */
export function validateLabelSelector(
  selector: LabelSelector | undefined,
  path: string,
): readonly FieldError[] {
  if (selector === undefined) return []
  const errors = [...validateLabels(selector.matchLabels, `${path}.matchLabels`)]
  selector.matchExpressions?.forEach((expression, index) => {
    errors.push(...validateExpression(expression, `${path}.matchExpressions[${index}]`))
  })
  return errors
}

function validateExpression(
  { key, operator, values = [] }: LabelSelectorRequirement,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = []
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0)
      errors.push(required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      errors.push(
        forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
      )
    }
  } else {
    errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'))
  }
  errors.push(...validateLabelName(key, `${path}.key`))
  values.forEach((value, index) => {
    for (const fault of labelValueFaults(value))
      errors.push(invalid(`${path}.values[${index}]`, value, fault))
  })
  return errors
}

/** Returns `invalid label selector` if metav1.LabelSelectorAsSelector would fail. */
export function isUsableSelector(selector: LabelSelector): boolean {
  return (selector.matchExpressions ?? []).every(
    ({ key, operator, values = [] }) =>
      qualifiedNameFaults(key).length === 0 &&
      (operator === 'In' || operator === 'NotIn'
        ? values.length > 0
        : values.length === 0 && /^(Exists|DoesNotExist)$/.test(operator)),
  )
}
