import {
  bits,
  bitsOf,
  bytesOf,
  childrenOf,
  contentOf,
  digest,
  fromDer,
  fromPem,
  integer,
  nothing,
  octets,
} from './der.js'
import { numberOf, oid, oidOf, sequence, toDer, toPem } from './der.js'
import type { Asn1, BinaryString } from './der.js'

const RSA_ENCRYPTION = '1.2.840.113549.1.1.1'

/** DigestInfo prefixes of PKCS #1 v1.5 (RFC 8017, 9.2), which precede the digest. */
const DIGEST_INFO = {
  sha1: '3021300906052b0e03021a05000414',
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
} as const

/** The supported digests of signatures. */
export type Digest = keyof typeof DIGEST_INFO

/** A public RSA key. */
export interface PublicKey {
  readonly modulus: bigint
  readonly exponent: bigint
}

/** A private RSA key with its parameters for the Chinese remainder theorem. */
export interface PrivateKey extends PublicKey {
  readonly privateExponent: bigint
  readonly p: bigint
  readonly q: bigint
}

/**
 * Creates the key of two primes, with exponent 65537. node-forge's own RSA is not used, because it blinds
 * with real randomness, which the core does not have, and takes 17 ms for a signature.
 */
export function keyOf(p: bigint, q: bigint): PrivateKey {
  const exponent = 65537n
  return { modulus: p * q, exponent, privateExponent: inverse(exponent, (p - 1n) * (q - 1n)), p, q }
}

/** Signs with RSASSA-PKCS1-v1_5. */
export type RsaSigner = (key: PrivateKey, message: BinaryString, algorithm: Digest) => BinaryString

let signer: RsaSigner = signHere

/** Lets the platform sign: faster, and the same bytes. */
export function signWith(platform: RsaSigner): void {
  signer = platform
}

/** Signs with RSASSA-PKCS1-v1_5. The result depends only on key and message. */
export const sign = (key: PrivateKey, message: BinaryString, algorithm: Digest = 'sha256'): BinaryString =>
  signer(key, message, algorithm)

function signHere(key: PrivateKey, message: BinaryString, algorithm: Digest): BinaryString {
  const { p, q, privateExponent, modulus } = key
  const length = byteLength(modulus)
  const encoded = numberOf(encode(message, algorithm, length))
  const onP = power(encoded % p, privateExponent % (p - 1n), p)
  const onQ = power(encoded % q, privateExponent % (q - 1n), q)
  const step = ((onP - onQ) * inverse(q % p, p)) % p
  return bytesOf(onQ + q * ((step + p) % p), length)
}

/** Longest key and largest exponent that are used: a longer one costs its cube. Sources: OpenSSL, Go. */
const LONGEST_KEY = 2_048
const LARGEST_EXPONENT = 2n ** 31n - 1n

/** Returns whether a signature is valid for a message; not for keys of more than 16,384 bits. */
export function verify(
  { modulus, exponent }: PublicKey,
  message: BinaryString,
  signature: BinaryString,
  algorithm: Digest = 'sha256',
): boolean {
  const length = byteLength(modulus)
  if (signature.length !== length || length < 62 || length > LONGEST_KEY) return false
  if (exponent > LARGEST_EXPONENT) return false
  const value = numberOf(signature)
  return (
    value < modulus && bytesOf(power(value, exponent, modulus), length) === encode(message, algorithm, length)
  )
}

function encode(message: BinaryString, algorithm: Digest, length: number): BinaryString {
  const info = bytesOf(BigInt(`0x${DIGEST_INFO[algorithm]}`)) + digest(algorithm, message)
  // bounded: the length of a key
  return `\0\x01${'\xff'.repeat(Math.max(8, length - info.length - 3))}\0${info}`
}

const byteLength = (value: bigint): number => Math.ceil(value.toString(16).length / 2)

/** Computes `base ** exponent mod modulus`, four bits of the exponent at a time. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const table = [1n]
  for (let at = 1; at < 16; at++) table.push(((table[at - 1] as bigint) * base) % modulus)
  let result = 1n
  for (const digit of exponent.toString(16)) {
    for (let bit = 0; bit < 4; bit++) result = (result * result) % modulus
    const factor = Number.parseInt(digit, 16)
    if (factor > 0) result = (result * (table[factor] as bigint)) % modulus
  }
  return result
}

/** Computes the inverse of `value` modulo `modulus` (extended Euclid). */
export function inverse(value: bigint, modulus: bigint): bigint {
  let [low, high] = [value % modulus, modulus]
  let [x, y] = [1n, 0n]
  while (low > 1n) {
    const quotient = high / low
    ;[low, high] = [high % low, low]
    ;[x, y] = [y - quotient * x, x]
  }
  return ((x % modulus) + modulus) % modulus
}

/** Texts of keys: all clusters share the test keys, and the inverse of a prime takes long. */
const texts = new WeakMap<PrivateKey, string>()

/** Encodes a key as `-----BEGIN RSA PRIVATE KEY-----` (PKCS #1), as kubeadm does. */
export function privateKeyPem(key: PrivateKey): string {
  let text = texts.get(key)
  if (text === undefined) texts.set(key, (text = encodedKey(key)))
  return text
}

function encodedKey(key: PrivateKey): string {
  const { modulus, exponent, privateExponent: d, p, q } = key
  const numbers = [0n, modulus, exponent, d, p, q, d % (p - 1n), d % (q - 1n), inverse(q, p)]
  return toPem('RSA PRIVATE KEY', toDer(sequence(...numbers.map(integer))))
}

/** Encodes a key as `-----BEGIN PRIVATE KEY-----` (PKCS #8), as openssl 3 writes keys. */
export function pkcs8Pem(key: PrivateKey): string {
  const [block] = fromPem(privateKeyPem(key))
  const algorithm = sequence(oid(RSA_ENCRYPTION), nothing())
  return toPem('PRIVATE KEY', toDer(sequence(integer(0n), algorithm, octets(block?.der ?? ''))))
}

/** Parses an RSA key in PKCS #1 or PKCS #8 form. Throws if it is anything else. */
export function parsePrivateKey(pem: string): PrivateKey {
  const block = fromPem(pem).find(({ type }) => type.endsWith('PRIVATE KEY'))
  if (block === undefined) throw new Error('no private key in the PEM text')
  let parts = childrenOf(fromDer(block.der))
  if (block.type === 'PRIVATE KEY') {
    if (oidOf(childrenOf(parts[1])[0]) !== RSA_ENCRYPTION) throw new Error('only RSA keys can sign here')
    parts = childrenOf(fromDer(contentOf(parts[2])))
  }
  const [, modulus = 0n, exponent = 0n, privateExponent = 0n, p = 0n, q = 0n] = parts.map((part) =>
    numberOf(contentOf(part)),
  )
  return { modulus, exponent, privateExponent, p, q }
}

/** Encodes the SubjectPublicKeyInfo of a key. */
export function publicKeyInfo({ modulus, exponent }: PublicKey): Asn1 {
  const key = toDer(sequence(integer(modulus), integer(exponent)))
  return sequence(sequence(oid(RSA_ENCRYPTION), nothing()), bits(key))
}

/** Encodes a key as `-----BEGIN PUBLIC KEY-----` (SubjectPublicKeyInfo), as kubeadm writes sa.pub. */
export function publicKeyPem(key: PublicKey): string {
  return toPem('PUBLIC KEY', toDer(publicKeyInfo(key)))
}

/** Returns the RSA key in a SubjectPublicKeyInfo; undefined for another kind of key. */
export function parsePublicKeyInfo(info: Asn1): PublicKey | undefined {
  const [algorithm, key] = childrenOf(info)
  if (oidOf(childrenOf(algorithm)[0]) !== RSA_ENCRYPTION) return undefined
  const [modulus = 0n, exponent = 0n] = childrenOf(fromDer(bitsOf(key))).map((part) =>
    numberOf(contentOf(part)),
  )
  return { modulus, exponent }
}
