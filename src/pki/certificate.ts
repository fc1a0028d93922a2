import {
  bits,
  bitsOf,
  childrenOf,
  contentOf,
  digest,
  explicit,
  fromDer,
  fromPem,
  hex,
  integer,
  isContext,
  nothing,
  numberOf,
  oid,
  oidOf,
} from './der.js'
import { sequence, time, timeOf, toDer, toPem } from './der.js'
import type { Asn1, Bytes } from './der.js'
import { extensionsDer, readExtensions, wrapped } from './extensions.js'
import type { AlternativeNames, Extensions, KeyIdentifiers, KeyUsage, Purpose } from './extensions.js'
import { nameOf, subjectOf } from './name.js'
import type { Subject } from './name.js'
import { parsePublicKeyInfo, publicKeyInfo, sign, verify } from './rsa.js'
import type { Digest, PrivateKey, PublicKey } from './rsa.js'

const RSA_SIGNATURES: Readonly<Record<string, Digest>> = {
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
}
const SHA256_WITH_RSA = '1.2.840.113549.1.1.11'

/** What a certificate is to say. Times in virtual ms, cut to seconds. */
export interface CertificateSpec {
  readonly subject: Subject
  /** The subject as it stands in a request, in the place of what Go would make of it. */
  readonly subjectName?: Asn1
  readonly serial: bigint
  readonly notBefore: number
  readonly notAfter: number
  readonly keyUsages: readonly KeyUsage[]
  readonly purposes?: readonly Purpose[]
  /** Default false. */
  readonly isCa?: boolean
  readonly names?: AlternativeNames
}

/** Who signs: a certificate authority's name and key. */
export interface Issuer {
  readonly subject: Subject
  /** Its name as it stands in its certificate, where it is not laid out as Go does. */
  readonly subjectName?: Asn1
  readonly key: PrivateKey
}

/**
 * The PEM of a certificate (X.509 v3, SHA256-RSA) over `publicKey`, laid out as Go's x509.CreateCertificate
 * does.
 */
export function createCertificate(
  spec: CertificateSpec,
  publicKey: PublicKey | Asn1,
  issuer: Issuer,
): string {
  const info = 'modulus' in publicKey ? publicKeyInfo(publicKey) : publicKey
  const { subject, serial, notBefore, notAfter, keyUsages, purposes = [], isCa = false, names = {} } = spec
  const authorityKey = keyIdentifier(publicKeyInfo(issuer.key))
  const list = extensionsDer(
    { keyUsages, purposes, isCa, names },
    {
      subjectIsEmpty: subject.commonName === '' && (subject.organizations ?? []).length === 0,
      ...(isCa ? { subjectKey: keyIdentifier(info) } : { authorityKey }),
    },
  )
  const algorithm = sequence(oid(SHA256_WITH_RSA), nothing())
  const body = sequence(
    explicit(0, integer(2n)),
    integer(serial),
    algorithm,
    issuer.subjectName ?? nameOf(issuer.subject),
    sequence(time(notBefore), time(notAfter)),
    spec.subjectName ?? nameOf(subject),
    info,
    wrapped(list),
  )
  return toPem('CERTIFICATE', toDer(sequence(body, algorithm, bits(signatureOf(issuer.key, toDer(body))))))
}

/**
 * Signatures of certificates by key and content: copies of a cluster make the same ones again, and a
 * signature takes the most of it.
 */
const signatures = new Map<string, Bytes>()
const MOST_SIGNATURES = 1_000

function signatureOf(key: PrivateKey, content: Bytes): Bytes {
  const id = `${hex(digest('sha256', content))} ${key.modulus}`
  let signature = signatures.get(id)
  if (signature === undefined) {
    if (signatures.size >= MOST_SIGNATURES) signatures.clear()
    signatures.set(id, (signature = sign(key, content)))
  }
  return signature
}

/** SHA-1 of the public key's bits (RFC 5280, 4.2.1.2, method 1). */
function keyIdentifier(info: Asn1): Bytes {
  return digest('sha1', bitsOf(childrenOf(info)[1]))
}

/** A certificate that has been read. */
export interface Certificate extends Extensions, KeyIdentifiers {
  readonly subject: Required<Subject>
  readonly issuer: Required<Subject>
  readonly serial: bigint
  /** Virtual ms. */
  readonly notBefore: number
  /** Virtual ms. */
  readonly notAfter: number
  /** Undefined when it is no RSA key. */
  readonly publicKey: PublicKey | undefined
  readonly unhandledCritical: readonly string[]
  /** Hexadecimal SHA-256 of the whole. */
  readonly fingerprint: string
  /** Whether the key signed this certificate. False for signatures that are not RSA. */
  isSignedBy(key: PublicKey): boolean
  /** DER of the issuer's name, for comparing with a subject's. */
  readonly issuerDer: Bytes
  readonly subjectDer: Bytes
}

/** Reads a certificate in DER. @throws Error when it is malformed. */
export function parseCertificate(der: Bytes): Certificate {
  const [body, algorithm, signature] = childrenOf(fromDer(der))
  const [first, ...others] = childrenOf(body)
  const [serial, , issuer, validity, subject, info, ...rest] = isContext(first, 0)
    ? others
    : [first, ...others]
  const [notBefore, notAfter] = childrenOf(validity).map(timeOf)
  const list = rest.find((node) => isContext(node, 3))
  const signed = toDer(body as Asn1)
  return {
    ...readExtensions(list === undefined ? undefined : childrenOf(list)[0]),
    subject: subjectOf(subject),
    issuer: subjectOf(issuer),
    subjectDer: toDer(subject as Asn1),
    issuerDer: toDer(issuer as Asn1),
    serial: numberOf(contentOf(serial)),
    notBefore: notBefore ?? 0,
    notAfter: notAfter ?? 0,
    publicKey: parsePublicKeyInfo(info as Asn1),
    fingerprint: hex(digest('sha256', der)),
    isSignedBy: (key) => {
      const kind = RSA_SIGNATURES[oidOf(childrenOf(algorithm)[0])]
      return kind !== undefined && verify(key, signed, bitsOf(signature), kind)
    },
  }
}

/** Reads all certificates of a PEM text. @throws Error when there is none or one is malformed. */
export function parseCertificates(pem: string): readonly Certificate[] {
  const found = fromPem(pem)
    .filter(({ type }) => type === 'CERTIFICATE')
    .map(({ der }) => parseCertificate(der))
  if (found.length === 0) throw new Error('data does not contain any valid RSA or ECDSA certificates')
  return found
}
