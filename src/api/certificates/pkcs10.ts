import { derItems, derOid, derValue, DerError } from './der.js'
import type { DerValue } from './der.js'
import { base64Text, pemBlocks } from '../../lang/bytes/pem.js'

/** The parts of a PKCS#10 certificate request that are needed here. */
export interface Pkcs10Request {
  readonly commonName: string
  readonly organizations: readonly string[]
  /** Whether it asks for DNS names, IP addresses, e-mail addresses or URIs. */
  readonly altNames: {
    readonly dns: boolean
    readonly ip: boolean
    readonly email: boolean
    readonly uri: boolean
  }
  /** The request itself. */
  readonly der: Uint8Array
}

const COMMON_NAME = '2.5.4.3'
const ORGANIZATION = '2.5.4.10'
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'
const SUBJECT_ALT_NAME = '2.5.29.17'
const SEQUENCE = 0x30

/**
 * Parses `spec.request` of a CertificateSigningRequest (base64 of PEM): its subject and requested names. The
 * signature is not verified. Source: pkg/apis/certificates/helpers.go ParseCSR.
 * @throws DerError
 */
export function parseRequest(request: string | undefined): Pkcs10Request {
  const [block] = pemBlocks(base64Text(request))
  if (block?.type !== 'CERTIFICATE REQUEST') throw new DerError('PEM block type must be CERTIFICATE REQUEST')
  const [info] = sequence(derValue(block.bytes))
  const [, subject, , ...attributes] = info === undefined ? [] : sequence(info)
  if (subject === undefined) throw new DerError('asn1: structure error: sequence truncated')
  const names = namesOf(subject)
  return {
    commonName: names.findLast(([oid]) => oid === COMMON_NAME)?.[1] ?? '',
    organizations: names.filter(([oid]) => oid === ORGANIZATION).map(([, value]) => value),
    altNames: altNamesOf(attributes),
    der: block.bytes,
  }
}

function sequence(value: DerValue): readonly DerValue[] {
  if (value.tag !== SEQUENCE)
    throw new DerError(
      "asn1: structure error: tags don't match (16 vs {class:0 tag:" +
        `${value.tag & 0x1f} length:${value.content.length} isCompound:${(value.tag & 0x20) !== 0}})`,
    )
  return derItems(value)
}

/** The attributes of a distinguished name: object identifier and text. */
function namesOf(subject: DerValue): readonly (readonly [oid: string, value: string])[] {
  return sequence(subject)
    .flatMap((set) => derItems(set))
    .map((attribute) => {
      const [oid, value] = sequence(attribute)
      if (oid === undefined || value === undefined)
        throw new DerError('asn1: syntax error: sequence truncated')
      return [derOid(oid), new TextDecoder().decode(value.content)] as const
    })
}

/** Context tags of GeneralName: rfc822Name, dNSName, uniformResourceIdentifier, iPAddress. */
function altNamesOf(attributes: readonly DerValue[]): Pkcs10Request['altNames'] {
  const tags = new Set(
    attributes
      .flatMap(derItems)
      .flatMap(extensionsOf)
      .map(({ tag }) => tag & 0x1f),
  )
  return { email: tags.has(1), dns: tags.has(2), uri: tags.has(6), ip: tags.has(7) }
}

/** Parses the names of the subject alternative name extension in an attribute of the request. */
function extensionsOf(attribute: DerValue): readonly DerValue[] {
  const [oid, values] = sequence(attribute)
  if (oid === undefined || values === undefined || derOid(oid) !== EXTENSION_REQUEST) return []
  return derItems(values)
    .flatMap(sequence)
    .flatMap((extension) => {
      const [id, ...rest] = sequence(extension)
      const content = rest.at(-1)
      return id !== undefined && content !== undefined && derOid(id) === SUBJECT_ALT_NAME
        ? sequence(derValue(content.content))
        : []
    })
}
