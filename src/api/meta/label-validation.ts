import { forbidden, invalid, required, type FieldError } from '../field-error.js'
import type { Labels } from '../selectors/labels.js'
import { labelValueFaults, qualifiedNameFaults } from '../validation/names.js'
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
    errors.push(...validateLabelRequirement(expression, `${path}.matchExpressions[${index}]`))
  })
  return errors
}

/** How strictly requirements are validated. */
interface RequirementOptions {
  /** Whether an unknown operator is valid. Default false. */
  readonly anyOperator?: boolean
}

/** Validates a requirement of a label selector. Source: metav1validation.ValidateLabelSelectorRequirement. */
export function validateLabelRequirement(
  { key, operator, values = [] }: LabelSelectorRequirement,
  path: string,
  options: RequirementOptions = {},
): readonly FieldError[] {
  const errors = [
    ...validateOperator(operator, values, path, options),
    ...validateLabelName(key, `${path}.key`),
  ]
  values.forEach((value, index) => {
    for (const fault of labelValueFaults(value))
      errors.push(invalid(`${path}.values[${index}]`, value, fault))
  })
  return errors
}

/** Validates an operator of a label or field selector and the number of its values. */
export function validateOperator(
  operator: string,
  values: readonly string[] | undefined,
  path: string,
  { anyOperator = false }: RequirementOptions = {},
): readonly FieldError[] {
  const isEmpty = values === undefined || values.length === 0
  switch (operator) {
    case 'In':
    case 'NotIn':
      return isEmpty
        ? [required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")]
        : []
    case 'Exists':
    case 'DoesNotExist': {
      const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
      return isEmpty ? [] : [forbidden(`${path}.values`, why)]
    }
    default:
      return anyOperator ? [] : [invalid(`${path}.operator`, operator, 'not a valid selector operator')]
  }
}

/** Returns `invalid label selector` if metav1.LabelSelectorAsSelector would fail. */
export function isUsableSelector(selector: LabelSelector): boolean {
  const { matchLabels = {} } = selector
  for (const key in matchLabels)
    if (qualifiedNameFaults(key).length + labelValueFaults(matchLabels[key] ?? '').length > 0) return false
  return (selector.matchExpressions ?? []).every(
    ({ key, operator, values = [] }) =>
      qualifiedNameFaults(key).length === 0 &&
      values.every((value) => labelValueFaults(value).length === 0) &&
      (operator === 'In' || operator === 'NotIn'
        ? values.length > 0
        : values.length === 0 && /^(Exists|DoesNotExist)$/.test(operator)),
  )
}
