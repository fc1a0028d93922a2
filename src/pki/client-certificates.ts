import type { CertificateVerifier, VerifiedCertificate } from '../apiserver/authentication/authenticator.js'
import { parseCertificate, parseCertificates } from './certificate.js'
import type { Certificate } from './certificate.js'
import { fromPem } from './der.js'
import { PKI_DIR } from './inventory.js'
import { verifyChain } from './verify.js'

/** Where the trusted authorities of a kind of certificate are. */
const AUTHORITY_FILES = {
  client: `${PKI_DIR}/ca.crt`,
  'front proxy': `${PKI_DIR}/front-proxy-ca.crt`,
} as const

/** Chains whose verdict is remembered. */
const MOST_CHAINS = 256

/** What a chain came to with one set of authorities, and how long that holds. */
interface Known {
  readonly authorities: string
  readonly verdict: VerifiedCertificate | string
  readonly from: number
  readonly until: number
}

/**
 * Verifies the certificates that clients show: chain, validity in virtual time, key usage. What was found of
 * a chain is remembered for as long as the authorities' file is the same and no certificate begins or ends.
 * Source: apiserver pkg/authentication/request/x509/x509.go.
 */
export class ClientCertificates implements CertificateVerifier {
  readonly #read: (path: string) => string
  readonly #known = new Map<string, Known>()

  /** `read` answers a file of the control plane. */
  constructor(read: (path: string) => string) {
    this.#read = read
  }

  verify(chain: string, authority: 'client' | 'front proxy', now: number): VerifiedCertificate | string {
    const authorities = this.#authorities(authority)
    const id = `${authority} ${chain}`
    let known = this.#known.get(id)
    if (known === undefined || known.authorities !== authorities || now < known.from || now > known.until) {
      if (this.#known.size >= MOST_CHAINS) this.#known.clear()
      this.#known.set(id, (known = { authorities, ...judge(chain, authorities, now) }))
    }
    return known.verdict
  }

  /** A file that is not there trusts nobody. */
  #authorities(authority: keyof typeof AUTHORITY_FILES): string {
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
  // the text of a refusal names the time, so it is made anew each time
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

/** Source: x509.go certificateIdentifier. */
function identifier({ serial, subjectKeyId, authorityKeyId }: Certificate): string {
  return `SN=${serial}, SKID=${colons(subjectKeyId)}, AKID=${colons(authorityKeyId)}`
}

/** As Go prints a key identifier: upper-case pairs of digits, joined by colons. */
const colons = (hexadecimal: string): string => (hexadecimal.match(/../g) ?? []).join(':').toUpperCase()
