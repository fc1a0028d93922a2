import type { LabelSelector } from './meta/generated.js'

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
 * Returns the requirements of a LabelSelector object, sorted by key as upstream prints them. Throws for an
 * unknown operator.
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
  return [...exact, ...expressions].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
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

/**
 * Formats a LabelSelector as in Tables: `<none>` if empty, `<error>` if invalid. Source:
 * metav1.FormatLabelSelector.
 */
export function formatSelector(selector: LabelSelector | null | undefined): string {
  if (selector === undefined || selector === null) return '<none>'
  try {
    const text = selectorRequirements(selector).map(formatRequirement).join(',')
    return text === '' ? '<none>' : text
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
