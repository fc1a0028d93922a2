import { TokenSigner, publicKeysOf } from '../../pki/tokens/token-signer.js'
import { askApiserver } from './in-cluster.js'
import type { Subcommand, SubcommandCall } from './subcommand.js'
import { log } from './subcommand.js'

/**
 * Verifies a token of a file as an OpenID Connect client does that knows only the token's issuer. Source:
 * test/images/agnhost/openidmetadata.
 */
export const issuerDiscovery: Subcommand = {
  flags: { 'token-path': '', audience: '' },
  run(call) {
    const token = call.world.files.read(call.flags['token-path'] ?? '')
    log(call, 'OK: Got token')
    log(call, 'validating with in-cluster discovery')
    const fault = faultOf(call, token)
    if (fault === undefined) return 0
    log(call, `failed to validate with in-cluster discovery: ${fault}`)
    return 1
  },
}

interface Claims {
  readonly iss?: unknown
  readonly aud?: unknown
  readonly exp?: unknown
}

/** Why a token is not valid. Source: github.com/coreos/go-oidc NewProvider, IDTokenVerifier.Verify. */
function faultOf(call: SubcommandCall, token: string): string | undefined {
  const { iss: issuer } = claimsOf(token)
  log(call, `OK: got issuer ${String(issuer)}`)
  const configuration = askApiserver(call, '/.well-known/openid-configuration')
  if (configuration.status !== 200) return `${configuration.status}: ${configuration.body}`
  const provider = JSON.parse(configuration.body) as { readonly issuer: string; readonly jwks_uri: string }
  if (provider.issuer !== issuer)
    return (
      `oidc: issuer did not match the issuer returned by provider, expected "${String(issuer)}" got ` +
      `"${provider.issuer}"`
    )
  log(call, `OK: Constructed OIDC provider for issuer ${provider.issuer}`)
  const keySet = askApiserver(call, new URL(provider.jwks_uri).pathname)
  if (keySet.status !== 200) return `${keySet.status}: ${keySet.body}`
  const keys = publicKeysOf(JSON.parse(keySet.body) as Parameters<typeof publicKeysOf>[0])
  const claims: Claims | undefined = new TokenSigner(undefined, () => keys).verifyToken(token)
  if (claims === undefined) return 'failed to verify signature: failed to verify id token signature'
  const { audience = '' } = call.flags
  const audiences = [claims.aud].flat()
  if (!audiences.includes(audience))
    return `oidc: expected audience "${audience}" got ${JSON.stringify(audiences)}`
  if (Number(claims.exp) * 1000 <= call.world.now) return 'oidc: token is expired'
  log(call, 'OK: Validated signature on JWT')
  log(call, 'OK: Got valid claims from token!')
  return undefined
}

/** The claims of a token whose signature has not been verified. */
function claimsOf(token: string): Claims {
  const [, payload = ''] = token.split('.')
  return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as Claims
}
