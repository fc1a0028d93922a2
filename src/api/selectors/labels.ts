import { aggregateText, invalid, type FieldError } from '../field-error.js'
import type { LabelSelector, LabelSelectorRequirement } from '../meta/generated.js'
import { labelValueFaults, qualifiedNameFaults } from '../validation/names.js'
import { byText } from '../../lang/text/order.js'

/** Labels of an object. */
export type Labels = Readonly<Record<string, string>>

/** Operators of a parsed selector; `=` and `==` differ only in print. */
export type SelectorOperator = 'in' | 'notin' | '=' | '==' | '!=' | 'exists' | '!' | 'gt' | 'lt'

/** One condition of a selector; `values` are sorted and distinct. */
export interface Requirement {
  readonly key: string
  readonly operator: SelectorOperator
  readonly values: readonly string[]
}

/** A compiled selector: returns whether it matches the labels. */
export type LabelMatcher = (labels: Labels | undefined) => boolean

const none: Labels = {}

const has = (labels: Labels, key: string): boolean => Object.hasOwn(labels, key)

const integer = (text: string | undefined): bigint | undefined =>
  text !== undefined && /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : undefined

/** Whether the labels satisfy one requirement. Source: k8s.io/apimachinery/pkg/labels Requirement.Matches. */
export function requirementMatches({ key, operator, values }: Requirement, labels: Labels): boolean {
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return has(labels, key) && values.includes(labels[key] ?? '')
    case 'notin':
    case '!=':
      return !has(labels, key) || !values.includes(labels[key] ?? '')
    case 'exists':
      return has(labels, key)
    case '!':
      return !has(labels, key)
    case 'gt':
    case 'lt': {
      const actual = has(labels, key) ? integer(labels[key]) : undefined
      const bound = integer(values[0])
      if (actual === undefined || bound === undefined) return false
      return operator === 'gt' ? actual > bound : actual < bound
    }
  }
}

/** Compiles requirements, all of which must hold. An empty list matches everything. */
export function compileRequirements(requirements: readonly Requirement[]): LabelMatcher {
  const [only] = requirements
  if (only === undefined) return () => true
  if (requirements.length === 1) return (labels) => requirementMatches(only, labels ?? none)
  return (labels) => requirements.every((requirement) => requirementMatches(requirement, labels ?? none))
}

const selectorOperators: Readonly<Record<string, SelectorOperator>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
}

/**
 * Returns the faults of a requirement's values and, if `values` are those of an object, of their number.
 * Source: k8s.io/apimachinery/pkg/labels NewRequirement.
 */
export function requirementErrors({ key, operator, values }: Requirement): readonly FieldError[] {
  const errors: FieldError[] = []
  values.forEach((value, index) => {
    if ((operator === 'gt' || operator === 'lt') && !/^[+-]?\d+$/.test(value)) {
      errors.push(
        invalid(`values[${index}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer"),
      )
    }
    const faults = labelValueFaults(value)
    if (faults.length > 0) errors.push(invalid(`values[${index}][${key}]`, value, faults.join('; ')))
  })
  return errors
}

/** Throws a RangeError with upstream's text for a requirement that is invalid. */
function checkRequirement(requirement: Requirement, given: readonly string[] | undefined): void {
  const { key, operator, values } = requirement
  const faults = qualifiedNameFaults(key)
  const errors: FieldError[] = faults.length > 0 ? [invalid('key', key, faults.join('; '))] : []
  if ((operator === 'in' || operator === 'notin') && values.length === 0)
    errors.push(invalid('values', null, "for 'in', 'notin' operators, values set can't be empty"))
  if ((operator === 'exists' || operator === '!') && values.length > 0)
    errors.push(invalid('values', given, 'values set must be empty for exists and does not exist'))
  errors.push(...requirementErrors({ key, operator, values: given ?? values }))
  if (errors.length > 0) throw new RangeError(aggregateText(errors))
}

/**
 * Returns the requirements of a LabelSelector object, sorted by key as upstream prints them. Throws a
 * RangeError for an invalid key, operator or value. Source: metav1.LabelSelectorAsSelector.
 */
export function selectorRequirements(selector: LabelSelector): readonly Requirement[] {
  const exact = Object.entries(selector.matchLabels ?? {}).map(([key, value]): Requirement => ({
    key,
    operator: '=',
    values: [value],
  }))
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values }): Requirement => {
    const known = selectorOperators[operator]
    if (known === undefined || known === 'gt' || known === 'lt') {
      throw new RangeError(`"${operator}" is not a valid label selector operator`)
    }
    return { key, operator: known, values: [...new Set(values ?? [])].sort() }
  })
  for (const requirement of exact) checkRequirement(requirement, undefined)
  expressions.forEach((requirement, at) =>
    checkRequirement(requirement, selector.matchExpressions?.[at]?.values),
  )
  return [...exact, ...expressions].sort((a, b) => byText(a.key, b.key))
}

const matchNothing: LabelMatcher = () => false
const compiled = new WeakMap<LabelSelector, LabelMatcher>()

/**
 * Compiles a LabelSelector object. An absent selector matches nothing, an empty one everything
 * (metav1.LabelSelectorAsSelector). The compiled form of a frozen selector is cached.
 */
export function compileSelector(selector: LabelSelector | null | undefined): LabelMatcher {
  if (selector === undefined || selector === null) return matchNothing
  const known = compiled.get(selector)
  if (known !== undefined) return known
  const matcher = compileRequirements(selectorRequirements(selector))
  if (Object.isFrozen(selector)) compiled.set(selector, matcher)
  return matcher
}

/** Whether a LabelSelector object matches the labels. */
export function selectorMatches(
  selector: LabelSelector | null | undefined,
  labels: Labels | undefined,
): boolean {
  return compileSelector(selector)(labels)
}

/**
 * Whether a plain map selector (Service, ReplicationController) matches. An absent or empty one matches
 * nothing.
 */
export function labelMapMatches(selector: Labels | undefined, labels: Labels | undefined): boolean {
  const entries = Object.entries(selector ?? none)
  return (
    entries.length > 0 && entries.every(([key, value]) => has(labels ?? none, key) && labels?.[key] === value)
  )
}

/** Formats a requirement as upstream does: `app=web`, `tier in (a,b)`, `!gone`, `n>5`. */
export function formatRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'exists':
      return key
    case '!':
      return `!${key}`
    case 'in':
    case 'notin':
      return `${key} ${operator} (${values.join(',')})`
    case 'gt':
      return `${key}>${values[0] ?? ''}`
    case 'lt':
      return `${key}<${values[0] ?? ''}`
    default:
      return `${key}${operator}${values[0] ?? ''}`
  }
}

/** Formats a LabelSelector; one that selects everything is empty. Throws a RangeError if it is invalid. */
export function selectorText(selector: LabelSelector): string {
  return selectorRequirements(selector).map(formatRequirement).join(',')
}

/**
 * Formats a LabelSelector as in Tables: `everything` if it is empty or absent, `<error>` if invalid. Source:
 * metav1.FormatLabelSelector.
 */
export function formatSelector(
  selector: LabelSelector | null | undefined,
  everything: string = '<none>',
): string {
  if (selector === undefined || selector === null) return everything
  try {
    return selectorText(selector) || everything
  } catch (error) {
    if (error instanceof RangeError) return '<error>'
    throw error
  }
}

/** Formats labels as `a=b,c=d`, sorted by key; `<none>` if empty. Source: labels.FormatLabels. */
export function formatLabels(labels: Labels | undefined): string {
  const keys = Object.keys(labels ?? none).sort()
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${labels?.[key] ?? ''}`).join(',')
}

/**
 * Formats a selector as Go's `%v` prints its protobuf type, for event messages. Source: meta/v1
 * generated.pb.go String.
 */
export function formatGoSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.keys(matchLabels)
    .sort()
    .map((key) => `${key}: ${matchLabels[key] ?? ''},`)
    .join('')
  const expressions = matchExpressions.map(formatGoRequirement).join('')
  return (
    `&LabelSelector{MatchLabels:map[string]string{${labels}},` +
    `MatchExpressions:[]LabelSelectorRequirement{${expressions}},}`
  )
}

function formatGoRequirement({ key, operator, values = [] }: LabelSelectorRequirement): string {
  return `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`
}
