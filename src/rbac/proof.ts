import type { PolicyRule, Subject } from '../api/rbac/generated.js'
import type { RuleFault } from './rules.js'

/** Names a binding; `namespace` is absent for a ClusterRoleBinding. */
export interface BindingName {
  readonly kind: 'ClusterRoleBinding' | 'RoleBinding'
  readonly namespace?: string
  readonly name: string
}

/** Names a role; `namespace` is absent for a ClusterRole. */
export interface RoleName {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

/** One way through a binding to a role. */
export interface Grant {
  readonly binding: BindingName
  /** The first subject of the binding that is the user. */
  readonly subject: Subject
  readonly role: RoleName
}

/** Why it is allowed: by which binding, of which role, by which rule. */
export interface AllowedProof extends Grant {
  readonly kind: 'rule'
  /** Place of the rule among those of the role. */
  readonly index: number
  readonly rule: PolicyRule
}

/** Why it is allowed: members of this group may do everything. */
export interface PrivilegedProof {
  readonly kind: 'privileged'
  readonly group: string
}

/** A binding that named the user and did not help, and what failed first. */
export interface Tried extends Grant {
  /**
   * `namespace`: a RoleBinding gives rights in its own namespace only, and none to paths. `role`: there is no
   * such role. `rules`: no rule of the role fits.
   */
  readonly failed: 'namespace' | 'role' | 'rules'
  /** Where `rules` failed: what failed first in each, in their order. */
  readonly faults: readonly RuleFault[]
}

/**
 * A rule that would have allowed it, had it been bound otherwise: it is the user's in another namespace
 * (`wrongNamespace`), or somebody else's here (`wrongSubject`).
 */
export interface NearMiss {
  readonly because: 'wrongNamespace' | 'wrongSubject'
  readonly binding: BindingName
  readonly role: RoleName
  readonly index: number
}

/** Why it is not allowed. */
export interface DeniedProof {
  readonly kind: 'denied'
  /** Every binding that names the user. */
  readonly tried: readonly Tried[]
  /** At most ten, ClusterRoleBindings first. */
  readonly nearMisses: readonly NearMiss[]
}

/** A verdict and what it rests on, as plain JSON. */
export type Verdict =
  | { readonly allowed: true; readonly proof: AllowedProof | PrivilegedProof }
  | { readonly allowed: false; readonly proof: DeniedProof }
