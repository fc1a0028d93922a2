import { quote } from '../../lang/go/quote.js'
import type { OidcOptions } from '../../apiserver/authentication/oidc-tokens.js'
import { IssuerKeys, SIGNING_ALGORITHMS } from '../../server/credentials/issuer-keys.js'
import { commandFailed, fileOf, flagOf, listOf, type ProgramFlags } from './program.js'

/** Source: pkg/kubeapiserver/options/authentication.go, pkg/apis/apiserver/validation. */
export function oidcOf(flags: ProgramFlags, note: (line: string) => void): OidcOptions | undefined {
  if (![...flags.keys()].some((name) => name.startsWith('oidc-'))) return undefined
  const [issuer = '', clientID = ''] = [flagOf(flags, 'oidc-issuer-url'), flagOf(flags, 'oidc-client-id')]
  if (issuer === '' || clientID === '')
    throw commandFailed(
      'oidc-issuer-url and oidc-client-id must be specified together when any oidc-* flags are set',
    )
  if (!issuer.startsWith('https://'))
    throw commandFailed(`issuer.url: Invalid value: ${quote(issuer)}: URL scheme must be https`)
  const algorithms = listOf(flags, 'oidc-signing-algs')
  const unknown = algorithms.find((name) => !SIGNING_ALGORITHMS.includes(name))
  if (unknown !== undefined) throw commandFailed(`oidc: unsupported signing alg: ${quote(unknown)}`)
  const ca = fileOf(flags, 'oidc-ca-file')
  const keys = new IssuerKeys({
    issuer,
    ...(ca === undefined ? {} : { ca }),
    ...(algorithms.length === 0 ? {} : { algorithms }),
    onError: (error) => note(`simcluster kube-apiserver: ${String(error)}\n`),
  })
  return { issuer, clientID, verify: keys.verify, ...claimsOf(flags) }
}

const CLAIMS = {
  'oidc-username-claim': 'usernameClaim',
  'oidc-username-prefix': 'usernamePrefix',
  'oidc-groups-claim': 'groupsClaim',
  'oidc-groups-prefix': 'groupsPrefix',
} as const

function claimsOf(flags: ProgramFlags): Partial<OidcOptions> {
  const required = listOf(flags, 'oidc-required-claim').map((text) => {
    const [key = '', value] = text.split(/=(.*)/s)
    if (value === undefined) throw commandFailed(`oidc-required-claim ${text}: write KEY=VALUE`)
    return [key, value] as const
  })
  const given = Object.entries(CLAIMS).flatMap(([flag, option]) => {
    const value = flagOf(flags, flag)
    return value === undefined || value === '' ? [] : [[option, value] as const]
  })
  return {
    ...Object.fromEntries(given),
    ...(required.length === 0 ? {} : { requiredClaims: Object.fromEntries(required) }),
  }
}
