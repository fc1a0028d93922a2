import {
  bitsOf,
  childrenOf,
  contentOf,
  fromDer,
  fromPem,
  hex,
  isContext,
  oidOf,
  toDer,
  toPem,
} from '../../../pki/crypto/der.js'
import type { Asn1, BinaryString } from '../../../pki/crypto/der.js'
import { parseCurveKeyInfo } from '../../../pki/crypto/ecdsa.js'
import { inverse, parsePublicKeyInfo } from '../../../pki/crypto/rsa.js'
import type { PrivateKey, PublicKey } from '../../../pki/crypto/rsa.js'
import {
  EXTENSION_IDS,
  NAME_TAGS,
  PURPOSE_IDS,
  readBasicConstraints,
  readUsages,
} from '../../../pki/extensions.js'
import { attributesOf, opensslAddress } from '../../../pki/index.js'
import type { Certificate, CertificateRequest } from '../../../pki/index.js'
import { ipText } from '../../../pki/ip.js'
import { opensslTime } from '../../machine/texts.js'

const PURPOSES: Readonly<Record<string, string>> = {
  'client auth': 'TLS Web Client Authentication',
  'server auth': 'TLS Web Server Authentication',
  'code signing': 'Code Signing',
  'email protection': 'E-mail Protection',
  timestamping: 'Time Stamping',
  'ocsp signing': 'OCSP Signing',
  any: 'Any Extended Key Usage',
}
const USAGES: Readonly<Record<string, string>> = { 'cert sign': 'Certificate Sign', 'crl sign': 'CRL Sign' }
const titled = (usage: string): string =>
  USAGES[usage] ?? usage.replaceAll(/\b\w/g, (letter) => letter.toUpperCase())
const pairs = (text: string): readonly string[] => text.match(/../g) ?? []

/** `CN = kube-apiserver`: a name as openssl 3.0 prints it, in the order of its attributes. */
export function nameText(name: Asn1): string {
  return attributesOf(name)
    .map(([short, value]) => `${short} = ${value}`)
    .join(', ')
}

/** Formats a name in DER. */
export const nameTextOf = (der: BinaryString): string => nameText(fromDer(der))

/** Formats hexadecimal digits as pairs separated by colons, `perLine` pairs on a line. */
function lines(digits: string, perLine: number, indent: number): string {
  const all = pairs(digits)
  let text = ''
  for (let at = 0; at < all.length; at += perLine) {
    const end = at + perLine < all.length ? ':' : ''
    // bounded: levels of a certificate
    text += `${' '.repeat(indent)}${all.slice(at, at + perLine).join(':')}${end}\n`
  }
  return text
}

const even = (digits: string): string => (digits.length % 2 === 0 ? digits : `0${digits}`)

/** Prints a public key. Source: openssl providers/implementations/encode_decode/encode_key2text.c. */
function keyText(info: Asn1, indent: number): string {
  // bounded: levels of a certificate
  const pad = ' '.repeat(indent)
  const key = parsePublicKeyInfo(info)
  const curve = parseCurveKeyInfo(info)
  const head = `${pad}Subject Public Key Info:\n${pad}    Public Key Algorithm: `
  if (key !== undefined)
    return (
      `${head}rsaEncryption\n${pad}        Public-Key: (${key.modulus.toString(2).length} bit)\n` +
      `${pad}        Modulus:\n${numberLines(key.modulus, indent + 12)}` +
      `${pad}        Exponent: ${key.exponent} (0x${key.exponent.toString(16)})\n`
    )
  if (curve === undefined)
    return `${head}${oidOf(childrenOf(childrenOf(info)[0])[0])}\n${pad}        Unable to load Public Key\n`
  const [bitLength, name, nist] = CURVES[curve.curve] ?? [0, curve.curve, '']
  return (
    `${head}id-ecPublicKey\n${pad}        Public-Key: (${bitLength} bit)\n${pad}        pub:\n` +
    `${lines(hex(bitsOf(childrenOf(info)[1])), 15, indent + 12)}` +
    `${pad}        ASN1 OID: ${name}\n${pad}        NIST CURVE: ${nist}\n`
  )
}

/** Prints a large number in hexadecimal, 15 bytes on a line, with a zero before a leading one bit. */
function numberLines(value: bigint, indent: number): string {
  const digits = even(value.toString(16))
  return lines(/^[89a-f]/.test(digits) ? `00${digits}` : digits, 15, indent)
}

/** `openssl rsa -text` of a private key. */
export function privateKeyText({ modulus, exponent, privateExponent: d, p, q }: PrivateKey): string {
  const part = (title: string, value: bigint): string => `${title}:\n${numberLines(value, 4)}`
  return (
    `Private-Key: (${modulus.toString(2).length} bit, 2 primes)\n${part('modulus', modulus)}` +
    `publicExponent: ${exponent} (0x${exponent.toString(16)})\n${part('privateExponent', d)}` +
    part('prime1', p) +
    part('prime2', q) +
    part('exponent1', d % (p - 1n)) +
    part('exponent2', d % (q - 1n)) +
    part('coefficient', inverse(q, p))
  )
}

/** `openssl rsa -pubin -text`. */
export const publicKeyText = ({ modulus, exponent }: PublicKey): string =>
  `Public-Key: (${modulus.toString(2).length} bit)\nModulus:\n${numberLines(modulus, 4)}` +
  `Exponent: ${exponent} (0x${exponent.toString(16)})\n`

/** Bits, name and NIST's name of a curve. */
const CURVES: Readonly<Record<string, readonly [bits: number, name: string, nist: string]>> = {
  '1.2.840.10045.3.1.7': [256, 'prime256v1', 'P-256'],
  '1.3.132.0.34': [384, 'secp384r1', 'P-384'],
  '1.3.132.0.35': [521, 'secp521r1', 'P-521'],
}

const SIGNATURES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.5': 'sha1WithRSAEncryption',
  '1.2.840.113549.1.1.11': 'sha256WithRSAEncryption',
  '1.2.840.113549.1.1.12': 'sha384WithRSAEncryption',
  '1.2.840.113549.1.1.13': 'sha512WithRSAEncryption',
  '1.2.840.10045.4.3.2': 'ecdsa-with-SHA256',
  '1.2.840.10045.4.3.3': 'ecdsa-with-SHA384',
  '1.2.840.10045.4.3.4': 'ecdsa-with-SHA512',
}

/** The algorithm and the bits of the signature of a certificate or request. */
function signatureParts(pem: string): readonly [algorithm: string, digits: string] {
  const [block] = fromPem(pem)
  const [, algorithm, signature] = block === undefined ? [] : childrenOf(fromDer(block.der))
  const id = oidOf(childrenOf(algorithm)[0])
  return [SIGNATURES[id] ?? id, hex(bitsOf(signature))]
}

function signatureText(pem: string): string {
  const [algorithm, digits] = signatureParts(pem)
  return `    Signature Algorithm: ${algorithm}\n    Signature Value:\n${lines(digits, 18, 8)}`
}

/** Long names of extensions, by object id. */
const TITLES: Readonly<Record<string, string>> = {
  [EXTENSION_IDS.keyUsage]: 'X509v3 Key Usage',
  [EXTENSION_IDS.purposes]: 'X509v3 Extended Key Usage',
  [EXTENSION_IDS.basic]: 'X509v3 Basic Constraints',
  [EXTENSION_IDS.subjectKey]: 'X509v3 Subject Key Identifier',
  [EXTENSION_IDS.authorityKey]: 'X509v3 Authority Key Identifier',
  [EXTENSION_IDS.names]: 'X509v3 Subject Alternative Name',
  '2.16.840.1.113730.1.1': 'Netscape Cert Type',
  '2.16.840.1.113730.1.13': 'Netscape Comment',
}
const NETSCAPE_TYPES = [
  'SSL Client',
  'SSL Server',
  'S/MIME',
  'Object Signing',
  'Unused',
  'SSL CA',
  'S/MIME CA',
  'Object Signing CA',
]
const PURPOSE_NAMES = new Map(
  Object.entries(PURPOSE_IDS).map(([name, id]): [string, string] => [id, PURPOSES[name] ?? name]),
)

const idText = (bytes: string): string => pairs(hex(bytes)).join(':').toUpperCase()

/** `/C=KR/CN=a`: a name on one line, as in key identifiers. */
const slashed = (name: Asn1): string =>
  attributesOf(name)
    .map(([short, value]) => `/${short}=${value}`)
    .join('')

/** One of the names of a certificate. Source: openssl crypto/x509/v3_san.c GENERAL_NAME_print. */
function generalNameText(name: Asn1): string {
  switch (name.type) {
    case NAME_TAGS.dns:
      return `DNS:${contentOf(name)}`
    case NAME_TAGS.email:
      return `email:${contentOf(name)}`
    case NAME_TAGS.uri:
      return `URI:${contentOf(name)}`
    case NAME_TAGS.ip:
      return `IP Address:${opensslAddress(ipText(contentOf(name)))}`
    case 4:
      return `DirName:${slashed(childrenOf(name)[0] as Asn1)}`
    default:
      return 'othername:<unsupported>'
  }
}

/** The lines of an extension's value. */
function valueLines(id: string, value: Asn1): readonly string[] {
  switch (id) {
    case EXTENSION_IDS.keyUsage:
      return [readUsages(bitsOf(value)).map(titled).join(', ')]
    case EXTENSION_IDS.purposes:
      return [
        childrenOf(value)
          .map((item) => PURPOSE_NAMES.get(oidOf(item)) ?? oidOf(item))
          .join(', '),
      ]
    case EXTENSION_IDS.basic: {
      const { isCa, maxPathLength } = readBasicConstraints(value)
      return [
        `CA:${isCa ? 'TRUE' : 'FALSE'}${maxPathLength === undefined ? '' : `, pathlen:${maxPathLength}`}`,
      ]
    }
    case EXTENSION_IDS.subjectKey:
      return [idText(contentOf(value))]
    case EXTENSION_IDS.authorityKey:
      return authorityLines(childrenOf(value))
    case EXTENSION_IDS.names:
      return [childrenOf(value).map(generalNameText).join(', ')]
    case '2.16.840.1.113730.1.1': {
      const byte = bitsOf(value).charCodeAt(0) || 0
      return [NETSCAPE_TYPES.filter((_, bit) => (byte & (0x80 >> bit)) !== 0).join(', ')]
    }
    default:
      return [printable(contentOf(value))]
  }
}

function authorityLines(parts: readonly Asn1[]): readonly string[] {
  const [key, issuer, serial] = [0, 1, 2].map((tag) => parts.find((part) => isContext(part, tag)))
  const label = issuer === undefined && serial === undefined ? '' : 'keyid:'
  return [
    ...(key === undefined ? [] : [label + idText(contentOf(key))]),
    ...(issuer === undefined ? [] : childrenOf(issuer).map(generalNameText)),
    ...(serial === undefined ? [] : [`serial:${idText(contentOf(serial))}`]),
  ]
}

const printable = (bytes: string): string => bytes.replaceAll(/[^\x20-\x7e]/g, '.')

/** Formats an extension: its title, and its value on lines below. */
function extensionLines(item: Asn1, indent: number): string {
  const parts = childrenOf(item)
  const id = oidOf(parts[0])
  const bytes = contentOf(parts.at(-1))
  const critical = parts.length > 2 && contentOf(parts[1]) !== '\0' ? 'critical' : ''
  // bounded: levels of a certificate
  const pad = ' '.repeat(indent)
  const value = id in TITLES ? valueLines(id, fromDer(bytes)) : [printable(bytes)]
  return `${pad}${TITLES[id] ?? id}: ${critical}\n${value.map((line) => `${pad}    ${line}\n`).join('')}`
}

/** Short names of the extensions that `openssl x509 -ext` selects. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  subjectAltName: EXTENSION_IDS.names,
  keyUsage: EXTENSION_IDS.keyUsage,
  extendedKeyUsage: EXTENSION_IDS.purposes,
  basicConstraints: EXTENSION_IDS.basic,
  subjectKeyIdentifier: EXTENSION_IDS.subjectKey,
  authorityKeyIdentifier: EXTENSION_IDS.authorityKey,
  nsCertType: '2.16.840.1.113730.1.1',
  nsComment: '2.16.840.1.113730.1.13',
}

/** What `openssl x509 -ext` prints of the extensions with the given short names; '' if there is none. */
export function selectedExtensions(pem: string, names: readonly string[]): string {
  const wanted = names.map((name) => SHORT_NAMES[name])
  return certificateParts(pem)
    .extensions.filter((item) => wanted.includes(oidOf(childrenOf(item)[0])))
    .map((item) => extensionLines(item, 0))
    .join('')
}

/** The parts of a certificate that its text shows as they are. */
export function certificateParts(pem: string): { readonly info: Asn1; readonly extensions: readonly Asn1[] } {
  const block = fromPem(pem).find(({ type }) => type === 'CERTIFICATE')
  const [body] = childrenOf(fromDer(block?.der ?? ''))
  const fields = childrenOf(body)
  const list = fields.find((node) => isContext(node, 3))
  return {
    info: fields[isContext(fields[0], 0) ? 6 : 5] as Asn1,
    extensions: list === undefined ? [] : childrenOf(childrenOf(list)[0]),
  }
}

/** What `openssl x509 -pubkey` prints. */
export const publicKeyOf = (pem: string): string => toPem('PUBLIC KEY', toDer(certificateParts(pem).info))

function serialText(serial: bigint): string {
  if (serial < 1n << 63n) return ` ${serial.toString()} (0x${serial.toString(16)})`
  return `\n            ${pairs(even(serial.toString(16))).join(':')}`
}

/** `openssl x509 -text`. Source: openssl crypto/x509/t_x509.c, of 3.0. */
export function certificateText(certificate: Certificate, pem: string): string {
  const { info, extensions } = certificateParts(pem)
  const { version, serial, issuerDer, subjectDer, notBefore, notAfter } = certificate
  const listed = extensions.map((item) => extensionLines(item, 12)).join('')
  return `Certificate:
    Data:
        Version: ${version} (0x${version - 1})
        Serial Number:${serialText(serial)}
        Signature Algorithm: ${signatureParts(pem)[0]}
        Issuer: ${nameTextOf(issuerDer)}
        Validity
            Not Before: ${opensslTime(notBefore)}
            Not After : ${opensslTime(notAfter)}
        Subject: ${nameTextOf(subjectDer)}
${keyText(info, 8)}${listed === '' ? '' : `        X509v3 extensions:\n${listed}`}${signatureText(pem)}`
}

/** `openssl req -text`. Source: openssl crypto/x509/t_req.c, of 3.0. */
export function requestText(request: CertificateRequest, pem: string): string {
  const extensions = request.extensionList.map((item) => extensionLines(item, 16)).join('')
  return `Certificate Request:
    Data:
        Version: 1 (0x0)
        Subject: ${nameText(request.subjectName)}
${keyText(request.publicKeyInfo, 8)}        Attributes:
${extensions === '' ? '            (none)\n' : ''}            Requested Extensions:
${extensions}${signatureText(pem)}`
}
