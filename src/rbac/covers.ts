/**
 * Whether a set of rules covers another: the basis of the escalation check. Source: component-helpers
 * auth/rbac/validation/policy_comparator.go.
 */
import { quote } from '../lang/go/quote.js'
import type { PolicyRule } from '../api/rbac/generated.js'
import { Budget, type BudgetLimits } from '../lang/bounds/budget.js'
import { checkRights } from './inputs.js'
import { HeldIndex } from './held-index.js'

const NONE: readonly string[] = []

const list = (values: readonly string[] | null | undefined): readonly string[] => values ?? NONE

/**
 * Most parts that rules are split into. A rule of 2.5 kB with 100 values in each of its lists has 100
 * million.
 */
export const MOST_PARTS = 10_000

/** What splitting rules may take. */
export const SPLITTING: BudgetLimits = {
  work: 'splitting rules into one group, resource, verb and name each',
  steps: MOST_PARTS,
}

/**
 * Returns the parts of `wanted` that are not held, as rules with single values; empty if `held` covers all of
 * it.
 * @throws OverBudget when they have more than {@link MOST_PARTS}, or there are too many to compare
 * @example missingRights(role.rules ?? [], [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }])
 */
export function missingRights(
  held: readonly PolicyRule[],
  wanted: readonly PolicyRule[],
): readonly PolicyRule[] {
  checkRights(held, wanted)
  return [...missing(held, wanted)]
}

/**
 * Returns whether everything that `wanted` allows is allowed by `held`.
 * @throws as {@link missingRights}
 * @example hasRights(role.rules ?? [], [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }])
 */
export function hasRights(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): boolean {
  checkRights(held, wanted)
  return missing(held, wanted).next().done === true
}

function* missing(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): Generator<PolicyRule, void> {
  if (wanted.length === 0) return
  const index = new HeldIndex(held)
  // a rule that one rule covers needs no splitting: administrators may grant what has too many parts
  const split =
    numberOfParts(wanted) <= MOST_PARTS ? wanted : wanted.filter((rule) => !index.coversWhole(rule))
  for (const part of parts(split)) if (!index.covers(part)) yield part
}

const numberOfParts = (rules: readonly PolicyRule[]): number =>
  rules.reduce((sum, { verbs, apiGroups, resources, resourceNames, nonResourceURLs }) => {
    const named = Math.max(1, list(resourceNames).length)
    const ofResources = list(apiGroups).length * list(resources).length * named
    return sum + verbs.length * (ofResources + list(nonResourceURLs).length)
  }, 0)

/**
 * Splits rules into rules with one group, resource, verb and name (or URL and verb) each.
 * @throws OverBudget when they have more than {@link MOST_PARTS}
 */
export const breakDown = (rules: readonly PolicyRule[]): readonly PolicyRule[] => [...parts(rules)]

function* parts(rules: readonly PolicyRule[]): Generator<PolicyRule, void> {
  const budget = new Budget(SPLITTING)
  for (const rule of rules)
    for (const part of partsOf(rule)) {
      budget.step()
      yield part
    }
}

function* partsOf(rule: PolicyRule): Generator<PolicyRule, void> {
  const names = list(rule.resourceNames)
  for (const group of list(rule.apiGroups))
    for (const resource of list(rule.resources))
      for (const verb of list(rule.verbs)) {
        const part = { verbs: [verb], apiGroups: [group], resources: [resource] }
        if (names.length === 0) yield part
        for (const name of names) yield { ...part, resourceNames: [name] }
      }
  for (const url of list(rule.nonResourceURLs))
    for (const verb of list(rule.verbs)) yield { verbs: [verb], nonResourceURLs: [url] }
}

/**
 * Merges rules for the same group and resource that differ in verbs only. Source:
 * pkg/registry/rbac/validation/policy_compact.go.
 */
export function compactRules(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const simple = new Map<
    string,
    { verbs: string[]; apiGroups: readonly string[]; resources: readonly string[] }
  >()
  const others: PolicyRule[] = []
  for (const rule of rules) {
    const { apiGroups, resources, verbs, resourceNames, nonResourceURLs } = rule
    if (
      apiGroups?.length !== 1 ||
      resources?.length !== 1 ||
      list(resourceNames).length > 0 ||
      list(nonResourceURLs).length > 0
    ) {
      others.push(rule)
      continue
    }
    const key = `${apiGroups[0] as string}/${resources[0] as string}`
    const known = simple.get(key)
    if (known === undefined) simple.set(key, { verbs: [...verbs], apiGroups, resources })
    else known.verbs.push(...verbs)
  }
  return [...others, ...simple.values()]
}

/**
 * Formats a rule as `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`. Source:
 * pkg/apis/rbac/v1/helpers.go CompactString.
 */
export function ruleText({
  apiGroups,
  resources,
  nonResourceURLs,
  resourceNames,
  verbs,
}: PolicyRule): string {
  const parts = [
    ['APIGroups', apiGroups],
    ['Resources', resources],
    ['NonResourceURLs', nonResourceURLs],
    ['ResourceNames', resourceNames],
    ['Verbs', verbs],
  ] as const
  return `{${parts
    .filter(([, values]) => list(values).length > 0)
    .map(([name, values]) => `${name}:${listText(list(values))}`)
    .join(', ')}}`
}

/** Formats a list as Go's %q does: `["a" "b"]`. */
export function listText(values: readonly string[]): string {
  return `[${values.map(quote).join(' ')}]`
}
