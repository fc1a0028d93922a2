import {
  bits,
  bitsOf,
  childrenOf,
  explicit,
  fromDer,
  fromPem,
  integer,
  isContext,
  nothing,
  numberOf,
  contentOf,
  oid,
  oidOf,
} from './crypto/der.js'
import { sequence, set, toDer, toPem } from './crypto/der.js'
import type { Asn1 } from './crypto/der.js'
import { SIGNATURE_IDS } from './certificate.js'
import { extensionsDer, readExtensions } from './extensions.js'
import type { AlternativeNames, Extensions } from './extensions.js'
import { nameOf, subjectOf } from './name.js'
import type { Subject } from './name.js'
import { parseCurveKeyInfo, verifyCurve } from './crypto/ecdsa.js'
import { parsePublicKeyInfo, publicKeyInfo, sign, verify } from './crypto/rsa.js'
import type { Digest, PrivateKey } from './crypto/rsa.js'

const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'
const RSA_SIGNATURES: Readonly<Record<string, Digest>> = {
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
}
const CURVE_SIGNATURES: Readonly<Record<string, Digest>> = {
  '1.2.840.10045.4.1': 'sha1',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
}

/** A parsed PKCS #10 request. */
export interface CertificateRequest extends Extensions {
  readonly subject: Required<Subject>
  /** The subject in its original encoding. */
  readonly subjectName: Asn1
  /** SubjectPublicKeyInfo, for any kind of key. */
  readonly publicKeyInfo: Asn1
  /** The requested extensions in their original encoding. */
  readonly extensionList: readonly Asn1[]
}

/**
 * Creates a certificate request, signed with its own key. `subjectName` overrides the encoding of the
 * subject. Returns PEM.
 */
export function createRequest(
  subject: Subject,
  key: PrivateKey,
  names: AlternativeNames = {},
  subjectName: Asn1 = nameOf(subject),
): string {
  const list = extensionsDer({ keyUsages: [], purposes: [], isCa: undefined, names })
  return signRequestOf(subjectName, childrenOf(list), key)
}

/** Creates a request of extensions that are already encoded, in their order. Returns PEM. */
export function signRequestOf(
  subjectName: Asn1,
  extensions: readonly Asn1[],
  key: PrivateKey,
  hash: keyof typeof SIGNATURE_IDS = 'sha256',
): string {
  const attributes =
    extensions.length === 0 ? [] : [sequence(oid(EXTENSION_REQUEST), set(sequence(...extensions)))]
  const body = sequence(integer(0n), subjectName, publicKeyInfo(key), explicit(0, ...attributes))
  const algorithm = sequence(oid(SIGNATURE_IDS[hash]), nothing())
  const signature = sign(key, toDer(body), hash)
  return toPem('CERTIFICATE REQUEST', toDer(sequence(body, algorithm, bits(signature))))
}

/**
 * Parses the request in a PEM text. The proof of possession is verified for RSA keys and those on NIST's
 * curves, and assumed for others.
 * Source: kubernetes pkg/apis/certificates ParseCSR.
 * @throws Error with the text of ParseCSR or of Go's parser
 */
export function parseRequest(pem: string): CertificateRequest {
  let block
  try {
    block = fromPem(pem)[0]
  } catch {
    // reported below
  }
  if (block?.type !== 'CERTIFICATE REQUEST') throw new Error('PEM block type must be CERTIFICATE REQUEST')
  const [body, algorithm, signature] = childrenOf(readDer(block.der))
  const [version, subject, info, attributes] = childrenOf(body)
  if (version === undefined || numberOf(contentOf(version)) !== 0n || info === undefined)
    throw new Error('asn1: structure error: bad request')
  checkProof(info, toDer(body as Asn1), oidOf(childrenOf(algorithm)[0]), bitsOf(signature))
  const list = extensionsIn(attributes)
  return {
    ...readExtensions(list),
    extensionList: list === undefined ? [] : childrenOf(list),
    subject: subjectOf(subject),
    subjectName: subject as Asn1,
    publicKeyInfo: info,
  }
}

/** Checks that who asks has the private key. Source: Go x509 CertificateRequest.CheckSignature. */
function checkProof(info: Asn1, message: string, algorithm: string, signature: string): void {
  const [rsa, curve] = [RSA_SIGNATURES[algorithm], CURVE_SIGNATURES[algorithm]]
  const key = parsePublicKeyInfo(info)
  const curveKey = parseCurveKeyInfo(info)
  if (rsa !== undefined && key !== undefined && !verify(key, message, signature, rsa))
    throw new Error('crypto/rsa: verification error')
  if (curve !== undefined && curveKey !== undefined && !verifyCurve(curveKey, message, signature, curve))
    throw new Error('x509: ECDSA verification failure')
  const isOther = (rsa !== undefined && curveKey !== undefined) || (curve !== undefined && key !== undefined)
  if (isOther) {
    const [wanted, found] = rsa === undefined ? ['ECDSA', '*rsa.PublicKey'] : ['RSA', '*ecdsa.PublicKey']
    throw new Error(
      `x509: signature algorithm specifies an ${wanted} public key, but have public key of type ${found}`,
    )
  }
}

function readDer(der: string): Asn1 {
  try {
    return fromDer(der)
  } catch {
    throw new Error('asn1: syntax error: data truncated')
  }
}

function extensionsIn(attributes: Asn1 | undefined): Asn1 | undefined {
  if (!isContext(attributes, 0)) return undefined
  for (const attribute of childrenOf(attributes)) {
    const [id, values] = childrenOf(attribute)
    if (oidOf(id) === EXTENSION_REQUEST) return childrenOf(values)[0]
  }
  return undefined
}
