import { ipBytes, ipText } from './ip.js'
import {
  bits,
  bitsOf,
  boolean,
  childrenOf,
  contentOf,
  fromDer,
  hex,
  integer,
  implicit,
  isContext,
  numberOf,
  octets,
  oid,
  oidOf,
  sequence,
  toDer,
} from './crypto/der.js'
import type { Asn1, BinaryString } from './crypto/der.js'

/**
 * The key usages in the order of their bits (RFC 5280, 4.2.1.3), with the names of certificates.k8s.io/v1
 * KeyUsage.
 */
const KEY_USAGES = [
  'digital signature',
  'content commitment',
  'key encipherment',
  'data encipherment',
  'key agreement',
  'cert sign',
  'crl sign',
  'encipher only',
  'decipher only',
] as const

/** What the key may be used for. */
export type KeyUsage = (typeof KEY_USAGES)[number]

/** The object ids of extended key usages, by their certificates.k8s.io/v1 name. */
export const PURPOSE_IDS = {
  any: '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  timestamping: '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
} as const

/** What the certificate may be used for (extended key usage). */
export type Purpose = keyof typeof PURPOSE_IDS

/** Subject alternative names; each list in order. */
export interface AlternativeNames {
  readonly dns?: readonly string[]
  /** `10.0.0.1`, `::1`. */
  readonly ip?: readonly string[]
  readonly email?: readonly string[]
  readonly uri?: readonly string[]
}

/** The extensions of a certificate or of a certificate request. */
export interface Extensions {
  readonly keyUsages: readonly KeyUsage[]
  readonly purposes: readonly Purpose[]
  /** Undefined if the extension is absent. */
  readonly isCa: boolean | undefined
  /** Most authorities between it and a leaf (`pathlen`). Undefined: no limit. */
  readonly maxPathLength?: number | undefined
  readonly names: AlternativeNames
}

/** Key identifiers in hexadecimal; '' if absent. */
export interface KeyIdentifiers {
  readonly subjectKeyId: string
  readonly authorityKeyId: string
}

/** Dotted object ids of the extensions that this package reads. */
export const EXTENSION_IDS = {
  subjectKey: '2.5.29.14',
  keyUsage: '2.5.29.15',
  names: '2.5.29.17',
  basic: '2.5.29.19',
  authorityKey: '2.5.29.35',
  purposes: '2.5.29.37',
} as const
/** Tags of GeneralName. */
export const NAME_TAGS = { email: 1, dns: 2, uri: 6, ip: 7 } as const

/**
 * Encodes the extensions in the order of Go's crypto/x509 buildCertExtensions. `subjectKey` and
 * `authorityKey` are key identifiers. The names of a certificate without subject are marked critical.
 */
export function extensionsDer(
  { keyUsages, purposes, isCa, maxPathLength, names }: Extensions,
  {
    subjectKey,
    authorityKey,
    subjectIsEmpty = false,
  }: { subjectKey?: BinaryString; authorityKey?: BinaryString; subjectIsEmpty?: boolean } = {},
): Asn1 {
  const list: Asn1[] = []
  if (keyUsages.length > 0) list.push(extension(EXTENSION_IDS.keyUsage, true, usageBits(keyUsages)))
  if (purposes.length > 0)
    list.push(
      extension(
        EXTENSION_IDS.purposes,
        false,
        sequence(...purposes.map((purpose) => oid(PURPOSE_IDS[purpose]))),
      ),
    )
  if (isCa !== undefined) {
    const limit = maxPathLength === undefined ? [] : [integer(BigInt(maxPathLength))]
    list.push(extension(EXTENSION_IDS.basic, true, isCa ? sequence(boolean(true), ...limit) : sequence()))
  }
  if (subjectKey !== undefined) list.push(extension(EXTENSION_IDS.subjectKey, false, octets(subjectKey)))
  if (authorityKey !== undefined)
    list.push(extension(EXTENSION_IDS.authorityKey, false, sequence(implicit(0, authorityKey))))
  const general = generalNames(names)
  if (general.length > 0) list.push(extension(EXTENSION_IDS.names, subjectIsEmpty, sequence(...general)))
  return sequence(...list)
}

/** Encodes one extension. `id` is its dotted object id. */
export function extension(id: string, critical: boolean, value: Asn1): Asn1 {
  const content = octets(toDer(value))
  return critical ? sequence(oid(id), boolean(true), content) : sequence(oid(id), content)
}

/** Encodes key usages as the bits of their extension. */
export function usageBits(usages: readonly KeyUsage[]): Asn1 {
  const set = usages.map((usage) => KEY_USAGES.indexOf(usage))
  const last = Math.max(...set)
  const bytes = last < 8 ? [0] : [0, 0]
  for (const bit of set) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7))
  return bits(String.fromCharCode(...bytes), 7 - (last & 7))
}

function generalNames({ dns = [], ip = [], email = [], uri = [] }: AlternativeNames): readonly Asn1[] {
  return [
    ...dns.map((name) => implicit(NAME_TAGS.dns, name)),
    ...email.map((name) => implicit(NAME_TAGS.email, name)),
    ...ip.map((address) => implicit(NAME_TAGS.ip, ipBytes(address))),
    ...uri.map((name) => implicit(NAME_TAGS.uri, name)),
  ]
}

/** Parses a list of extensions. Also returns the dotted ids of critical ones that are not supported. */
export function readExtensions(
  list: Asn1 | undefined,
): Extensions & KeyIdentifiers & { readonly unhandledCritical: readonly string[] } {
  const result: Extensions & KeyIdentifiers = {
    keyUsages: [],
    purposes: [],
    isCa: undefined,
    names: {},
    subjectKeyId: '',
    authorityKeyId: '',
  }
  const unhandledCritical: string[] = []
  for (const item of list === undefined ? [] : childrenOf(list)) {
    const [id, ...rest] = childrenOf(item)
    const value = fromDer(contentOf(rest.at(-1)))
    const known = readExtension(oidOf(id), value)
    if (known !== undefined) Object.assign(result, known)
    else if (rest.length > 1 && contentOf(rest[0]) !== '\0') unhandledCritical.push(oidOf(id))
  }
  return { ...result, unhandledCritical }
}

function readExtension(id: string, value: Asn1): Partial<Extensions & KeyIdentifiers> | undefined {
  switch (id) {
    case EXTENSION_IDS.keyUsage:
      return { keyUsages: readUsages(bitsOf(value)) }
    case EXTENSION_IDS.purposes:
      return { purposes: readPurposes(value) }
    case EXTENSION_IDS.basic:
      return readBasicConstraints(value)
    case EXTENSION_IDS.names:
      return { names: readNames(value) }
    case EXTENSION_IDS.subjectKey:
      return { subjectKeyId: hex(contentOf(value)) }
    case EXTENSION_IDS.authorityKey:
      return {
        authorityKeyId: hex(
          childrenOf(value)
            .filter((part) => isContext(part, 0))
            .map((part) => contentOf(part))
            .join(''),
        ),
      }
    default:
      return undefined
  }
}

export function readBasicConstraints(value: Asn1): Pick<Extensions, 'isCa' | 'maxPathLength'> {
  const [authority, limit] = childrenOf(value)
  const isCa = authority !== undefined && contentOf(authority) !== '\0'
  return { isCa, maxPathLength: limit === undefined ? undefined : Number(numberOf(contentOf(limit))) }
}

export function readUsages(bytes: BinaryString): readonly KeyUsage[] {
  return KEY_USAGES.filter((_, bit) => ((bytes.charCodeAt(bit >> 3) || 0) & (0x80 >> (bit & 7))) !== 0)
}

function readPurposes(value: Asn1): readonly Purpose[] {
  const ids = new Set(childrenOf(value).map((item) => oidOf(item)))
  return (Object.keys(PURPOSE_IDS) as Purpose[]).filter((purpose) => ids.has(PURPOSE_IDS[purpose]))
}

function readNames(value: Asn1): AlternativeNames {
  const of = (tag: number): readonly BinaryString[] =>
    childrenOf(value)
      .filter((name) => isContext(name, tag))
      .map((name) => contentOf(name))
  return {
    dns: of(NAME_TAGS.dns),
    ip: of(NAME_TAGS.ip).map(ipText),
    email: of(NAME_TAGS.email),
    uri: of(NAME_TAGS.uri),
  }
}
