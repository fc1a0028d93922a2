import type { PolicyRule } from '../api/rbac/generated.js'
import type { Binding } from './policy.js'
import type { RuleSet } from './rule-set.js'
import { ruleSetOf } from './rule-set.js'

/** A role as bindings refer to it. `rules` is undefined while the role does not exist. */
export interface RoleEntry {
  rules: readonly PolicyRule[] | undefined
  /** The same rules, indexed on first use. */
  set: RuleSet | undefined
}

/** A role that a subject is bound to, with the bindings sorted by name. */
export interface Slot {
  readonly role: RoleEntry
  readonly bindings: Binding[]
}

/** Returns the indexed rules of a role. */
export function rulesIn(role: RoleEntry): RuleSet | undefined {
  return role.rules === undefined ? undefined : (role.set ??= ruleSetOf(role.rules))
}
