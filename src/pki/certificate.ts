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
} from './crypto/der.js'
import { sequence, time, timeOf, toDer, toPem } from './crypto/der.js'
import type { Asn1, BinaryString } from './crypto/der.js'
import type { CurveKey } from './crypto/ecdsa.js'
import { parseCurveKeyInfo, verifyCurve } from './crypto/ecdsa.js'
import { extensionsDer, readExtensions } from './extensions.js'
import type { AlternativeNames, Extensions, KeyIdentifiers, KeyUsage, Purpose } from './extensions.js'
import { nameOf, subjectOf } from './name.js'
import type { Subject } from './name.js'
import { parsePublicKeyInfo, publicKeyInfo, sign, verify } from './crypto/rsa.js'
import type { Digest, PrivateKey, PublicKey } from './crypto/rsa.js'

const CURVE_SIGNATURES: Readonly<Record<string, Digest>> = {
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
}
const RSA_SIGNATURES: Readonly<Record<string, Digest>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
}
/** Go's names of the algorithms that it does not verify. Source: crypto/x509 checkSignature. */
const INSECURE_SIGNATURES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.4': 'MD5-RSA',
  '1.2.840.113549.1.1.5': 'SHA1-RSA',
  '1.2.840.10045.4.1': 'ECDSA-SHA1',
}
/** The digests with which this package signs, by the object id of the signature's algorithm. */
export const SIGNATURE_IDS = {
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
} as const

/** The content of a certificate to be created. Times are virtual ms, truncated to seconds. */
export interface CertificateSpec {
  readonly subject: Subject
  /** The subject in the exact encoding of a request, instead of Go's. */
  readonly subjectName?: Asn1
  readonly serial: bigint
  readonly notBefore: number
  readonly notAfter: number
  readonly keyUsages: readonly KeyUsage[]
  readonly purposes?: readonly Purpose[]
  /** Default false. */
  readonly isCa?: boolean
  /** Most authorities between this one and a leaf. Default: no limit. */
  readonly maxPathLength?: number
  readonly names?: AlternativeNames
}

/** The name and key of a certificate authority that signs. */
export interface Issuer {
  readonly subject: Subject
  /** Its name in the encoding of its own certificate, if that differs from Go's. */
  readonly subjectName?: Asn1
  readonly key: PrivateKey
}

/**
 * Creates a certificate (X.509 v3, SHA256-RSA) for `publicKey`, laid out as by Go's x509.CreateCertificate.
 * Returns PEM.
 */
export function createCertificate(
  spec: CertificateSpec,
  publicKey: PublicKey | Asn1,
  issuer: Issuer,
): string {
  const info = 'modulus' in publicKey ? publicKeyInfo(publicKey) : publicKey
  const { subject, serial, notBefore, notAfter, keyUsages, purposes = [], names = {} } = spec
  const { isCa = false, maxPathLength } = spec
  const authorityKey = keyIdentifier(publicKeyInfo(issuer.key))
  const list = extensionsDer(
    { keyUsages, purposes, isCa, maxPathLength, names },
    {
      subjectIsEmpty: subject.commonName === '' && (subject.organizations ?? []).length === 0,
      ...(isCa ? { subjectKey: keyIdentifier(info) } : { authorityKey }),
    },
  )
  return signCertificate(
    {
      serial,
      issuerName: issuer.subjectName ?? nameOf(issuer.subject),
      notBefore,
      notAfter,
      subjectName: spec.subjectName ?? nameOf(subject),
      publicKeyInfo: info,
      extensions: childrenOf(list),
    },
    issuer.key,
  )
}

/** The content of a certificate whose extensions are already encoded. Times are virtual ms. */
export interface EncodedCertificate {
  readonly serial: bigint
  readonly issuerName: Asn1
  readonly notBefore: number
  readonly notAfter: number
  readonly subjectName: Asn1
  readonly publicKeyInfo: Asn1
  /** In the order in which they are written. Without any it is a certificate of version 1. */
  readonly extensions: readonly Asn1[]
}

/** Signs a certificate with an RSA key. Returns PEM. */
export function signCertificate(
  content: EncodedCertificate,
  key: PrivateKey,
  hash: keyof typeof SIGNATURE_IDS = 'sha256',
): string {
  const { serial, issuerName, notBefore, notAfter, subjectName, publicKeyInfo: info, extensions } = content
  const algorithm = sequence(oid(SIGNATURE_IDS[hash]), nothing())
  const fields = [
    integer(serial),
    algorithm,
    issuerName,
    sequence(time(notBefore), time(notAfter)),
    subjectName,
    info,
  ]
  const body =
    extensions.length === 0
      ? sequence(...fields)
      : sequence(explicit(0, integer(2n)), ...fields, explicit(3, sequence(...extensions)))
  const signature = signatureOf(key, toDer(body), hash)
  return toPem('CERTIFICATE', toDer(sequence(body, algorithm, bits(signature))))
}

/**
 * Certificate signatures by key and content. Forks of a cluster create the same certificates again, and
 * signing is the most expensive part.
 */
const signatures = new Map<string, BinaryString>()
const MAX_SIGNATURES = 1_000

function signatureOf(key: PrivateKey, content: BinaryString, hash: Digest): BinaryString {
  // the content names the digest
  const id = `${hex(digest('sha256', content))} ${key.modulus}`
  let signature = signatures.get(id)
  if (signature === undefined) {
    if (signatures.size >= MAX_SIGNATURES) signatures.clear()
    signatures.set(id, (signature = sign(key, content, hash)))
  }
  return signature
}

/** Computes the SHA-1 of the public key's bits (RFC 5280, 4.2.1.2, method 1). */
export function keyIdentifier(info: Asn1): BinaryString {
  return digest('sha1', bitsOf(childrenOf(info)[1]))
}

/** A parsed certificate. */
export interface Certificate extends Extensions, KeyIdentifiers {
  readonly subject: Required<Subject>
  readonly issuer: Required<Subject>
  readonly serial: bigint
  /** 3 for those with extensions; older ones have 1. */
  readonly version: number
  /** Virtual ms. */
  readonly notBefore: number
  /** Virtual ms. */
  readonly notAfter: number
  /** Undefined if it is not an RSA key. */
  readonly publicKey: PublicKey | undefined
  /** Undefined if it is not an ECDSA key. */
  readonly curveKey: CurveKey | undefined
  readonly unhandledCritical: readonly string[]
  /** SHA-256 of the whole certificate, in hexadecimal. */
  readonly fingerprint: string
  /** Returns whether the key signed this certificate; false for signatures other than RSA and ECDSA. */
  isSignedBy(key: PublicKey | CurveKey): boolean
  /** Go's name of the signature's algorithm if it is too weak to be verified: `SHA1-RSA`. */
  readonly insecureAlgorithm: string | undefined
  /** DER of the issuer's name, for comparison with a subject's. */
  readonly issuerDer: BinaryString
  readonly subjectDer: BinaryString
}

/**
 * Parses a certificate in DER.
 * @throws Error if it is malformed
 */
export function parseCertificate(der: BinaryString): Certificate {
  const [body, algorithm, signature] = childrenOf(fromDer(der))
  const [first, ...others] = childrenOf(body)
  const [serial, , issuer, validity, subject, info, ...rest] = isContext(first, 0)
    ? others
    : [first, ...others]
  const [notBefore, notAfter] = childrenOf(validity).map(timeOf)
  const list = rest.find((node) => isContext(node, 3))
  const signed = toDer(body as Asn1)
  const kind = oidOf(childrenOf(algorithm)[0])
  return {
    ...readExtensions(list === undefined ? undefined : childrenOf(list)[0]),
    subject: subjectOf(subject),
    issuer: subjectOf(issuer),
    subjectDer: toDer(subject as Asn1),
    issuerDer: toDer(issuer as Asn1),
    serial: numberOf(contentOf(serial)),
    version: isContext(first, 0) ? Number(numberOf(contentOf(childrenOf(first)[0]))) + 1 : 1,
    notBefore: notBefore ?? 0,
    notAfter: notAfter ?? 0,
    publicKey: parsePublicKeyInfo(info as Asn1),
    curveKey: parseCurveKeyInfo(info as Asn1),
    fingerprint: hex(digest('sha256', der)),
    insecureAlgorithm: INSECURE_SIGNATURES[kind],
    isSignedBy: (key) => {
      const hash = 'curve' in key ? CURVE_SIGNATURES[kind] : RSA_SIGNATURES[kind]
      if (hash === undefined) return false
      const check = bitsOf(signature)
      return 'curve' in key ? verifyCurve(key, signed, check, hash) : verify(key, signed, check, hash)
    },
  }
}

/**
 * Parses all certificates of a PEM text.
 * @throws Error if there is none or one is malformed
 */
export function parseCertificates(pem: string): readonly Certificate[] {
  const found = fromPem(pem)
    .filter(({ type }) => type === 'CERTIFICATE')
    .map(({ der }) => parseCertificate(der))
  if (found.length === 0) throw new Error('data does not contain any valid RSA or ECDSA certificates')
  return found
}
