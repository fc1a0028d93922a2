import { quote } from '../../lang/go/quote.js'
import type { CelProgram } from '../../api/cel/compile.js'
import { CelFault, ListValue, type Value } from '../../lang/cel/values.js'
import type { UserInfo } from '../../client/client.js'
import type { TokenClaims } from './authenticator.js'
import { isText } from './token-text.js'

/** A text of a token: a claim with a prefix, or an expression over `claims`. */
export type ClaimSource = { readonly claim: string; readonly prefix: string } | CompiledExpression

/** An expression that has been compiled. */
export interface CompiledExpression {
  readonly expression: string
  readonly program: CelProgram
}

/** A bool that a token must meet, and what to say if it does not. */
export interface Condition extends CompiledExpression {
  readonly message: string
}

/** How the user of a token is made of its claims. Source: apiserver pkg/apis/apiserver JWTAuthenticator. */
export interface UserRules {
  readonly username: ClaimSource
  readonly groups?: ClaimSource
  readonly uid?: ClaimSource
  readonly extra?: readonly (CompiledExpression & { readonly key: string })[]
  /** Claims that a token must have, with their values. */
  readonly requiredClaims?: Readonly<Record<string, string>>
  /** Over `claims`. */
  readonly claimConditions?: readonly Condition[]
  /** Over `user`. */
  readonly userConditions?: readonly Condition[]
}

/** The user, or why there is none. */
export type ClaimedUser = { readonly user: UserInfo } | { readonly fault: string }

/** A token without a user. */
class ClaimFault extends Error {}

/**
 * Returns the user of verified claims. Source: apiserver plugin/pkg/authenticator/token/oidc/oidc.go
 * AuthenticateToken.
 */
export function claimedUser(claims: TokenClaims, rules: UserRules): ClaimedUser {
  try {
    const user: UserInfo = {
      name: usernameOf(claims, rules.username),
      groups: rules.groups === undefined ? [] : groupsOf(claims, rules.groups),
      ...(rules.uid === undefined ? {} : { uid: textOf(claims, rules.uid, 'uid') }),
      ...extraOf(claims, rules.extra ?? []),
    }
    checkRequired(claims, rules.requiredClaims ?? {})
    check(rules.claimConditions ?? [], { claims }, 'claim validation expression')
    check(rules.userConditions ?? [], { user: reviewed(user) }, 'user info validation rule')
    return { user }
  } catch (error) {
    if (error instanceof ClaimFault) return { fault: `oidc: ${error.message}` }
    throw error
  }
}

function usernameOf(claims: TokenClaims, source: ClaimSource): string {
  const name = textOf(claims, source, 'username')
  const isUnverified = Object.hasOwn(claims, 'email_verified') && claims['email_verified'] !== true
  if ('claim' in source && source.claim === 'email' && isUnverified)
    throw new ClaimFault('email not verified')
  return name
}

function textOf(claims: TokenClaims, source: ClaimSource, what: 'username' | 'uid'): string {
  if ('claim' in source) {
    const text = textClaim(claims, source.claim)
    const named = what === 'username' ? 'username claims' : `${what} claim`
    if (text === undefined) throw new ClaimFault(`parse ${named} ${quote(source.claim)}: claim not present`)
    return source.prefix + text
  }
  const value = evaluated(source, { claims }, `${what} claim expression`)
  if (isText(value)) return value
  throw new ClaimFault(
    `error evaluating ${what} claim expression: ${what} claim expression must return a string`,
  )
}

function groupsOf(claims: TokenClaims, source: ClaimSource): readonly string[] {
  if (!('claim' in source)) return listOf(source, claims, 'group claim expression')
  const { claim, prefix } = source
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined
  if (value === undefined || value === null) return []
  const groups = isText(value) ? [value] : value
  if (Array.isArray(groups) && groups.every(isText)) return groups.map((group) => prefix + group)
  throw new ClaimFault(
    `parse groups claim ${quote(claim)}: json: cannot unmarshal into a string or a list of strings`,
  )
}

function extraOf(claims: TokenClaims, sources: NonNullable<UserRules['extra']>): Pick<UserInfo, 'extra'> {
  const entries = sources
    .map((source) => [source.key, listOf(source, claims, 'extra claim expression')] as const)
    .filter(([, values]) => values.length > 0)
  return entries.length === 0 ? {} : { extra: Object.fromEntries(entries) }
}

/** Returns a text or a list of texts as a list; nothing for null and for an empty text. */
function listOf(source: CompiledExpression, claims: TokenClaims, what: string): readonly string[] {
  const value = evaluated(source, { claims }, what)
  if (value === null || value === '') return []
  if (isText(value)) return [value]
  const items = value instanceof ListValue ? [...value] : undefined
  if (items?.every(isText)) return items
  throw new ClaimFault(`error evaluating ${what}: expression must return a string or a list of strings`)
}

function checkRequired(claims: TokenClaims, required: Readonly<Record<string, string>>): void {
  for (const [key, wanted] of Object.entries(required)) {
    const found = textClaim(claims, key)
    if (found === undefined) throw new ClaimFault(`required claim ${key} not present in ID token`)
    if (found !== wanted)
      throw new ClaimFault(`required claim ${key} value does not match. Got = ${found}, want = ${wanted}`)
  }
}

function check(conditions: readonly Condition[], values: object, what: string): void {
  for (const condition of conditions) {
    if (evaluated(condition, values, what) === true) continue
    const { expression, message } = condition
    throw new ClaimFault(`error evaluating ${what}: validation expression '${expression}' failed: ${message}`)
  }
}

function evaluated({ expression, program }: CompiledExpression, values: object, what: string): Value {
  try {
    return program.run(values as Readonly<Record<string, unknown>>)
  } catch (error) {
    if (!(error instanceof CelFault)) throw error
    throw new ClaimFault(
      `error evaluating ${what}: expression '${expression}' resulted in error: ${error.message}`,
    )
  }
}

/** The user as a UserInfo of authentication.k8s.io, which lacks what is empty. */
function reviewed({ name, uid, groups = [], extra }: UserInfo): object {
  return {
    ...(name === '' ? {} : { username: name }),
    ...(uid === undefined || uid === '' ? {} : { uid }),
    ...(groups.length === 0 ? {} : { groups }),
    ...(extra === undefined ? {} : { extra }),
  }
}

function textClaim(claims: TokenClaims, key: string): string | undefined {
  const value = Object.hasOwn(claims, key) ? claims[key] : undefined
  return isText(value) ? value : undefined
}
