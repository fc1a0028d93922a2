import type { LabelMatcher, Requirement } from '../../api/labels.js'
import { compileRequirements, selectorRequirements } from '../../api/labels.js'
import type { LabelSelector } from '../../api/meta/generated.js'

/** A label selector ready for use. Two of the same `key` match the same labels. */
export interface LabelQuery {
  readonly key: string
  readonly matches: LabelMatcher
  /** A label that whatever matches must have: by it a query is found from the labels of a pod. */
  readonly pair: readonly [key: string, value: string] | undefined
}

const NOTHING: LabelQuery = { key: '-', matches: () => false, pair: undefined }

/** Labels that satisfy all requirements; none match everything. */
export function queryOf(requirements: readonly Requirement[]): LabelQuery {
  const exact = requirements.find(
    ({ operator, values }) => values.length === 1 && (operator === '=' || operator === 'in'),
  )
  return {
    key: JSON.stringify(requirements),
    matches: compileRequirements(requirements),
    pair: exact && [exact.key, exact.values[0] as string],
  }
}

/** A LabelSelector object; an absent one matches nothing, an empty one everything. */
export function querySelector(
  selector: LabelSelector | null | undefined,
  ...more: readonly Requirement[]
): LabelQuery {
  return selector ? queryOf([...selectorRequirements(selector), ...more]) : NOTHING
}
