import { authenticated } from '../../apiserver/authentication/groups.js'
import type { UserInfo } from '../../client/client.js'
import { ClientCertificates, parseCertificates } from '../../pki/index.js'

/** The authorities of `--client-ca-file`, besides the cluster's own. */
export class ClientAuthority {
  readonly #verifier: ClientCertificates
  /** The DER of each authority's name. */
  readonly subjects: readonly string[]

  /**
   * `pem` has one certificate or more.
   * @throws Error if it has none
   */
  constructor(pem: string) {
    this.subjects = [...new Set(parseCertificates(pem).map(({ subjectDer }) => subjectDer))]
    this.#verifier = new ClientCertificates(() => pem)
  }

  /** Returns the user of a chain (PEM, the leaf first) at `now` (ms); undefined if it is not trusted. */
  userOf(chain: string, now: number): UserInfo | undefined {
    const client = this.#verifier.verify(chain, 'client', now)
    if (typeof client === 'string' || client.commonName === '') return undefined
    const extra = { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${client.sha256}`] }
    return authenticated({ name: client.commonName, groups: client.organizations, extra })
  }
}
