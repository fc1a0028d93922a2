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
import { extensionsDer, readExtensions } from './extensions.js'
import type { AlternativeNames, Extensions } from './extensions.js'
import { nameOf, subjectOf } from './name.js'
import type { Subject } from './name.js'
import { parsePublicKeyInfo, publicKeyInfo, sign, verify } from './crypto/rsa.js'
import type { Digest, PrivateKey } from './crypto/rsa.js'

const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'
const RSA_SIGNATURES: Readonly<Record<string, Digest>> = {
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
}

/** A parsed PKCS #10 request. */
export interface CertificateRequest extends Extensions {
  readonly subject: Required<Subject>
  /** The subject in its original encoding. */
  readonly subjectName: Asn1
  /** SubjectPublicKeyInfo, for any kind of key. */
  readonly publicKeyInfo: Asn1
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
  const attributes = childrenOf(list).length === 0 ? [] : [sequence(oid(EXTENSION_REQUEST), set(list))]
  const body = sequence(integer(0n), subjectName, publicKeyInfo(key), explicit(0, ...attributes))
  const algorithm = sequence(oid('1.2.840.113549.1.1.11'), nothing())
  return toPem('CERTIFICATE REQUEST', toDer(sequence(body, algorithm, bits(sign(key, toDer(body))))))
}

/**
 * Parses the request in a PEM text. The proof of possession is verified for RSA keys, and assumed for others.
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
  const kind = RSA_SIGNATURES[oidOf(childrenOf(algorithm)[0])]
  const key = parsePublicKeyInfo(info)
  if (kind !== undefined && key !== undefined && !verify(key, toDer(body as Asn1), bitsOf(signature), kind)) {
    throw new Error('crypto/rsa: verification error')
  }
  return {
    ...readExtensions(extensionsIn(attributes)),
    subject: subjectOf(subject),
    subjectName: subject as Asn1,
    publicKeyInfo: info,
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
