import { bitsOf, childrenOf, fromDer, fromPem, hex } from '../../pki/crypto/der.js'
import type { Asn1, BinaryString } from '../../pki/crypto/der.js'
import { attributesOf, opensslAddress } from '../../pki/index.js'
import type { Certificate, CertificateRequest } from '../../pki/index.js'
import { parsePublicKeyInfo } from '../../pki/crypto/rsa.js'
import type { PublicKey } from '../../pki/crypto/rsa.js'
import { opensslTime } from '../machine/texts.js'

const PURPOSES: Readonly<Record<string, string>> = {
  'client auth': 'TLS Web Client Authentication',
  'server auth': 'TLS Web Server Authentication',
  'code signing': 'Code Signing',
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

function keyText(key: PublicKey | undefined, indent: number): string {
  if (key === undefined) return ''
  // bounded: levels of a certificate
  const pad = ' '.repeat(indent)
  const modulus = even(key.modulus.toString(16))
  return (
    `${pad}Subject Public Key Info:\n${pad}    Public Key Algorithm: rsaEncryption\n${pad}        ` +
    `Public-Key: (${key.modulus.toString(2).length} bit)\n${pad}        Modulus:\n` +
    `${lines(/^[89a-f]/.test(modulus) ? `00${modulus}` : modulus, 15, indent + 12)}${pad}        ` +
    `Exponent: ${key.exponent} (0x${key.exponent.toString(16)})\n`
  )
}

const signatureText = (pem: string): string => {
  const [block] = fromPem(pem)
  const [, , signature] = block === undefined ? [] : childrenOf(fromDer(block.der))
  return (
    `    Signature Algorithm: sha256WithRSAEncryption\n    Signature ` +
    `Value:\n${lines(hex(bitsOf(signature)), 18, 8)}`
  )
}

type Extended = Pick<Certificate, 'keyUsages' | 'purposes' | 'isCa' | 'names'> &
  Partial<Pick<Certificate, 'subjectKeyId' | 'authorityKeyId'>>

/** Formats extensions in the order in which Go and openssl write them. */
function extensionsText(
  { keyUsages, purposes, isCa, names, subjectKeyId = '', authorityKeyId = '' }: Extended,
  indent: number,
): string {
  // bounded: levels of a certificate
  const pad = ' '.repeat(indent)
  const alternatives = [
    ...(names.dns ?? []).map((name) => `DNS:${name}`),
    ...(names.ip ?? []).map((ip) => `IP Address:${opensslAddress(ip)}`),
  ]
  const entry = (title: string, value: string): string => `${pad}${title}\n${pad}    ${value}\n`
  const id = (bytes: string): string =>
    pairs(/^[0-9a-f]{40}$/.test(bytes) ? bytes : hex(bytes))
      .join(':')
      .toUpperCase()
  return (
    (keyUsages.length === 0 ? '' : entry('X509v3 Key Usage: critical', keyUsages.map(titled).join(', '))) +
    (purposes.length === 0
      ? ''
      : entry('X509v3 Extended Key Usage: ', purposes.map((name) => PURPOSES[name] ?? name).join(', '))) +
    (isCa === undefined ? '' : entry('X509v3 Basic Constraints: critical', `CA:${isCa ? 'TRUE' : 'FALSE'}`)) +
    (subjectKeyId === '' ? '' : entry('X509v3 Subject Key Identifier: ', id(subjectKeyId))) +
    (authorityKeyId === '' ? '' : entry('X509v3 Authority Key Identifier: ', id(authorityKeyId))) +
    (alternatives.length === 0 ? '' : entry('X509v3 Subject Alternative Name: ', alternatives.join(', ')))
  )
}

/** Titles of the extensions that `openssl x509 -ext` selects, by their short names. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  subjectAltName: 'Subject Alternative Name',
  keyUsage: 'Key Usage',
  extendedKeyUsage: 'Extended Key Usage',
  basicConstraints: 'Basic Constraints',
  subjectKeyIdentifier: 'Subject Key Identifier',
  authorityKeyIdentifier: 'Authority Key Identifier',
}

/** What `openssl x509 -ext` prints of an extension; '' if the certificate has none of that name. */
export function extensionText(certificate: Certificate, name: string): string {
  const lines = extensionsText(certificate, 0).split('\n')
  const at = lines.findIndex((line) => line.startsWith(`X509v3 ${EXTENSIONS[name] ?? name}:`))
  return at < 0 ? '' : `${lines.slice(at, at + 2).join('\n')}\n`
}

function serialText(serial: bigint): string {
  if (serial < 1n << 63n) return ` ${serial.toString()} (0x${serial.toString(16)})`
  return `\n            ${pairs(even(serial.toString(16))).join(':')}`
}

/** `openssl x509 -text`. Source: openssl crypto/x509/t_x509.c, of 3.0. */
export function certificateText(certificate: Certificate, pem: string): string {
  const extensions = extensionsText(certificate, 12)
  const listed = extensions === '' ? '' : `        X509v3 extensions:\n${extensions}`
  return `Certificate:
    Data:
        Version: 3 (0x2)
        Serial Number:${serialText(certificate.serial)}
        Signature Algorithm: sha256WithRSAEncryption
        Issuer: ${nameTextOf(certificate.issuerDer)}
        Validity
            Not Before: ${opensslTime(certificate.notBefore)}
            Not After : ${opensslTime(certificate.notAfter)}
        Subject: ${nameTextOf(certificate.subjectDer)}
${keyText(certificate.publicKey, 8)}${listed}${signatureText(pem)}`
}

/** `openssl req -text`. Source: openssl crypto/x509/t_req.c, of 3.0. */
export function requestText(request: CertificateRequest, pem: string): string {
  const extensions = extensionsText(request, 16)
  return `Certificate Request:
    Data:
        Version: 1 (0x0)
        Subject: ${nameText(request.subjectName)}
${keyText(parsePublicKeyInfo(request.publicKeyInfo), 8)}        Attributes:
${extensions === '' ? '            (none)\n' : ''}            Requested Extensions:
${extensions}${signatureText(pem)}`
}
