import type { Certificate } from './certificate.js'
import { parseCertificates } from './certificate.js'
import type { Purpose } from './extensions.js'

/** The maximum length of a chain. */
const MAX_CERTIFICATES = 8
/** Most signatures that are checked for one chain. Source: crypto/x509 maxChainSignatureChecks. */
const MAX_SIGNATURES = 100
const UNKNOWN_AUTHORITY = 'x509: certificate signed by unknown authority'

/** Options of {@link verifyChain}. */
export interface VerifyOptions {
  /** The trusted authorities. */
  readonly roots: readonly Certificate[]
  /** Certificates sent by the peer that may link the leaf to a root. Default none. */
  readonly intermediates?: readonly Certificate[]
  /** Virtual ms. */
  readonly now: number
  /** The required purpose. */
  readonly purpose: Purpose
}

/**
 * Returns why a certificate is not trusted, in the words of Go's crypto/x509; undefined if it is trusted.
 * Source: crypto/x509 Certificate.Verify, apiserver pkg/authentication/request/x509.
 */
export function verifyChain(leaf: Certificate, options: VerifyOptions): string | undefined {
  return follow(leaf, { ...options, left: MAX_SIGNATURES }, [leaf])
}

/** A search for a chain, which counts its work: sent certificates can be combined in many ways. */
interface Search extends VerifyOptions {
  /** Signatures that can still be checked. */
  left: number
}

/**
 * Returns why a server's certificate chain (PEM) is not trusted for a name or an address, in the words of
 * Go's crypto/x509; undefined if it is trusted. `now` in virtual ms.
 */
export function serverFault(
  pem: string,
  name: string,
  roots: readonly Certificate[],
  now: number,
): string | undefined {
  const [leaf, ...intermediates] = parseCertificates(pem)
  if (leaf === undefined) return 'x509: malformed certificate'
  const { dns = [], ip = [] } = leaf.names
  const isAddress = /^[\d.]+$|:/.test(name)
  const known = isAddress ? ip : dns
  if (known.length === 0 && dns.length + ip.length === 0)
    return 'x509: certificate relies on legacy Common Name field, use SANs instead'
  if (known.length === 0) return `x509: certificate is not valid for any names, but wanted to match ${name}`
  if (!known.some((one) => one === name || matchesWildcard(one, name)))
    return `x509: certificate is valid for ${known.join(', ')}, not ${name}`
  return verifyChain(leaf, { roots, intermediates, now, purpose: 'server auth' })
}

/** Whether `*.example.com` matches a name with exactly one more label. */
function matchesWildcard(pattern: string, name: string): boolean {
  return pattern.startsWith('*.') && name.slice(name.indexOf('.')) === pattern.slice(1)
}

function follow(
  certificate: Certificate,
  options: Search,
  chain: readonly Certificate[],
): string | undefined {
  const fault = validityFault(certificate, options.now) ?? usageFault(certificate, options.purpose)
  if (fault !== undefined) return fault
  if (options.roots.some(({ fingerprint }) => fingerprint === certificate.fingerprint)) return undefined
  if (chain.length >= MAX_CERTIFICATES) return UNKNOWN_AUTHORITY
  let reason: string | undefined
  for (const issuer of [...options.roots, ...(options.intermediates ?? [])]) {
    const key = issuer.publicKey ?? issuer.curveKey
    if (issuer.subjectDer !== certificate.issuerDer || key === undefined || chain.includes(issuer)) continue
    if (options.left-- <= 0)
      return 'x509: signature check attempts limit reached while verifying certificate chain'
    if (certificate.insecureAlgorithm !== undefined)
      reason ??= because(
        `cannot verify signature: insecure algorithm ${certificate.insecureAlgorithm}`,
        issuer,
      )
    if (!certificate.isSignedBy(key)) continue
    if (!mayIssue(issuer, options.roots)) continue
    const next = pathFault(issuer, chain.length - 1) ?? follow(issuer, options, [...chain, issuer])
    if (next === undefined) return undefined
    reason ??= next
  }
  return reason ?? UNKNOWN_AUTHORITY
}

/**
 * Whether a certificate may sign others. One of version 1, which says nothing of it, may if it is trusted.
 * Source: crypto/x509 Certificate.CheckSignatureFrom, Certificate.isValid.
 */
function mayIssue(issuer: Certificate, roots: readonly Certificate[]): boolean {
  if (issuer.isCa === undefined && issuer.version < 3) return roots.includes(issuer)
  return issuer.isCa === true && (issuer.keyUsages.length === 0 || issuer.keyUsages.includes('cert sign'))
}

/** Returns why an authority cannot stand above so many others. Source: crypto/x509 Certificate.isValid. */
function pathFault(issuer: Certificate, below: number): string | undefined {
  if (issuer.maxPathLength === undefined || below <= issuer.maxPathLength) return undefined
  return because('too many intermediates for path length constraint', issuer)
}

/** Source: crypto/x509 UnknownAuthorityError. */
const because = (why: string, { subject }: Certificate): string =>
  `${UNKNOWN_AUTHORITY} (possibly because of "x509: ${why}" while trying to verify candidate authority ` +
  `certificate ${JSON.stringify(subject.commonName)})`

function validityFault({ notBefore, notAfter }: Certificate, now: number): string | undefined {
  const at = (ms: number): string => `${new Date(ms).toISOString().replace(/\.\d+Z$/, '')}Z`
  const text = 'x509: certificate has expired or is not yet valid: current time'
  if (now < notBefore) return `${text} ${at(now)} is before ${at(notBefore)}`
  if (now > notAfter) return `${text} ${at(now)} is after ${at(notAfter)}`
  return undefined
}

function usageFault({ purposes, unhandledCritical }: Certificate, purpose: Purpose): string | undefined {
  if (unhandledCritical.length > 0) return 'x509: unhandled critical extension'
  const fits = purposes.length === 0 || purposes.includes(purpose) || purposes.includes('any')
  return fits ? undefined : 'x509: certificate specifies an incompatible key usage'
}
