import { base64Text } from '../../api/certificates/pem.js'
import type { TokenClaims, TokenAuthenticator, TokenOutcome } from './authenticator.js'

/** Settings for tokens of an OpenID Connect provider: the `--oidc-*` flags. */
export interface OidcOptions {
  /** `--oidc-issuer-url`: the claim `iss`. */
  readonly issuer: string
  /** `--oidc-client-id`: must be among the audiences. */
  readonly clientID: string
  /**
   * Returns the claims of a token that the provider has signed, or undefined. Must be synchronous and
   * deterministic. The apiserver checks issuer, audience and time.
   */
  readonly verify: (token: string) => TokenClaims | undefined
  /** Default `sub`. */
  readonly usernameClaim?: string
  /** `-` for no prefix. Default: the issuer and `#`, but no prefix for the claim `email`. */
  readonly usernamePrefix?: string
  /** Default: no groups. */
  readonly groupsClaim?: string
  readonly groupsPrefix?: string
  /** Claims that a token must have, with their values. */
  readonly requiredClaims?: Readonly<Record<string, string>>
}

const isText = (value: unknown): value is string => typeof value === 'string'

/**
 * Authenticates tokens of an OpenID Connect provider. Source: apiserver
 * plugin/pkg/authenticator/token/oidc/oidc.go.
 */
export function oidcTokens(options: OidcOptions, now: () => number): TokenAuthenticator {
  return {
    authenticateToken: (token) => {
      if (issuerOf(token) !== options.issuer) return undefined
      const claims = options.verify(token)
      if (claims === undefined)
        return {
          fault: 'oidc: verify token: failed to verify signature: failed to verify id token signature',
        }
      const fault = termsFault(claims, options, now())
      return fault === undefined ? userOf(claims, options) : { fault: `oidc: verify token: ${fault}` }
    },
  }
}

/** Returns the issuer that a token claims. Tokens of other issuers are ignored. */
function issuerOf(token: string): string | undefined {
  const [, payload, signature, ...more] = token.split('.')
  if (payload === undefined || signature === undefined || more.length > 0) return undefined
  try {
    const claims = JSON.parse(base64Text(payload.replaceAll('-', '+').replaceAll('_', '/'))) as {
      readonly iss?: unknown
    } | null
    return isText(claims?.iss) ? claims.iss : undefined
  } catch {
    return undefined
  }
}

/** Source: github.com/coreos/go-oidc IDTokenVerifier.Verify. */
function termsFault({ aud, exp }: TokenClaims, { clientID }: OidcOptions, now: number): string | undefined {
  const audiences = isText(aud) ? [aud] : Array.isArray(aud) ? aud.filter(isText) : []
  if (!audiences.includes(clientID))
    return (
      `oidc: expected audience ${JSON.stringify(clientID)} got ` +
      `[${audiences.map((each) => JSON.stringify(each)).join(' ')}]`
    )
  const expiry = typeof exp === 'number' ? exp * 1000 : 0
  if (now <= expiry) return undefined
  return `oidc: token is expired (Token Expiry: ${new Date(expiry)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, '')} +0000 UTC)`
}

function userOf(claims: TokenClaims, options: OidcOptions): TokenOutcome {
  const { usernameClaim = 'sub', issuer, groupsClaim, groupsPrefix = '', requiredClaims = {} } = options
  const username = textClaim(claims, usernameClaim)
  if (username === undefined)
    return { fault: `oidc: parse username claims ${JSON.stringify(usernameClaim)}: claim not present` }
  if (
    usernameClaim === 'email' &&
    Object.hasOwn(claims, 'email_verified') &&
    claims['email_verified'] !== true
  )
    return { fault: 'oidc: email not verified' }
  const { usernamePrefix = usernameClaim === 'email' ? '-' : `${issuer}#` } = options
  const groups = groupsClaim === undefined ? [] : groupsOf(claims, groupsClaim)
  if (groups === undefined)
    return {
      fault:
        `oidc: parse groups claim ${JSON.stringify(groupsClaim)}: json: cannot unmarshal into a string ` +
        'or a list of strings',
    }
  for (const [key, wanted] of Object.entries(requiredClaims)) {
    const found = textClaim(claims, key)
    if (found === undefined) return { fault: `oidc: required claim ${key} not present in ID token` }
    if (found !== wanted)
      return { fault: `oidc: required claim ${key} value does not match. Got = ${found}, want = ${wanted}` }
  }
  return {
    user: {
      name: (usernamePrefix === '-' ? '' : usernamePrefix) + username,
      groups: groups.map((group) => groupsPrefix + group),
    },
  }
}

function textClaim(claims: TokenClaims, key: string): string | undefined {
  const value = Object.hasOwn(claims, key) ? claims[key] : undefined
  return isText(value) ? value : undefined
}

/** Returns the groups of a claim that is a text or a list of texts, else undefined. */
function groupsOf(claims: TokenClaims, key: string): readonly string[] | undefined {
  const value = Object.hasOwn(claims, key) ? claims[key] : undefined
  if (value === undefined || value === null) return []
  if (isText(value)) return [value]
  return Array.isArray(value) && value.every(isText) ? value : undefined
}
