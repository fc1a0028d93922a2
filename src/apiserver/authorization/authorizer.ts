import type { UserInfo } from '../../client/client.js'

/** A verdict of an authorizer. `reason` is put after the denial text. */
export interface Authorization {
  readonly allowed: boolean
  /** Whether it is refused for good: no further authorizer is asked. */
  readonly denied?: boolean
  readonly reason?: string
  /** Why the authorizer could not decide: a request that nobody else allows is answered with 500. */
  readonly error?: string
}

/** What is asked for when it is a resource: an {@link ApiRequest} has all of these. Absent means none. */
export interface ResourceAttributes {
  readonly verb: string
  /** '' for the core group. */
  readonly group: string
  readonly version?: string
  readonly resource: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  /** Of a list, watch or deletecollection, as in the query. */
  readonly fieldSelector?: string
}

/** What is asked for when it is a path that is no resource. */
export interface PathAttributes {
  readonly verb: string
  readonly path: string
}

/** What an authorizer decides on. Source: apiserver pkg/authorization/authorizer/interfaces.go Attributes. */
export type AccessAttributes = ResourceAttributes | PathAttributes

/** Decides whether `user` may do that. Source: apiserver pkg/authorization/authorizer. */
export interface Authorizer {
  authorize(user: UserInfo, attributes: AccessAttributes): Authorization
}

/** Lets everybody do everything: the default until RBAC is plugged in. */
export const alwaysAllow: Authorizer = { authorize: () => ({ allowed: true }) }

/** One rule for resources that a user holds (SelfSubjectRulesReview). */
export interface ResourceRule {
  readonly verbs: readonly string[]
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
}

/** One rule for paths that a user holds. */
export interface NonResourceRule {
  readonly verbs: readonly string[]
  readonly nonResourceURLs?: readonly string[]
}

/**
 * What {@link RuleResolver} finds. `incomplete` when some authorizer cannot list its rules; `error` says why.
 */
export interface HeldRules {
  readonly resourceRules: readonly ResourceRule[]
  readonly nonResourceRules: readonly NonResourceRule[]
  readonly incomplete: boolean
  readonly error?: string
}

/** Lists what a user may do in a namespace. */
export interface RuleResolver {
  rulesFor(user: UserInfo, namespace: string): HeldRules
}
