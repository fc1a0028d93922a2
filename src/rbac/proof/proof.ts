import type { PolicyRule, Subject } from '../../api/rbac/generated.js'
import type { RuleFault } from '../rules.js'

/** The name of a binding; `namespace` is absent for a ClusterRoleBinding. */
export interface BindingName {
  readonly kind: 'ClusterRoleBinding' | 'RoleBinding'
  readonly namespace?: string
  readonly name: string
}

/** The name of a role; `namespace` is absent for a ClusterRole. */
export interface RoleName {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

/** A grant through a binding to a role. */
export interface Grant {
  readonly binding: BindingName
  /** The first subject of the binding that matches the user. */
  readonly subject: Subject
  readonly role: RoleName
}

/** Why an action is allowed: the binding, its role, and the rule. */
export interface AllowedProof extends Grant {
  readonly kind: 'rule'
  /** Index of the rule in the role. */
  readonly index: number
  readonly rule: PolicyRule
}

/** Why an action is allowed: members of this group are allowed everything. */
export interface PrivilegedProof {
  readonly kind: 'privileged'
  readonly group: string
}

/** A binding that names the user and does not help, with the part that fails first. */
export interface FailedGrant extends Grant {
  /**
   * `namespace`: a RoleBinding applies in its own namespace only, and never to paths. `role`: the role does
   * not exist. `rules`: no rule of the role matches.
   */
  readonly failed: 'namespace' | 'role' | 'rules'
  /** If `rules` failed: the part of each rule that fails first, in order. */
  readonly faults: readonly RuleFault[]
}

/**
 * A rule that would allow the action if it were bound differently: it is bound to the user in another
 * namespace (`wrongNamespace`), or to somebody else in this one (`wrongSubject`).
 */
export interface NearMiss {
  readonly because: 'wrongNamespace' | 'wrongSubject'
  readonly binding: BindingName
  readonly role: RoleName
  readonly index: number
}

/** Why an action is not allowed. */
export interface DeniedProof {
  readonly kind: 'denied'
  /** Every binding that names the user. */
  readonly tried: readonly FailedGrant[]
  /** At most ten, ClusterRoleBindings first. */
  readonly nearMisses: readonly NearMiss[]
}

/** A verdict and its proof, as plain JSON. */
export type AuthorizationVerdict =
  | { readonly allowed: true; readonly proof: AllowedProof | PrivilegedProof }
  | { readonly allowed: false; readonly proof: DeniedProof }
