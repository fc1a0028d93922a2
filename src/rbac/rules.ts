/**
 * Whether a rule allows an action. Source: component-helpers auth/rbac/validation,
 * plugin/pkg/auth/authorizer/rbac RuleAllows.
 */
import type { PolicyRule } from '../api/rbac/generated.js'

/** The action: on a resource, or on a non-resource path. `combined` is `pods` or `pods/log`. */
export interface RequestedAction {
  readonly verb: string
  readonly group: string
  readonly combined: string
  readonly subresource: string
  readonly name: string
  readonly path: string | undefined
}

/** The part of a rule that does not match, in the order of checking. */
export type RuleFault = 'verb' | 'apiGroup' | 'resource' | 'resourceName' | 'nonResourceURL'

const NONE: readonly string[] = []

/** Returns the part of a rule that does not match; undefined if the rule allows the action. */
export function ruleFault(rule: PolicyRule, action: RequestedAction): RuleFault | undefined {
  if (!hasOrAll(rule.verbs, action.verb)) return 'verb'
  if (action.path !== undefined)
    return urlMatches(rule.nonResourceURLs ?? NONE, action.path) ? undefined : 'nonResourceURL'
  if (!hasOrAll(rule.apiGroups, action.group)) return 'apiGroup'
  if (!resourceMatches(rule.resources ?? NONE, action.combined, action.subresource)) return 'resource'
  const resourceNames = rule.resourceNames ?? NONE
  return resourceNames.length === 0 || resourceNames.includes(action.name) ? undefined : 'resourceName'
}

/** Returns whether the rule allows the action. */
export function ruleAllows(rule: PolicyRule, action: RequestedAction): boolean {
  return ruleFault(rule, action) === undefined
}

/** Returns whether a list of verbs or groups contains the value or `*`. */
export function hasOrAll(list: readonly string[] | null | undefined, value: string): boolean {
  return list !== undefined && list !== null && (list.includes(value) || list.includes('*'))
}

/**
 * Returns whether the resource matches. `*` is everything, `*\/log` that subresource of everything; `pods`
 * does not include `pods/log`.
 */
function resourceMatches(resources: readonly string[], combined: string, subresource: string): boolean {
  return (
    resources.includes('*') ||
    resources.includes(combined) ||
    (subresource !== '' && resources.includes(`*/${subresource}`))
  )
}

/** Returns whether the path matches. `*` is every path; a trailing `*` matches any suffix. */
function urlMatches(urls: readonly string[], path: string): boolean {
  return urls.some(
    (url) =>
      url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.replace(/(?<!\*)\*+$/, ''))),
  )
}

/** The rules of a role, indexed by resource so that a check looks at few of them. */
export interface RuleSet {
  readonly rules: readonly PolicyRule[]
  /** By the resource as the rule names it: `pods`, `pods/log`, `*`, `*\/log`. */
  readonly byResource: ReadonlyMap<string, readonly PolicyRule[]>
  /** The rules for non-resource URLs. */
  readonly ofPaths: readonly PolicyRule[]
}

const ruleSets = new WeakMap<readonly PolicyRule[], RuleSet>()

/** Returns the indexed rules of a role; built once for each (frozen) list of rules. */
export function ruleSetOf(rules: readonly PolicyRule[]): RuleSet {
  let set = ruleSets.get(rules)
  if (set === undefined) ruleSets.set(rules, (set = sorted(rules)))
  return set
}

function sorted(rules: readonly PolicyRule[]): RuleSet {
  const byResource = new Map<string, PolicyRule[]>()
  for (const rule of rules)
    for (const resource of rule.resources ?? []) {
      const known = byResource.get(resource)
      if (known === undefined) byResource.set(resource, [rule])
      else known.push(rule)
    }
  return {
    rules,
    byResource,
    ofPaths: rules.filter(({ nonResourceURLs }) => (nonResourceURLs?.length ?? 0) > 0),
  }
}

/** Returns whether some rule of the set allows the action. */
export function ruleSetAllows({ byResource, ofPaths }: RuleSet, action: RequestedAction): boolean {
  if (action.path !== undefined) return ofPaths.some((rule) => ruleAllows(rule, action))
  return (
    anyAllows(byResource.get(action.combined), action) ||
    anyAllows(byResource.get('*'), action) ||
    (action.subresource !== '' && anyAllows(byResource.get(`*/${action.subresource}`), action))
  )
}

function anyAllows(rules: readonly PolicyRule[] | undefined, action: RequestedAction): boolean {
  if (rules === undefined) return false
  for (const rule of rules) if (ruleAllows(rule, action)) return true
  return false
}
