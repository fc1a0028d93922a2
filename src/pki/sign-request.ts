import type { KeyUsage, Purpose } from './extensions.js'
import type { Pki } from './pki.js'
import { BACKDATE } from './pki.js'
import { parseRequest } from './request.js'

/** A lifetime below this counts from now; a longer one includes the backdating, so that it ends earlier. */
const MIN_BACKDATED_TTL = 8 * 3_600_000

const KEY_USAGE_NAMES: readonly KeyUsage[] = [
  'digital signature',
  'content commitment',
  'key encipherment',
  'data encipherment',
  'key agreement',
  'cert sign',
  'crl sign',
  'encipher only',
  'decipher only',
]

/** What the controller manager signs (the spec of a CertificateSigningRequest). */
export interface SigningOrder {
  /** PEM of the PKCS #10 request. */
  readonly request: string
  /** As in `spec.usages`. */
  readonly usages: readonly string[]
  /** Lifetime in ms; limited by that of the authority. */
  readonly ttl: number
  /** Virtual ms. */
  readonly now: number
}

/**
 * Signs a request with the cluster's authority. Returns PEM. Source: kubernetes
 * pkg/controller/certificates/authority PermissiveSigningPolicy and ca_provider.go.
 * @throws Error with upstream's text, for the condition Failed
 */
export function signRequest(pki: Pki, { request, usages, ttl, now }: SigningOrder): string {
  const { subject, names, publicKeyInfo } = parseRequest(request)
  const { certificate } = pki.authority()
  const notBefore = now - BACKDATE
  const wanted = ttl < MIN_BACKDATED_TTL ? now + ttl : now + ttl - BACKDATE
  const notAfter = Math.min(wanted, certificate.notAfter)
  if (notAfter <= notBefore)
    throw new Error('refusing to sign a certificate that expired in the past: notAfter is before notBefore')
  if (now >= notAfter) throw new Error('refusing to sign a certificate that expired in the past')
  const { keyUsages, purposes } = splitUsages(usages)
  return pki.sign({ subject, names, notBefore, notAfter, keyUsages, purposes }, publicKeyInfo)
}

/** Splits `spec.usages` into key usages and purposes. Source: api certificates.go keyUsagesFromStrings. */
function splitUsages(usages: readonly string[]): {
  readonly keyUsages: readonly KeyUsage[]
  readonly purposes: readonly Purpose[]
} {
  const keyUsages: KeyUsage[] = []
  const purposes: Purpose[] = []
  for (const usage of usages) {
    const key = usage === 'signing' ? 'digital signature' : KEY_USAGE_NAMES.find((name) => name === usage)
    if (key !== undefined) keyUsages.push(key)
    else purposes.push(purposeOf(usage))
  }
  return { keyUsages, purposes }
}

const PURPOSE_NAMES: readonly Purpose[] = [
  'any',
  'server auth',
  'client auth',
  'code signing',
  'email protection',
  'timestamping',
  'ocsp signing',
]

function purposeOf(usage: string): Purpose {
  const purpose = PURPOSE_NAMES.find((name) => name === (usage === 's/mime' ? 'email protection' : usage))
  if (purpose === undefined) throw new Error(`unrecognized usages: [${JSON.stringify(usage)}]`)
  return purpose
}
