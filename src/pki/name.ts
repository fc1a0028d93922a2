import { InputError } from '../lang/input-error.js'
import { childrenOf, oid, oidOf, sequence, set, text, textOf } from './crypto/der.js'
import type { Asn1 } from './crypto/der.js'

const COMMON_NAME = '2.5.4.3'
const ORGANIZATION = '2.5.4.10'

/** The parts of a distinguished name that Kubernetes uses: user and groups. */
export interface Subject {
  readonly commonName: string
  /** In order. Default none. */
  readonly organizations?: readonly string[]
}

/**
 * Encodes a name as Go's crypto/x509 does: all organizations in one set, then the common name. Source:
 * crypto/x509/pkix ToRDNSequence.
 */
export function nameOf({ commonName, organizations = [] }: Subject): Asn1 {
  const attribute = (type: string, value: string): Asn1 => sequence(oid(type), text(value))
  const parts =
    organizations.length === 0 ? [] : [set(...organizations.map((value) => attribute(ORGANIZATION, value)))]
  if (commonName !== '') parts.push(set(attribute(COMMON_NAME, commonName)))
  return sequence(...parts)
}

/** Parses a name. Of several common names the last one counts, as in Go. */
export function subjectOf(name: Asn1 | undefined): Required<Subject> {
  let commonName = ''
  const organizations: string[] = []
  for (const attribute of childrenOf(name).flatMap((part) => childrenOf(part))) {
    const [type, value] = childrenOf(attribute)
    const kind = oidOf(type)
    if (value === undefined || (kind !== COMMON_NAME && kind !== ORGANIZATION)) continue
    if (kind === COMMON_NAME) commonName = textOf(value)
    else organizations.push(textOf(value))
  }
  return { commonName, organizations }
}

/** Object ids of name attributes, by openssl's short names. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  CN: COMMON_NAME,
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: ORGANIZATION,
  OU: '2.5.4.11',
  emailAddress: '1.2.840.113549.1.9.1',
  serialNumber: '2.5.4.5',
  DC: '0.9.2342.19200300.100.1.25',
  UID: '0.9.2342.19200300.100.1.1',
  SN: '2.5.4.4',
  GN: '2.5.4.42',
}
/** Short names of attributes, by openssl's long names. */
const LONG_NAMES: Readonly<Record<string, string>> = {
  commonName: 'CN',
  countryName: 'C',
  localityName: 'L',
  stateOrProvinceName: 'ST',
  organizationName: 'O',
  organizationalUnitName: 'OU',
  domainComponent: 'DC',
  userId: 'UID',
  surname: 'SN',
  givenName: 'GN',
}

const attributeId = (name: string): string | undefined => ATTRIBUTES[LONG_NAMES[name] ?? name]

/** Whether {@link nameOfAttributes} knows an attribute, by openssl's short or long name. */
export const isNameAttribute = (name: string): boolean => attributeId(name) !== undefined

/**
 * Encodes a name with its attributes in the given order, one per set, as openssl does: `[['CN', 'jane'],
 * ['O', 'devs']]`. Throws InputError for an unknown attribute.
 */
export function nameOfAttributes(attributes: readonly (readonly [name: string, value: string])[]): Asn1 {
  return sequence(
    ...attributes.map(([name, value]) => {
      const type = attributeId(name)
      if (type === undefined) throw new InputError(`name is not known: ${name}`)
      return set(sequence(oid(type), text(value)))
    }),
  )
}

/** Returns the attributes of a name in order, with openssl's short names. */
export function attributesOf(name: Asn1): readonly (readonly [name: string, value: string])[] {
  const byOid = new Map(Object.entries(ATTRIBUTES).map(([short, type]) => [type, short]))
  return childrenOf(name)
    .flatMap((part) => childrenOf(part))
    .map((attribute): readonly [string, string] => {
      const [type, value] = childrenOf(attribute)
      return [byOid.get(oidOf(type)) ?? oidOf(type), value === undefined ? '' : textOf(value)]
    })
}
