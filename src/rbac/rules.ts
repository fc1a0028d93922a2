/**
 * Whether a rule allows an action. Source: component-helpers auth/rbac/validation,
 * plugin/pkg/auth/authorizer/rbac RuleAllows.
 */
import type { PolicyRule } from '../api/rbac/generated.js'

/** The action: on a resource, or on a non-resource path. `combined` is `pods` or `pods/log`. */
export interface Asked {
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
export function ruleFault(rule: PolicyRule, asked: Asked): RuleFault | undefined {
  if (!hasOrAll(rule.verbs, asked.verb)) return 'verb'
  if (asked.path !== undefined)
    return urlMatches(rule.nonResourceURLs ?? NONE, asked.path) ? undefined : 'nonResourceURL'
  if (!hasOrAll(rule.apiGroups, asked.group)) return 'apiGroup'
  if (!resourceMatches(rule.resources ?? NONE, asked.combined, asked.subresource)) return 'resource'
  const resourceNames = rule.resourceNames ?? NONE
  return resourceNames.length === 0 || resourceNames.includes(asked.name) ? undefined : 'resourceName'
}

/** Returns whether the rule allows the action. */
export function ruleAllows(rule: PolicyRule, asked: Asked): boolean {
  return ruleFault(rule, asked) === undefined
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
    (url) => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, ''))),
  )
}
