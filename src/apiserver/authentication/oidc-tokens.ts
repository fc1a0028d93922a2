import { synchronous } from '../../lang/synchronous.js'
import type { TokenClaims, TokenAuthenticator } from './authenticator.js'
import { audiencesIn, isText, issuerOf, listText } from './token-text.js'
import { type ClaimedUser, claimedUser, type UserRules } from './claimed-user.js'

/** Settings for tokens of an OpenID Connect provider: the `--oidc-*` flags. */
export interface OidcOptions {
  /** `--oidc-issuer-url`: the claim `iss`. */
  readonly issuer: string
  /** `--oidc-client-id`: it, or one of them, must be among the audiences. */
  readonly clientID: string | readonly string[]
  /**
   * Returns the claims of a token that the provider has signed, or undefined. Must be synchronous and
   * deterministic. The apiserver checks issuer, audience and time.
   */
  readonly verify: (token: string) => TokenClaims | undefined
  /**
   * Makes the user of verified claims, as the rules of an AuthenticationConfiguration do.
   * @default by the options below
   */
  readonly userOf?: (claims: TokenClaims) => ClaimedUser
  /** @default `sub` */
  readonly usernameClaim?: string
  /**
   * `-` for no prefix.
   * @default the issuer and `#`, but no prefix for the claim `email`
   */
  readonly usernamePrefix?: string
  /** @default no groups */
  readonly groupsClaim?: string
  readonly groupsPrefix?: string
  /** Claims that a token must have, with their values. */
  readonly requiredClaims?: Readonly<Record<string, string>>
}

/**
 * Authenticates tokens of an OpenID Connect provider. Source: apiserver
 * plugin/pkg/authenticator/token/oidc/oidc.go.
 */
export function oidcTokens(options: OidcOptions, now: () => number): TokenAuthenticator {
  const rules = rulesOf(options)
  const { userOf = (claims) => claimedUser(claims, rules) } = options
  return {
    authenticateToken: (token) => {
      if (issuerOf(token) !== options.issuer) return undefined
      const claims = synchronous(options.verify(token), 'oidc: verify')
      if (claims === undefined)
        return {
          fault: 'oidc: verify token: failed to verify signature: failed to verify id token signature',
        }
      const fault = termsFault(claims, options, now())
      return fault === undefined
        ? synchronous(userOf(claims), 'oidc: userOf')
        : { fault: `oidc: verify token: ${fault}` }
    },
  }
}

/** Source: github.com/coreos/go-oidc IDTokenVerifier.Verify. */
function termsFault({ aud, exp }: TokenClaims, { clientID }: OidcOptions, now: number): string | undefined {
  const audiences = audiencesIn(aud)
  const accepted = isText(clientID) ? [clientID] : clientID
  if (!audiences.some((each) => accepted.includes(each))) {
    const wanted = isText(clientID) ? JSON.stringify(clientID) : `in ${listText(accepted)}`
    return `oidc: expected audience ${wanted} got ${listText(audiences)}`
  }
  const expiry = typeof exp === 'number' ? exp * 1000 : 0
  if (now <= expiry) return undefined
  return `oidc: token is expired (Token Expiry: ${new Date(expiry)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, '')} +0000 UTC)`
}

function rulesOf(options: OidcOptions): UserRules {
  const { usernameClaim = 'sub', issuer, groupsClaim, groupsPrefix = '', requiredClaims } = options
  const { usernamePrefix = usernameClaim === 'email' ? '-' : `${issuer}#` } = options
  return {
    username: { claim: usernameClaim, prefix: usernamePrefix === '-' ? '' : usernamePrefix },
    ...(groupsClaim === undefined ? {} : { groups: { claim: groupsClaim, prefix: groupsPrefix } }),
    ...(requiredClaims === undefined ? {} : { requiredClaims }),
  }
}
