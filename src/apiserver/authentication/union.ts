import type { UserInfo } from '../client/client.js'
import type { Authenticator, TokenReviewed } from '../ports.js'
import type { Credentials } from '../request.js'
import { apiAudiences } from './claims.js'
import { authenticated } from './groups.js'
import type { TokenAuthenticator } from './token-authenticator.js'

const INVALID = 'invalid bearer token'
const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id'

/**
 * All ways to prove who one is, in the order of kube-apiserver: a client certificate, then each kind of token. Source:
 * pkg/kubeapiserver/authenticator/config.go.
 */
export class UnionAuthenticator implements Authenticator {
  readonly #tokens: readonly TokenAuthenticator[]

  constructor(tokens: readonly TokenAuthenticator[]) {
    this.#tokens = tokens
  }

  authenticate({ certificate, bearerToken }: Credentials): UserInfo | undefined {
    if (certificate !== undefined && certificate.commonName !== '') return authenticated(ofCertificate(certificate))
    return bearerToken === undefined ? undefined : this.reviewToken(bearerToken, []).user
  }

  reviewToken(token: string, audiences: readonly string[]): TokenReviewed {
    const wanted = audiences.length === 0 ? apiAudiences : audiences
    const faults: string[] = []
    for (const kind of this.#tokens) {
      const outcome = kind.authenticateToken(token, wanted)
      if (outcome?.user !== undefined) {
        return { user: authenticated(outcome.user), audiences: outcome.audiences ?? wanted }
      }
      if (outcome?.fault !== undefined && outcome.fault !== INVALID) faults.push(outcome.fault)
    }
    return { error: faults.length === 0 ? INVALID : `[${[INVALID, ...faults].join(', ')}]` }
  }
}

/** The common name is the user, the organizations are the groups. Source: apiserver pkg/authentication/request/x509. */
function ofCertificate({ commonName, organizations, sha256 }: NonNullable<Credentials['certificate']>): UserInfo {
  return {
    name: commonName,
    groups: organizations,
    ...(sha256 === undefined ? {} : { extra: { [CREDENTIAL_ID]: [`X509SHA256=${sha256}`] } }),
  }
}
