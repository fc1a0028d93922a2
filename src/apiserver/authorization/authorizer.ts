import type { UserInfo } from '../../client/client.js'

/** The decision of an authorizer. `reason` follows the text of a denial. */
export interface Authorization {
  readonly allowed: boolean
  /** Whether the denial is final: no further authorizer is asked. */
  readonly denied?: boolean
  readonly reason?: string
  /**
   * Why the authorizer could not decide. The request then fails with 500, unless another authorizer allows
   * it.
   */
  readonly error?: string
}

/** Attributes of a request for a resource; an {@link ApiRequest} has all of them. */
export interface ResourceAttributes {
  readonly verb: string
  /** '' for the core group. */
  readonly group: string
  readonly version?: string
  readonly resource: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  /** For list, watch and deletecollection, as in the query. */
  readonly fieldSelector?: string
}

/** Attributes of a request for a path that is not a resource. */
export interface PathAttributes {
  readonly verb: string
  readonly path: string
}

/**
 * The attributes on which an authorizer decides. Source: apiserver pkg/authorization/authorizer/interfaces.go
 * Attributes.
 */
export type AccessAttributes = ResourceAttributes | PathAttributes

/** Decides whether `user` may make a request. Source: apiserver pkg/authorization/authorizer. */
export interface Authorizer {
  authorize(user: UserInfo, attributes: AccessAttributes): Authorization
  /** Decides without keeping the decision, see {@link look}. Default: `authorize`. */
  look?(user: UserInfo, attributes: AccessAttributes): Authorization
}

/** Returns the decision of an authorizer for a caller that only asks; the authorizer keeps nothing of it. */
export function look(authorizer: Authorizer, user: UserInfo, attributes: AccessAttributes): Authorization {
  return authorizer.look?.(user, attributes) ?? authorizer.authorize(user, attributes)
}

/** Allows every request: the default without RBAC. */
export const alwaysAllow: Authorizer = { authorize: () => ({ allowed: true }) }

/** A rule for resources that applies to a user (SelfSubjectRulesReview). */
export interface ResourceRule {
  readonly verbs: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
}

/** A rule for paths that applies to a user. */
export interface NonResourceRule {
  readonly verbs: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

/** The rules of a user. `incomplete` if an authorizer cannot list its rules, for the reason `error`. */
export interface HeldRules {
  readonly resourceRules: readonly ResourceRule[]
  readonly nonResourceRules: readonly NonResourceRule[]
  readonly incomplete: boolean
  readonly error?: string
}

/** Lists the rules of a user in a namespace. */
export interface RuleResolver {
  rulesFor(user: UserInfo, namespace: string): HeldRules
}
