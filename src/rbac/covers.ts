/**
 * Whether a set of rules covers another: the basis of the escalation check. Source: component-helpers
 * auth/rbac/validation/policy_comparator.go.
 */
import { quote } from '../lang/go/quote.js'
import type { PolicyRule } from '../api/rbac/generated.js'

const NONE: readonly string[] = []

const list = (values: readonly string[] | null | undefined): readonly string[] => values ?? NONE
const hasAll = (set: readonly string[], values: readonly string[]): boolean =>
  values.every((value) => set.includes(value))

/**
 * Returns the parts of `wanted` that are not held, as rules with single values; empty if `held` covers all of
 * it.
 */
export function missingRights(
  held: readonly PolicyRule[],
  wanted: readonly PolicyRule[],
): readonly PolicyRule[] {
  return wanted.flatMap(breakDown).filter((part) => !held.some((rule) => ruleCovers(rule, part)))
}

/** Returns whether everything that `wanted` allows is allowed by `held`. */
export function covers(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): boolean {
  return missingRights(held, wanted).length === 0
}

/** Splits a rule into rules with one group, resource, verb and name (or URL and verb) each. */
export function breakDown(rule: PolicyRule): readonly PolicyRule[] {
  const parts: PolicyRule[] = []
  const names = list(rule.resourceNames)
  for (const group of list(rule.apiGroups))
    for (const resource of list(rule.resources))
      for (const verb of list(rule.verbs)) {
        const part = { verbs: [verb], apiGroups: [group], resources: [resource] }
        if (names.length === 0) parts.push(part)
        for (const name of names) parts.push({ ...part, resourceNames: [name] })
      }
  for (const url of list(rule.nonResourceURLs))
    for (const verb of list(rule.verbs)) parts.push({ verbs: [verb], nonResourceURLs: [url] })
  return parts
}

function ruleCovers(owner: PolicyRule, part: PolicyRule): boolean {
  const names = list(owner.resourceNames)
  const wantedNames = list(part.resourceNames)
  return (
    (list(owner.verbs).includes('*') || hasAll(list(owner.verbs), list(part.verbs))) &&
    (list(owner.apiGroups).includes('*') || hasAll(list(owner.apiGroups), list(part.apiGroups))) &&
    list(part.resources).every((resource) => resourceCovers(list(owner.resources), resource)) &&
    list(part.nonResourceURLs).every((url) =>
      list(owner.nonResourceURLs).some((ownerUrl) => urlCovers(ownerUrl, url)),
    ) &&
    (names.length === 0 || (wantedNames.length > 0 && hasAll(names, wantedNames)))
  )
}

function resourceCovers(owner: readonly string[], resource: string): boolean {
  if (owner.includes('*') || owner.includes(resource)) return true
  const slash = resource.indexOf('/')
  return slash >= 0 && owner.includes(`*${resource.slice(slash)}`)
}

const urlCovers = (owner: string, url: string): boolean =>
  owner === url || (owner.endsWith('*') && url.startsWith(owner.replace(/\*+$/, '')))

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
