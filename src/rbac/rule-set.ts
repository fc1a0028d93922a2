import type { PolicyRule } from '../api/rbac/generated.js'
import type { Asked } from './rules.js'
import { ruleAllows } from './rules.js'

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
export function setAllows({ byResource, ofPaths }: RuleSet, asked: Asked): boolean {
  if (asked.path !== undefined) return ofPaths.some((rule) => ruleAllows(rule, asked))
  return (
    anyAllows(byResource.get(asked.combined), asked) ||
    anyAllows(byResource.get('*'), asked) ||
    (asked.subresource !== '' && anyAllows(byResource.get(`*/${asked.subresource}`), asked))
  )
}

function anyAllows(rules: readonly PolicyRule[] | undefined, asked: Asked): boolean {
  if (rules === undefined) return false
  for (const rule of rules) if (ruleAllows(rule, asked)) return true
  return false
}
