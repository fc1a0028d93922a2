import type { UserInfo } from '../apiserver/client/client.js'
import type { AccessAttributes, Authorization, Authorizer, HeldRules, RuleResolver } from '../apiserver/ports.js'
import { isPrivileged } from './subjects.js'

const ALLOWED: Authorization = { allowed: true }
const DENIED: Authorization = { allowed: false }

/**
 * Several authorizers as one: the first that allows decides; `system:masters` is allowed ahead of all. Of a denial all reasons are told, a
 * line each. Source: apiserver pkg/authorization/union, authorizerfactory.NewPrivilegedGroups.
 */
export class UnionAuthorizer implements Authorizer, RuleResolver {
  readonly #authorizers: readonly Authorizer[]
  readonly #resolvers: readonly RuleResolver[]

  constructor(authorizers: readonly Authorizer[]) {
    this.#authorizers = authorizers
    this.#resolvers = authorizers.filter((each): each is Authorizer & RuleResolver => 'rulesFor' in each)
  }

  authorize(user: UserInfo, attributes: AccessAttributes): Authorization {
    if (isPrivileged(user)) return ALLOWED
    let reasons: string | undefined
    for (const authorizer of this.#authorizers) {
      const verdict = authorizer.authorize(user, attributes)
      if (verdict.allowed) return verdict
      const { reason = '' } = verdict
      if (reason !== '') reasons = reasons === undefined ? reason : `${reasons}\n${reason}`
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
      ...(errors.length === 0 ? {} : { error: errors.length === 1 ? errors[0] as string : `[${errors.join(', ')}]` }),
    }
  }
}
