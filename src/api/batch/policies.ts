import { wasSentEmpty } from '../schema/sent-empty.js'
import { quote } from '../../lang/go/quote.js'
import {
  duplicate,
  invalid,
  invalidUntold,
  notSupported,
  required,
  tooLong,
  tooMany,
  type FieldError,
} from '../field-error.js'
import { qualifiedNameFaults } from '../validation/names.js'
import { validateNonNegative } from '../apps/template.js'
import type {
  JobSpec,
  PodFailurePolicyOnExitCodesRequirement,
  PodFailurePolicyRule,
  SuccessPolicyRule,
} from './generated.js'
import { countIndexes, IndexError, parseIndexes } from './index-ranges.js'

const maxRules = 20
const maxPatterns = 20
const maxExitCodes = 255
const maxIndexesBytes = 64 * 1024
const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const operators = ['In', 'NotIn']
const conditionStatuses = ['False', 'True', 'Unknown']

/** Validates that the value is one of `values`, which the text lists as Go's %q of a slice. */
function validateChoice(value: string, values: readonly string[], path: string, errors: FieldError[]): void {
  if (value === '') errors.push(required(path, `valid values: [${values.map(quote).join(' ')}]`))
  else if (!values.includes(value)) errors.push(notSupported(path, value, values))
}

/** Source: pkg/apis/batch/validation validatePodFailurePolicy. */
export function validatePodFailurePolicy(spec: JobSpec, path: string, errors: FieldError[]): void {
  const rules = spec.podFailurePolicy?.rules ?? []
  if (rules.length > maxRules) errors.push(tooMany(`${path}.rules`, rules.length, maxRules))
  const { containers, initContainers = [] } = spec.template.spec ?? { containers: [] }
  const names = new Set([...containers, ...initContainers].map(({ name }) => name))
  rules.forEach((rule, index) => validateFailureRule(spec, rule, names, `${path}.rules[${index}]`, errors))
}

function validateFailureRule(
  spec: JobSpec,
  rule: PodFailurePolicyRule,
  names: ReadonlySet<string>,
  path: string,
  errors: FieldError[],
): void {
  const { action, onExitCodes, onPodConditions = [] } = rule
  if (action === 'FailIndex') {
    if (spec.backoffLimitPerIndex === undefined) {
      errors.push(invalid(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set'))
    }
  } else validateChoice(action, actions, `${path}.action`, errors)
  if (onExitCodes !== undefined) validateExitCodes(onExitCodes, names, `${path}.onExitCodes`, errors)
  if (onPodConditions.length > maxPatterns)
    errors.push(tooMany(`${path}.onPodConditions`, onPodConditions.length, maxPatterns))
  onPodConditions.forEach(({ type, status }, index) => {
    const at = `${path}.onPodConditions[${index}]`
    for (const fault of qualifiedNameFaults(type)) errors.push(invalid(`${at}.type`, type, fault))
    validateChoice(status, conditionStatuses, `${at}.status`, errors)
  })
  if (onExitCodes !== undefined && onPodConditions.length > 0) {
    errors.push(invalidUntold(path, 'specifying both OnExitCodes and OnPodConditions is not supported'))
  }
  if (onExitCodes === undefined && onPodConditions.length === 0) {
    errors.push(invalidUntold(path, 'specifying one of OnExitCodes and OnPodConditions is required'))
  }
}

function validateExitCodes(
  requirement: PodFailurePolicyOnExitCodesRequirement,
  names: ReadonlySet<string>,
  path: string,
  errors: FieldError[],
): void {
  const { containerName, operator, values: given } = requirement
  validateChoice(operator, operators, `${path}.operator`, errors)
  if (containerName !== undefined && !names.has(containerName)) {
    errors.push(
      invalid(
        `${path}.containerName`,
        containerName,
        'must be one of the container or initContainer names in the pod template',
      ),
    )
  }
  const values = (given as readonly number[] | null | undefined) ?? []
  const shown = wasSentEmpty(requirement, 'values') ? [] : null
  if (values.length === 0) errors.push(invalid(`${path}.values`, shown, 'at least one value is required'))
  else if (values.length > maxExitCodes) errors.push(tooMany(`${path}.values`, values.length, maxExitCodes))
  const seen = new Set<number>()
  values.forEach((code, index) => {
    const at = `${path}.values[${index}]`
    if (operator === 'In' && code === 0) errors.push(invalid(at, code, 'must not be 0 for the In operator'))
    if (seen.has(code)) errors.push(duplicate(at, code))
    seen.add(code)
  })
  if (values.some((code, index) => index > 0 && (values[index - 1] as number) > code)) {
    errors.push(invalid(`${path}.values`, values, 'must be ordered'))
  }
}

/** Source: validateSuccessPolicy. */
export function validateSuccessPolicy(spec: JobSpec, path: string, errors: FieldError[]): void {
  const rules = (spec.successPolicy?.rules as readonly SuccessPolicyRule[] | null | undefined) ?? []
  if (rules.length === 0)
    errors.push(
      required(`${path}.rules`, 'at least one rules must be specified when the successPolicy is specified'),
    )
  if (rules.length > maxRules) errors.push(tooMany(`${path}.rules`, rules.length, maxRules))
  // missing completions are reported elsewhere
  if (spec.completions === undefined) return
  const { completions } = spec
  rules.forEach((rule, index) => validateSuccessRule(rule, completions, `${path}.rules[${index}]`, errors))
}

function validateSuccessRule(
  { succeededIndexes, succeededCount }: SuccessPolicyRule,
  completions: number,
  path: string,
  errors: FieldError[],
): void {
  if (succeededCount === undefined && succeededIndexes === undefined) {
    errors.push(required(path, 'at least one of succeededCount or succeededIndexes must be specified'))
  }
  let total = 0
  if (succeededIndexes !== undefined)
    total = validateIndexes(succeededIndexes, completions, `${path}.succeededIndexes`, errors)
  if (succeededCount === undefined) return
  const at = `${path}.succeededCount`
  validateNonNegative(succeededCount, at, errors)
  if (succeededCount > completions) {
    errors.push(
      invalid(
        at,
        succeededCount,
        `must be less than or equal to ${completions} (the number of specified completions)`,
      ),
    )
  }
  if (succeededIndexes !== undefined && succeededCount > total) {
    const what = 'the number of indexes in the specified succeededIndexes field'
    errors.push(invalid(at, succeededCount, `must be less than or equal to ${total} (${what})`))
  }
}

function validateIndexes(text: string, completions: number, path: string, errors: FieldError[]): number {
  if (text.length > maxIndexesBytes) {
    errors.push(tooLong(path, maxIndexesBytes))
  }
  try {
    return countIndexes(parseIndexes(text, completions))
  } catch (error) {
    if (!(error instanceof IndexError)) throw error
    errors.push(invalid(path, text, `error parsing succeededIndexes: ${error.message}`))
    return 0
  }
}
