import type { UserInfo } from '../../client/client.js'
import type {
  AuthenticationResult,
  Authenticator,
  CertificateVerifier,
  TokenReviewed,
  VerifiedCertificate,
  TokenAuthenticator,
} from './authenticator.js'
import type { Credentials } from '../request.js'
import { tokenTrust } from './claims.js'
import { anonymousName, authenticated, unauthenticatedGroup } from './groups.js'
import { KUBEADM_REQUEST_HEADERS, remoteUser, type RequestHeaderOptions } from './request-header.js'

const INVALID = 'invalid bearer token'
const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id'
const ANONYMOUS: UserInfo = { name: anonymousName, groups: [unauthenticatedGroup] }

/** Options of a {@link UnionAuthenticator}. */
export interface AuthenticatorOptions {
  /** Default: certificates are ignored. */
  readonly certificates?: CertificateVerifier
  /** `--requestheader-*`; false if no front proxy is trusted. Default: as kubeadm sets them. */
  readonly requestHeader?: RequestHeaderOptions | false
  /** `--api-audiences`. Default: kubeadm's issuer of service account tokens. */
  readonly audiences?: readonly string[]
  /** Virtual ms. */
  readonly now?: () => number
  /** `--anonymous-auth`. Default true. */
  readonly anonymous?: boolean
  /** Whether the user of a certificate gets its fingerprint as an extra value (since v1.32). Default true. */
  readonly credentialIds?: boolean
}

/**
 * Tries all kinds of credentials in the order of kube-apiserver: headers of a front proxy, client
 * certificate, then each kind of token. The first that identifies the sender decides. If none does, invalid
 * credentials are refused, and a request without credentials is anonymous. Source:
 * pkg/kubeapiserver/authenticator/config.go, apiserver pkg/authentication/request/union.
 */
export class UnionAuthenticator implements Authenticator {
  readonly allowsAnonymous: boolean
  readonly #tokens: readonly TokenAuthenticator[]
  readonly #options: AuthenticatorOptions

  constructor(tokens: readonly TokenAuthenticator[], options: AuthenticatorOptions = {}) {
    this.#tokens = tokens
    this.#options = options
    this.allowsAnonymous = options.anonymous ?? true
  }

  authenticate(credentials: Credentials): UserInfo | undefined {
    return this.explain(credentials).user
  }

  explain(credentials: Credentials): AuthenticationResult {
    const faults: string[] = []
    const certified = this.#ofCertificates(credentials, faults)
    if (certified !== undefined) return { user: certified, faults: [] }
    const { user, legacy } = this.#ofToken(credentials, faults)
    const used = legacy === undefined ? {} : { legacy }
    if (user !== undefined) return { user, faults: [], ...used }
    if (legacy !== undefined) return { faults, ...used }
    return faults.length === 0 && this.allowsAnonymous ? { user: ANONYMOUS, faults } : { faults }
  }

  reviewToken(
    token: string,
    audiences: readonly string[],
  ): TokenReviewed & Pick<AuthenticationResult, 'legacy'> {
    let legacy: AuthenticationResult['legacy']
    const noted = (): Pick<AuthenticationResult, 'legacy'> => (legacy === undefined ? {} : { legacy })
    const wanted = audiences.length === 0 ? (this.#options.audiences ?? tokenTrust().audiences) : audiences
    const faults: string[] = []
    for (const kind of this.#tokens) {
      const outcome = kind.authenticateToken(token, wanted)
      legacy ??= outcome?.legacy
      if (outcome?.user !== undefined) {
        return { user: authenticated(outcome.user), audiences: outcome.audiences ?? wanted, ...noted() }
      }
      if (outcome?.fault !== undefined && outcome.fault !== INVALID) faults.push(outcome.fault)
    }
    return { error: faults.length === 0 ? INVALID : `[${[INVALID, ...faults].join(', ')}]`, ...noted() }
  }

  #ofToken({ bearerToken }: Credentials, faults: string[]): Pick<AuthenticationResult, 'user' | 'legacy'> {
    if (bearerToken === undefined) return {}
    const { user, error, legacy } = this.reviewToken(bearerToken, [])
    if (error !== undefined) faults.push(error)
    return { ...(user === undefined ? {} : { user }), ...(legacy === undefined ? {} : { legacy }) }
  }

  #ofCertificates(
    { certificate, clientCertificates, headers }: Credentials,
    faults: string[],
  ): UserInfo | undefined {
    if (certificate !== undefined && certificate.commonName !== '') return this.#ofCertificate(certificate)
    const { certificates, requestHeader = {}, now = () => 0 } = this.#options
    if (clientCertificates === undefined || certificates === undefined) return undefined
    if (requestHeader !== false) {
      const { allowedNames, ...read } = { ...KUBEADM_REQUEST_HEADERS, ...requestHeader }
      const proxy = certificates.verify(clientCertificates, 'front proxy', now())
      if (typeof proxy === 'string') faults.push(proxy)
      else if (allowedNames.length > 0 && !allowedNames.includes(proxy.commonName))
        faults.push(`x509: subject with cn=${proxy.commonName} is not in the allowed list`)
      else {
        const user = remoteUser(headers, read)
        if (user !== undefined) return authenticated(user)
      }
    }
    const client = certificates.verify(clientCertificates, 'client', now())
    if (typeof client === 'string') faults.push(client)
    else if (client.commonName !== '') return this.#ofCertificate(client)
    else faults.length = 0 // a name that is empty is nobody's, but no fault either
    return undefined
  }

  /**
   * Returns the user of a certificate: the common name is its name, the organizations are its groups. Source:
   * apiserver pkg/authentication/request/x509.
   */
  #ofCertificate({
    commonName,
    organizations,
    sha256,
  }: Omit<VerifiedCertificate, 'sha256'> & { readonly sha256?: string }): UserInfo {
    const isTold = sha256 !== undefined && this.#options.credentialIds !== false
    return authenticated({
      name: commonName,
      groups: organizations,
      ...(isTold ? { extra: { [CREDENTIAL_ID]: [`X509SHA256=${sha256}`] } } : {}),
    })
  }
}
