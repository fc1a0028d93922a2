import type { PolicyRule } from '../api/rbac/generated.js'
import type { Binding } from './policy.js'
import type { RuleSet } from './rule-set.js'
import { ruleSetOf } from './rule-set.js'

/** A role as bindings refer to it. `rules` is undefined while there is no such role. */
export interface RoleEntry {
  rules: readonly PolicyRule[] | undefined
  /** The same rules, sorted when first asked for. */
  set: RuleSet | undefined
}

/** A role that a subject is bound to, and by which bindings, in the order of their names. */
export interface Slot {
  readonly role: RoleEntry
  readonly bindings: Binding[]
}

/** The rules of a role, sorted. */
export function rulesIn(role: RoleEntry): RuleSet | undefined {
  return role.rules === undefined ? undefined : (role.set ??= ruleSetOf(role.rules))
}
