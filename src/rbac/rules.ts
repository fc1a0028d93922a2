/**
 * Whether a rule allows something. Source: component-helpers auth/rbac/validation,
 * plugin/pkg/auth/authorizer/rbac RuleAllows.
 */
import type { PolicyRule } from '../api/rbac/generated.js'

/** What is asked for: a resource, or a path that is no resource. `combined` is `pods` or `pods/log`. */
export interface Asked {
  readonly verb: string
  readonly group: string
  readonly combined: string
  readonly subresource: string
  readonly name: string
  readonly path: string | undefined
}

/** The part of a rule that does not fit, in the order in which it is looked at. */
export type RuleFault = 'verb' | 'apiGroup' | 'resource' | 'resourceName' | 'nonResourceURL'

const NONE: readonly string[] = []

/** What keeps a rule from allowing it; undefined when it does. */
export function ruleFault(rule: PolicyRule, asked: Asked): RuleFault | undefined {
  if (!hasOrAll(rule.verbs, asked.verb)) return 'verb'
  if (asked.path !== undefined)
    return urlMatches(rule.nonResourceURLs ?? NONE, asked.path) ? undefined : 'nonResourceURL'
  if (!hasOrAll(rule.apiGroups, asked.group)) return 'apiGroup'
  if (!resourceMatches(rule.resources ?? NONE, asked.combined, asked.subresource)) return 'resource'
  const resourceNames = rule.resourceNames ?? NONE
  return resourceNames.length === 0 || resourceNames.includes(asked.name) ? undefined : 'resourceName'
}

/** Whether the rule allows it. */
export function ruleAllows(rule: PolicyRule, asked: Asked): boolean {
  return ruleFault(rule, asked) === undefined
}

/** Whether a list of verbs or groups holds the value, or `*`, which stands for every one. */
export function hasOrAll(list: readonly string[] | null | undefined, value: string): boolean {
  return list !== undefined && list !== null && (list.includes(value) || list.includes('*'))
}

/** `*` is everything, `*\/log` that subresource of everything; `pods` is not `pods/log`. */
function resourceMatches(resources: readonly string[], combined: string, subresource: string): boolean {
  return (
    resources.includes('*') ||
    resources.includes(combined) ||
    (subresource !== '' && resources.includes(`*/${subresource}`))
  )
}

/** `*` is every path; a `*` at the end stands for what follows. */
function urlMatches(urls: readonly string[], path: string): boolean {
  return urls.some(
    (url) => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, ''))),
  )
}
