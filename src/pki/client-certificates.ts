import type { CertificateVerifier, VerifiedCertificate } from '../apiserver/authentication/authenticator.js'
import { parseCertificate, parseCertificates } from './certificate.js'
import type { Certificate } from './certificate.js'
import { fromPem } from './crypto/der.js'
import { PKI_DIR } from './inventory/inventory.js'
import { verifyChain } from './verify.js'

/** The file with the trusted authorities of each kind of certificate. */
const AUTHORITY_FILES = {
  client: `${PKI_DIR}/ca.crt`,
  'front proxy': `${PKI_DIR}/front-proxy-ca.crt`,
} as const

/** The maximum number of chains in the cache. */
const MAX_CHAINS = 256

/** The result for a chain with one set of authorities, and how long it holds. */
interface Known {
  readonly authorities: string
  readonly verdict: VerifiedCertificate | string
  readonly from: number
  readonly until: number
}

/**
 * Verifies client certificates: chain, validity in virtual time, key usage. The result for a chain is cached
 * until the authorities' file changes or a certificate becomes valid or expires. Source: apiserver
 * pkg/authentication/request/x509/x509.go.
 */
export class ClientCertificates implements CertificateVerifier {
  readonly #read: (path: string) => string
  readonly #proxies: string | undefined
  readonly #known = new Map<string, Known>()

  /**
   * `read` returns the content of a control plane file; `proxies` are the authorities (PEM) of front proxies,
   * by default those of the cluster.
   */
  constructor(read: (path: string) => string, proxies?: string) {
    this.#read = read
    this.#proxies = proxies
  }

  verify(chain: string, authority: 'client' | 'front proxy', now: number): VerifiedCertificate | string {
    const authorities = this.#authorities(authority)
    const id = `${authority} ${chain}`
    let known = this.#known.get(id)
    if (known === undefined || known.authorities !== authorities || now < known.from || now > known.until) {
      if (this.#known.size >= MAX_CHAINS) this.#known.clear()
      this.#known.set(id, (known = { authorities, ...judge(chain, authorities, now) }))
    }
    return known.verdict
  }

  /** Returns the trusted authorities. Without the file there are none. */
  #authorities(authority: keyof typeof AUTHORITY_FILES): string {
    if (authority === 'front proxy' && this.#proxies !== undefined) return this.#proxies
    try {
      return this.#read(AUTHORITY_FILES[authority])
    } catch {
      return ''
    }
  }
}

function judge(chain: string, authorities: string, now: number): Omit<Known, 'authorities'> {
  const found = certificatesOf(chain, authorities)
  if (typeof found === 'string') return { verdict: found, from: -Infinity, until: Infinity }
  const {
    shown: [leaf, ...intermediates],
    roots,
  } = found
  if (leaf === undefined) return { verdict: 'x509: no certificate', from: -Infinity, until: Infinity }
  const fault = verifyChain(leaf, { roots, intermediates, now, purpose: 'client auth' })
  const all = [leaf, ...intermediates, ...roots]
  // not cached: the error text contains the current time
  if (fault !== undefined)
    return { verdict: `verifying certificate ${identifier(leaf)} failed: ${fault}`, from: now, until: now }
  const { commonName, organizations } = leaf.subject
  return {
    verdict: { commonName, organizations, sha256: leaf.fingerprint },
    from: Math.max(...all.map(({ notBefore }) => notBefore).filter((time) => time <= now)),
    until: Math.min(...all.map(({ notAfter }) => notAfter).filter((time) => time >= now)),
  }
}

function certificatesOf(
  chain: string,
  authorities: string,
): { readonly shown: readonly Certificate[]; readonly roots: readonly Certificate[] } | string {
  let shown: readonly Certificate[]
  try {
    shown = fromPem(chain)
      .filter(({ type }) => type === 'CERTIFICATE')
      .map(({ der }) => parseCertificate(der))
  } catch {
    return 'x509: malformed certificate'
  }
  try {
    return { shown, roots: parseCertificates(authorities) }
  } catch {
    return { shown, roots: [] }
  }
}

/** Formats a certificate's identifier. Source: x509.go certificateIdentifier. */
function identifier({ serial, subjectKeyId, authorityKeyId }: Certificate): string {
  return `SN=${serial}, SKID=${colons(subjectKeyId)}, AKID=${colons(authorityKeyId)}`
}

/** Formats a key identifier as Go does: pairs of upper-case digits separated by colons. */
const colons = (hexadecimal: string): string => (hexadecimal.match(/../g) ?? []).join(':').toUpperCase()
