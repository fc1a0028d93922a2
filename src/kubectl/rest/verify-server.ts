import type { Certificate } from '../../pki/index.js'
import { parseCertificates, verifyChain } from '../../pki/index.js'

/** What a client trusts, and the host that it connects to. */
export interface Trust {
  /** PEM of the authorities; undefined: the machine's own, which do not include the cluster's. */
  readonly authorities: string | undefined
  /** Host of the URL, or the name to verify instead. */
  readonly host: string
  /** Virtual ms. */
  readonly now: number
}

/**
 * Returns why a client rejects a server's certificates (PEM, its own first); undefined if it accepts them.
 * Source: crypto/x509 Certificate.Verify, HostnameError, UnknownAuthorityError; crypto/tls
 * CertificateVerificationError.
 */
export function certificateFault(shown: string, { authorities, host, now }: Trust): string | undefined {
  const [leaf, ...intermediates] = parseCertificates(shown)
  if (leaf === undefined) return 'tls: received empty certificates message'
  const roots = authorities === undefined ? [] : parseCertificates(authorities)
  // Go checks the dates of the leaf first, then the name, then the chain
  const fault =
    dated(leaf, now) ??
    hostFault(leaf, host) ??
    verifyChain(leaf, { roots, intermediates, now, purpose: 'server auth' })
  if (fault === undefined) return undefined
  return `tls: failed to verify certificate: ${fault}${candidate(leaf, roots, fault)}`
}

const dated = (leaf: Certificate, now: number): string | undefined => {
  const fault = verifyChain(leaf, { roots: [leaf], now, purpose: 'server auth' })
  return fault?.includes('expired') === true ? fault : undefined
}

function hostFault({ names: { dns = [], ip = [] } }: Certificate, host: string): string | undefined {
  const isAddress = /^[\d.]+$/.test(host) || host.includes(':')
  if (isAddress) {
    if (ip.includes(host)) return undefined
    const why = ip.length === 0 ? "because it doesn't contain any IP SANs" : undefined
    return why === undefined
      ? `x509: certificate is valid for ${ip.join(', ')}, not ${host}`
      : `x509: cannot validate certificate for ${host} ${why}`
  }
  if (dns.some((name) => matches(name.toLowerCase(), host.toLowerCase()))) return undefined
  return dns.length === 0
    ? `x509: certificate is not valid for any names, but wanted to match ${host}`
    : `x509: certificate is valid for ${dns.join(', ')}, not ${host}`
}

/** Matches a host name; `*.` stands for one leading label. */
const matches = (pattern: string, host: string): boolean =>
  pattern === host ||
  (pattern.startsWith('*.') && host.includes('.') && host.slice(host.indexOf('.')) === pattern.slice(1))

/** Names an authority that has the issuer's name but did not sign the certificate. */
function candidate(leaf: Certificate, roots: readonly Certificate[], fault: string): string {
  if (!fault.includes('unknown authority')) return ''
  const named = roots.find((root) => root.subjectDer === leaf.issuerDer)
  return named === undefined
    ? ''
    : ' (possibly because of "crypto/rsa: verification error" while trying to verify candidate ' +
        `authority certificate ${JSON.stringify(named.subject.commonName)})`
}
