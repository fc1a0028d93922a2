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
} from './der.js'
import { sequence, set, toDer, toPem } from './der.js'
import type { Asn1 } from './der.js'
import { extensionsDer, readExtensions } from './extensions.js'
import type { AlternativeNames, Extensions } from './extensions.js'
import { nameOf, subjectOf } from './name.js'
import type { Subject } from './name.js'
import { parsePublicKeyInfo, publicKeyInfo, sign, verify } from './rsa.js'
import type { Digest, PrivateKey } from './rsa.js'

const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'
const RSA_SIGNATURES: Readonly<Record<string, Digest>> = {
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
}

/** A PKCS #10 request that has been read. */
export interface CertificateRequest extends Extensions {
  readonly subject: Required<Subject>
  /** The subject as it stands there. */
  readonly subjectName: Asn1
  /** SubjectPublicKeyInfo, of whatever kind of key. */
  readonly publicKeyInfo: Asn1
}

/**
 * The PEM of a request for a certificate, signed with the key that it asks for. `subjectName`: the subject
 * laid out otherwise than Go does.
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
 * Reads the request in a PEM text. The proof of possession is checked for RSA keys; those of other kinds are
 * taken at their word. Source: kubernetes pkg/apis/certificates ParseCSR.
 * @throws Error with the text of ParseCSR or of Go's parser.
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
