import type { LabelMatcher, Requirement } from '../../api/selectors/labels.js'
import { compileRequirements, selectorRequirements } from '../../api/selectors/labels.js'
import type { LabelSelector } from '../../api/meta/generated.js'

/** A label selector, preprocessed. Queries with the same `key` match the same labels. */
export interface CompiledSelector {
  readonly key: string
  readonly matches: LabelMatcher
  /** A label that every match must have; it serves to find the query from a pod's labels. */
  readonly pair: readonly [key: string, value: string] | undefined
}

/** The query that matches nothing. */
export const NOTHING: CompiledSelector = { key: '-', matches: () => false, pair: undefined }

/** Creates a query for labels that meet all requirements; an empty list matches everything. */
export function queryOf(requirements: readonly Requirement[]): CompiledSelector {
  const exact = requirements.find(
    ({ operator, values }) => values.length === 1 && (operator === '=' || operator === 'in'),
  )
  return {
    key: JSON.stringify(requirements),
    matches: compileRequirements(requirements),
    pair: exact && [exact.key, exact.values[0] as string],
  }
}

/** Whether a query has no requirement. */
export function matchesAll({ key }: CompiledSelector): boolean {
  return key === '[]'
}

/** Creates a query from a LabelSelector; an absent one matches nothing, an empty one everything. */
export function querySelector(
  selector: LabelSelector | null | undefined,
  ...more: readonly Requirement[]
): CompiledSelector {
  return selector ? queryOf([...selectorRequirements(selector), ...more]) : NOTHING
}
