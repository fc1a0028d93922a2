import type { PolicyRule } from '../../api/rbac/generated.js'
import { breakDown } from '../../rbac/covers.js'

/** The verbs on resources that every command knows; each command knows some more. */
export const RESOURCE_VERBS: readonly string[] =
  '* get list watch create update patch delete deletecollection use bind escalate impersonate'.split(' ')

/**
 * Breaks rules down to one resource (or path) and one verb each, merges those that differ only in verbs, and
 * sorts them by text. Source: component-helpers auth/rbac/validation BreakdownRule, kubectl pkg/util/rbac
 * CompactRules, SortableRuleSlice.
 */
export function compactRules(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const compact: PolicyRule[] = []
  const simple = new Map<string, PolicyRule>()
  for (const rule of breakDown(rules)) {
    if (rule.resources === undefined) {
      compact.push(rule)
      continue
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames])
    const known = simple.get(key)
    if (known === undefined) simple.set(key, rule)
    else if (!known.verbs.includes(rule.verbs[0] as string))
      simple.set(key, { ...known, verbs: [...known.verbs, ...rule.verbs] })
  }
  const texts = new Map([...compact, ...simple.values()].map((rule) => [rule, goText(rule)]))
  const textOf = (rule: PolicyRule): string => texts.get(rule) ?? ''
  return [...texts.keys()].sort((a, b) => (textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0))
}

/** Formats a rule like Go's generated String method, which is the sort key. */
function goText({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): string {
  const list = (values: readonly string[]): string => `[${values.join(' ')}]`
  return (
    `&PolicyRule{Verbs:${list(verbs)},APIGroups:${list(apiGroups)},Resources:${list(resources)},` +
    `ResourceNames:${list(resourceNames)},NonResourceURLs:${list(nonResourceURLs)},}`
  )
}

/**
 * `deployments.apps/scale` of the first resource and group of a rule; '' for rules about paths. Source:
 * kubectl pkg/describe CombineResourceGroup.
 */
export function resourceText({
  resources: [resource] = [],
  apiGroups: [group = ''] = [],
}: PolicyRule): string {
  if (resource === undefined) return ''
  const slash = resource.indexOf('/')
  const [name, subresource] = slash < 0 ? [resource, ''] : [resource.slice(0, slash), resource.slice(slash)]
  return `${name}${group === '' ? '' : `.${group}`}${subresource}`
}
