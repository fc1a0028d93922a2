/** Source: apiserver pkg/authorization/authorizerfactory/builtin.go. */
import type { Authorizer, HeldRules, RuleResolver } from '../../apiserver/authorization/authorizer.js'

const EVERYTHING: HeldRules = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
}
const NOTHING: HeldRules = { resourceRules: [], nonResourceRules: [], incomplete: false }

/** `--authorization-mode=AlwaysAllow`. */
export const allowAll: Authorizer & RuleResolver = {
  authorize: () => ({ allowed: true }),
  rulesFor: () => EVERYTHING,
}

/** `--authorization-mode=AlwaysDeny`: allows nothing. As upstream, later authorizers are still consulted. */
export const denyAll: Authorizer & RuleResolver = {
  authorize: () => ({ allowed: false, reason: 'Everything is forbidden.' }),
  rulesFor: () => NOTHING,
}
