import { extension, EXTENSION_IDS, NAME_TAGS, PURPOSE_IDS, usageBits } from '../../../pki/extensions.js'
import type { KeyUsage } from '../../../pki/extensions.js'
import { isIp, ipBytes } from '../../../pki/ip.js'
import {
  ascii,
  bits,
  boolean,
  bytesOf,
  childrenOf,
  contentOf,
  explicit,
  fromDer,
  implicit,
  integer,
  octets,
  oid,
  oidOf,
  sequence,
} from '../../../pki/crypto/der.js'
import type { Asn1, BinaryString } from '../../../pki/crypto/der.js'
import type { Config, NamedValue } from './config.js'

/** A fault of an extension, with the lines that openssl prints of it. */
export class ExtensionFault extends Error {}

/** The key of a certificate, and who signs it. Key identifiers are bytes. */
export interface Signing {
  readonly subjectKey: BinaryString
  /** Undefined for a request, which nobody signs yet. */
  readonly issuer: IssuerOfExtensions | undefined
}

/** What an authority key identifier tells of the authority. */
interface IssuerOfExtensions {
  /** Undefined if its certificate has no key identifier. */
  readonly key: BinaryString | undefined
  readonly name: Asn1
  readonly serial: bigint
}

type Values = readonly NamedValue[]
type Builder = (values: Values, text: string, signing: Signing) => Asn1 | undefined

const fault = (code: string, where: string, what: string, detail = ''): ExtensionFault =>
  new ExtensionFault(`error:${code}:X509 V3 routines:${where}:${what}${detail === '' ? '' : `:${detail}`}`)

const unsimulated = (what: string): ExtensionFault => new ExtensionFault(`${what} is not simulated`)

const USAGES: Readonly<Record<string, KeyUsage>> = {
  digitalSignature: 'digital signature',
  nonRepudiation: 'content commitment',
  keyEncipherment: 'key encipherment',
  dataEncipherment: 'data encipherment',
  keyAgreement: 'key agreement',
  keyCertSign: 'cert sign',
  cRLSign: 'crl sign',
  encipherOnly: 'encipher only',
  decipherOnly: 'decipher only',
}
const PURPOSES: Readonly<Record<string, string>> = {
  anyExtendedKeyUsage: PURPOSE_IDS.any,
  serverAuth: PURPOSE_IDS['server auth'],
  clientAuth: PURPOSE_IDS['client auth'],
  codeSigning: PURPOSE_IDS['code signing'],
  emailProtection: PURPOSE_IDS['email protection'],
  timeStamping: PURPOSE_IDS.timestamping,
  OCSPSigning: PURPOSE_IDS['ocsp signing'],
}
/** In the order of their bits. */
const NETSCAPE_TYPES = ['client', 'server', 'email', 'objsign', 'reserved', 'sslCA', 'emailCA', 'objCA']
const isDotted = (text: string): boolean => /^[0-2](?:\.\d+)+$/.test(text)

/** Whether a name is `CA`, or `CA.1`, as names in a section are told apart. */
const isNamed = (name: string, wanted: string): boolean => name === wanted || name.startsWith(`${wanted}.`)

function basicConstraints(values: Values): Asn1 {
  let [isCa, limit] = [false, undefined as bigint | undefined]
  for (const [name, value] of values)
    if (name === 'CA') isCa = truth(value)
    else if (name !== 'pathlen')
      throw fault(
        '1100006A',
        'v2i_BASIC_CONSTRAINTS',
        'invalid name',
        `name=${name}, value=${value || '<NULL>'}`,
      )
    else if (/^\d+$/.test(value)) limit = BigInt(value)
    else throw fault('11000064', 's2i_ASN1_INTEGER', 'bn dec2bn error', `name=pathlen, value=${value}`)
  return sequence(...(isCa ? [boolean(true)] : []), ...(limit === undefined ? [] : [integer(limit)]))
}

function truth(value: string): boolean {
  if (['TRUE', 'true', 'Y', 'y', 'YES', 'yes'].includes(value)) return true
  if (['FALSE', 'false', 'N', 'n', 'NO', 'no'].includes(value)) return false
  throw fault('11000068', 'X509V3_get_value_bool', 'invalid boolean string', `name=CA, value=${value}`)
}

function keyUsage(values: Values): Asn1 {
  return usageBits(
    values.map(([name]) => {
      const usage = USAGES[name]
      if (usage === undefined)
        throw fault('1100006F', 'v2i_ASN1_BIT_STRING', 'unknown bit string argument', name)
      return usage
    }),
  )
}

function netscapeType(values: Values): Asn1 {
  let byte = 0
  for (const [name] of values) {
    const bit = NETSCAPE_TYPES.indexOf(name)
    if (bit < 0) throw fault('1100006F', 'v2i_ASN1_BIT_STRING', 'unknown bit string argument', name)
    byte |= 0x80 >> bit
  }
  let unused = 0
  while (unused < 7 && ((byte >> unused) & 1) === 0) unused++
  return bits(String.fromCharCode(byte), unused)
}

function extendedKeyUsage(values: Values): Asn1 {
  return sequence(
    ...values.map(([name, value]) => {
      const purpose = PURPOSES[value || name] ?? (isDotted(value || name) ? value || name : undefined)
      if (purpose === undefined)
        throw fault('1100006E', 'v2i_EXTENDED_KEY_USAGE', 'invalid object identifier', value || name)
      return oid(purpose)
    }),
  )
}

function alternativeNames(values: Values): Asn1 {
  return sequence(
    ...values.map(([name, value]) => {
      if (value === '') throw fault('1100007C', 'v2i_GENERAL_NAME_ex', 'missing value')
      const kind = ['DNS', 'IP', 'email', 'URI', 'RID', 'dirName', 'otherName'].find((each) =>
        isNamed(name, each),
      )
      if (kind === undefined)
        throw fault('11000075', 'v2i_GENERAL_NAME_ex', 'unsupported option', `name=${name}`)
      if (kind === 'DNS') return implicit(NAME_TAGS.dns, value)
      if (kind === 'URI') return implicit(NAME_TAGS.uri, value)
      if (kind === 'email' && value !== 'copy' && value !== 'move') return implicit(NAME_TAGS.email, value)
      if (kind !== 'IP') throw unsimulated(`subjectAltName ${name}:${value}`)
      if (!isIp(value)) throw fault('11000076', 'a2i_GENERAL_NAME', 'bad ip address', `value=${value}`)
      return implicit(NAME_TAGS.ip, ipBytes(value))
    }),
  )
}

function subjectKey(_: Values, text: string, signing: Signing): Asn1 | undefined {
  if (text === 'none') return undefined
  if (text === 'hash') return octets(signing.subjectKey)
  const digits = text.replaceAll(':', '')
  if (!/^(?:[0-9A-Fa-f]{2})+$/.test(digits))
    throw new ExtensionFault('error:07800066:common libcrypto routines:hexstr2buf_sep:illegal hex digit')
  return octets(bytesOf(BigInt(`0x${digits}`), digits.length / 2))
}

/** Source: openssl crypto/x509/v3_akid.c v2i_AUTHORITY_KEYID. */
function authorityKey(values: Values, text: string, { issuer }: Signing): Asn1 | undefined {
  if (text === 'none') return undefined
  for (const [name] of values)
    if (name !== 'keyid' && name !== 'issuer')
      throw fault('110000AC', 'v2i_AUTHORITY_KEYID', 'unknown value', `name=${name}`)
  if (issuer === undefined) throw fault('11000079', 'v2i_AUTHORITY_KEYID', 'no issuer certificate')
  const wants = (name: string): string | undefined => values.find(([each]) => each === name)?.[1]
  const key = wants('keyid') === undefined ? undefined : issuer.key
  if (key === undefined && wants('keyid') === 'always')
    throw fault('1100007B', 'v2i_AUTHORITY_KEYID', 'unable to get issuer keyid')
  const namesIssuer = wants('issuer') === 'always' || (wants('issuer') !== undefined && key === undefined)
  const parts = [
    ...(key === undefined ? [] : [implicit(0, key)]),
    ...(namesIssuer
      ? [explicit(1, explicit(4, issuer.name)), implicit(2, contentOf(integer(issuer.serial)))]
      : []),
  ]
  return parts.length === 0 ? undefined : sequence(...parts)
}

/** The extensions that are simulated, by openssl's names: object id, and how a value becomes DER. */
const BUILDERS: Readonly<Record<string, readonly [id: string, build: Builder]>> = {
  basicConstraints: [EXTENSION_IDS.basic, basicConstraints],
  keyUsage: [EXTENSION_IDS.keyUsage, keyUsage],
  extendedKeyUsage: [EXTENSION_IDS.purposes, extendedKeyUsage],
  subjectAltName: [EXTENSION_IDS.names, alternativeNames],
  subjectKeyIdentifier: [EXTENSION_IDS.subjectKey, subjectKey],
  authorityKeyIdentifier: [EXTENSION_IDS.authorityKey, authorityKey],
  nsComment: ['2.16.840.1.113730.1.13', (_, text) => ascii(text)],
  nsCertType: ['2.16.840.1.113730.1.1', netscapeType],
}
const UNSIMULATED = (
  'issuerAltName authorityInfoAccess subjectInfoAccess crlDistributionPoints issuingDistributionPoint ' +
  'certificatePolicies policyConstraints policyMappings inhibitAnyPolicy nameConstraints noCheck ' +
  'tlsfeature proxyCertInfo nsBaseUrl nsRevocationUrl nsCaRevocationUrl nsRenewalUrl nsCaPolicyUrl ' +
  'nsSslServerName'
).split(' ')

/** An extension by its object id. `der` is undefined for one that was declined by `none`. */
export interface ExtensionItem {
  readonly id: string
  readonly der: Asn1 | undefined
}

/** Items with another one instead of an earlier one of the same id. */
function replaced(items: readonly ExtensionItem[], item: ExtensionItem): readonly ExtensionItem[] {
  return [...items.filter(({ id }) => id !== item.id), item]
}

/**
 * Adds the extensions of a section's entries to `items`. Source: openssl doc/man5/x509v3_config.pod;
 * crypto/x509/v3_conf.c.
 * @throws ExtensionFault for what openssl refuses, and for what is not simulated
 */
export function addExtensions(
  items: readonly ExtensionItem[],
  entries: readonly NamedValue[],
  config: Config,
  sectionName: string,
  signing: (items: readonly ExtensionItem[]) => Signing,
): readonly ExtensionItem[] {
  let result = items
  for (const [name, value] of entries)
    try {
      result = replaced(result, built(name, value, config, signing(result)))
    } catch (error) {
      if (!(error instanceof ExtensionFault)) throw error
      throw new ExtensionFault(
        `${error.message}\nerror:11000080:X509 V3 routines:X509V3_EXT_nconf_int:error in extension:` +
          `section=${sectionName}, name=${name}, value=${value}`,
      )
    }
  return result
}

function built(name: string, given: string, config: Config, signing: Signing): ExtensionItem {
  const [, mark = '', value = ''] = /^(critical,\s*)?([^]*)$/.exec(given) ?? []
  const isCritical = mark !== ''
  const [id, build] = BUILDERS[name] ?? [isDotted(name) ? name : undefined]
  if (id === undefined && UNSIMULATED.includes(name)) throw unsimulated(`extension ${name}`)
  if (id === undefined) throw fault('11000082', 'do_ext_nconf', 'unknown extension name')
  if (value.startsWith('ASN1:')) throw unsimulated('ASN1:')
  if (value.startsWith('DER:')) {
    const digits = value.slice(4).replaceAll(/[:\s]/g, '')
    if (!/^(?:[0-9A-Fa-f]{2})+$/.test(digits))
      throw fault('11000074', 'v3_generic_extension', 'extension value error', `value=${value.slice(4)}`)
    const bytes = bytesOf(BigInt(`0x${digits}`), digits.length / 2)
    return { id, der: sequence(oid(id), ...(isCritical ? [boolean(true)] : []), octets(bytes)) }
  }
  if (build === undefined)
    throw fault('11000081', 'do_ext_nconf', 'extension setting not supported', `name=${name}`)
  const content = build(valuesOf(name, value, config), value, signing)
  return { id, der: content && extension(id, isCritical, content) }
}

/** The parts of a value: `a:b, c` or the entries of a section, `@alt_names`. */
function valuesOf(name: string, value: string, config: Config): readonly NamedValue[] {
  const values = value.startsWith('@')
    ? (config.section(value.slice(1)) ?? [])
    : value
        .split(',')
        .filter((part) => part.trim() !== '')
        .map((part): NamedValue => {
          const colon = part.indexOf(':')
          if (colon < 0) return [part.trim(), '']
          return [part.slice(0, colon).trim(), part.slice(colon + 1).trim()]
        })
  if (values.length === 0)
    throw fault(
      '11000069',
      'do_ext_nconf',
      'invalid extension string',
      `name=${name},${value.startsWith('@') ? 'section' : 'value'}=${value}`,
    )
  return values
}

/** Reads extensions of a request or certificate as items. */
export const itemsOf = (list: readonly Asn1[]): readonly ExtensionItem[] =>
  list.map((der) => ({ id: oidOf(childrenOf(der)[0]), der }))

/** The key identifier that items hold so far. */
export function keyOf(items: readonly ExtensionItem[]): BinaryString | undefined {
  const der = items.find(({ id }) => id === EXTENSION_IDS.subjectKey)?.der
  return der && contentOf(fromDer(contentOf(childrenOf(der).at(-1))))
}

/**
 * The extensions that are signed: a certificate that has any also gets key identifiers. Source: openssl
 * apps/lib/apps.c do_X509_sign, of 3.0.
 */
export function signedExtensions(
  items: readonly ExtensionItem[],
  signing: Signing,
  isSelfSigned: boolean,
): readonly Asn1[] {
  let result = items
  const has = (id: string): boolean => result.some((item) => item.id === id)
  if (items.some(({ der }) => der !== undefined)) {
    const { subjectKey: subject, authorityKey: authority } = EXTENSION_IDS
    if (!has(subject))
      result = [...result, { id: subject, der: extension(subject, false, octets(signing.subjectKey)) }]
    const value = has(authority) || isSelfSigned ? undefined : authorityKey(BOTH, '', signing)
    if (value !== undefined) result = [...result, { id: authority, der: extension(authority, false, value) }]
  }
  return result.flatMap(({ der }) => der ?? [])
}

const BOTH: Values = [
  ['keyid', ''],
  ['issuer', ''],
]
