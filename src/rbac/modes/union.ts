import { synchronous } from '../../lang/synchronous.js'
import type { UserInfo } from '../../client/client.js'
import {
  type AccessAttributes,
  type Authorization,
  type Authorizer,
  type HeldRules,
  look,
  type RuleResolver,
} from '../../apiserver/authorization/authorizer.js'
import { aggregate } from '../reconcile/aggregate.js'
import { isPrivileged } from '../subjects.js'

const ALLOWED: Authorization = { allowed: true }
const DENIED: Authorization = { allowed: false }

/**
 * Combines several authorizers: the first that allows or denies decides, and `system:masters` is always
 * allowed. If none decides, all reasons are joined, one on each line, and all errors. Source: apiserver
 * pkg/authorization/union, authorizerfactory.NewPrivilegedGroups.
 */
export class UnionAuthorizer implements Authorizer, RuleResolver {
  readonly #authorizers: readonly Authorizer[]
  readonly #resolvers: readonly RuleResolver[]

  constructor(authorizers: readonly Authorizer[]) {
    this.#authorizers = authorizers
    this.#resolvers = authorizers.filter((each): each is Authorizer & RuleResolver => 'rulesFor' in each)
  }

  authorize(user: UserInfo, attributes: AccessAttributes): Authorization {
    return this.#first(user, (authorizer) => authorizer.authorize(user, attributes))
  }

  look(user: UserInfo, attributes: AccessAttributes): Authorization {
    return this.#first(user, (authorizer) => look(authorizer, user, attributes))
  }

  #first(user: UserInfo, ask: (authorizer: Authorizer) => Authorization): Authorization {
    if (isPrivileged(user)) return ALLOWED
    let reasons: string | undefined
    let errors: string[] | undefined
    for (const authorizer of this.#authorizers) {
      const verdict = synchronous(ask(authorizer), 'access.authorization: authorize')
      if (verdict.allowed || verdict.denied === true) return verdict
      const { reason = '', error } = verdict
      if (error !== undefined) (errors ??= []).push(error)
      if (reason !== '') reasons = reasons === undefined ? reason : `${reasons}\n${reason}`
    }
    if (errors !== undefined)
      return {
        allowed: false,
        error: aggregate(errors),
        ...(reasons === undefined ? {} : { reason: reasons }),
      }
    return reasons === undefined ? DENIED : { allowed: false, reason: reasons }
  }

  rulesFor(user: UserInfo, namespace: string): HeldRules {
    const held = this.#resolvers.map((resolver) => resolver.rulesFor(user, namespace))
    const errors = held.flatMap(({ error }) => error ?? [])
    return {
      resourceRules: held.flatMap(({ resourceRules }) => resourceRules),
      nonResourceRules: held.flatMap(({ nonResourceRules }) => nonResourceRules),
      incomplete: held.some(({ incomplete }) => incomplete),
      ...(errors.length === 0 ? {} : { error: aggregate(errors) }),
    }
  }
}

const EVERYTHING: HeldRules = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
}
const NOTHING: HeldRules = { resourceRules: [], nonResourceRules: [], incomplete: false }

/** `--authorization-mode=AlwaysAllow`. Source: apiserver pkg/authorization/authorizerfactory/builtin.go. */
export const allowAll: Authorizer & RuleResolver = {
  authorize: () => ({ allowed: true }),
  rulesFor: () => EVERYTHING,
}

/** `--authorization-mode=AlwaysDeny`: allows nothing. As upstream, later authorizers are still consulted. */
export const denyAll: Authorizer & RuleResolver = {
  authorize: () => ({ allowed: false, reason: 'Everything is forbidden.' }),
  rulesFor: () => NOTHING,
}
