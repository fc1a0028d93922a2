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

/** `--authorization-mode=AlwaysDeny`: allows nothing; an authorizer after it is still asked, as upstream. */
export const denyAll: Authorizer & RuleResolver = {
  authorize: () => ({ allowed: false, reason: 'Everything is forbidden.' }),
  rulesFor: () => NOTHING,
}
