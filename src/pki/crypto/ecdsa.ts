import { bits, bitsOf, bytesOf, childrenOf, contentOf, digest, fromDer, numberOf } from './der.js'
import { oid, oidOf, sequence } from './der.js'
import type { Asn1, BinaryString } from './der.js'
import type { Digest } from './rsa.js'

const EC_PUBLIC_KEY = '1.2.840.10045.2.1'

/** A curve of FIPS 186-4 over a prime field: y² = x³ - 3x + b. */
interface Curve {
  /** Its name in a JSON Web Key. */
  readonly name: 'P-256' | 'P-384' | 'P-521'
  /** The digest that JSON Web Signatures use with it. */
  readonly hash: Digest
  /** Bytes of a coordinate. */
  readonly size: number
  /** The prime of the field. */
  readonly p: bigint
  readonly b: bigint
  /** The order of the base point. */
  readonly n: bigint
  readonly base: Point
}

type Point = readonly [x: bigint, y: bigint]

/** A point as (x/z², y/z³), so that additions need no division. The point at infinity has z = 0. */
type Jacobian = readonly [x: bigint, y: bigint, z: bigint]

/** A number whose hexadecimal digits do not fit in a line. */
const wide = (...digits: readonly string[]): bigint => BigInt(`0x${digits.join('')}`)

const CURVES: Readonly<Record<string, Curve>> = {
  '1.2.840.10045.3.1.7': {
    name: 'P-256',
    hash: 'sha256',
    size: 32,
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    base: [
      0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
      0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
    ],
  },
  '1.3.132.0.34': {
    name: 'P-384',
    hash: 'sha384',
    size: 48,
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: wide(
      'b3312fa7e23ee7e4988e056be3f82d19181d9c6efe814112',
      '0314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef',
    ),
    n: wide(
      'ffffffffffffffffffffffffffffffffffffffffffffffff',
      'c7634d81f4372ddf581a0db248b0a77aecec196accc52973',
    ),
    base: [
      wide(
        'aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b98',
        '59f741e082542a385502f25dbf55296c3a545e3872760ab7',
      ),
      wide(
        '3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147c',
        'e9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f',
      ),
    ],
  },
  '1.3.132.0.35': {
    name: 'P-521',
    hash: 'sha512',
    size: 66,
    p: 2n ** 521n - 1n,
    b: wide(
      '51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e',
      '156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00',
    ),
    n: wide(
      '1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
      'fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
    ),
    base: [
      wide(
        'c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3db',
        'aa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66',
      ),
      wide(
        '11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e66',
        '2c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650',
      ),
    ],
  },
}

/** A public key on a curve. */
export interface CurveKey {
  /** The object identifier of the curve. */
  readonly curve: string
  readonly point: Point
}

/** A private key on a curve. */
export interface PrivateCurveKey extends CurveKey {
  readonly secret: bigint
}

const curveOf = (key: CurveKey): Curve => CURVES[key.curve] as Curve

/** Returns the key in a SubjectPublicKeyInfo; undefined for another kind of key, or another curve. */
export function parseCurveKeyInfo(info: Asn1): CurveKey | undefined {
  const [algorithm, key] = childrenOf(info)
  const [kind, parameters] = childrenOf(algorithm)
  if (oidOf(kind) !== EC_PUBLIC_KEY || parameters === undefined) return undefined
  return keyOnCurve(oidOf(parameters), bitsOf(key))
}

function keyOnCurve(name: string, bytes: BinaryString): CurveKey | undefined {
  const curve = CURVES[name]
  if (curve === undefined || bytes.length !== 1 + 2 * curve.size || bytes[0] !== '\x04') return undefined
  const [x, y] = [numberOf(bytes.slice(1, 1 + curve.size)), numberOf(bytes.slice(1 + curve.size))]
  const { p, b } = curve
  const isOnCurve = x < p && y < p && mod(y * y - (x * x * x - 3n * x + b), p) === 0n
  return isOnCurve ? { curve: name, point: [x, y] } : undefined
}

/** Returns the key of the content of a PKCS #8 block; undefined if it is not on a known curve. */
export function parsePrivateCurveKey(parts: readonly Asn1[]): PrivateCurveKey | undefined {
  const [kind, parameters] = childrenOf(parts[1])
  if (oidOf(kind) !== EC_PUBLIC_KEY || parameters === undefined) return undefined
  const name = oidOf(parameters)
  const curve = CURVES[name]
  if (curve === undefined) return undefined
  const secret = numberOf(contentOf(childrenOf(fromDer(contentOf(parts[2])))[1]))
  if (secret === 0n || secret >= curve.n) return undefined
  return { curve: name, secret, point: affine(multiply(curve.base, secret, curve), curve) as Point }
}

/** Encodes the SubjectPublicKeyInfo of a key. */
export function curveKeyInfo(key: CurveKey): Asn1 {
  const { size } = curveOf(key)
  const [x, y] = key.point
  return sequence(
    sequence(oid(EC_PUBLIC_KEY), oid(key.curve)),
    bits(`\x04${bytesOf(x, size)}${bytesOf(y, size)}`),
  )
}

/** Returns the key of a point on a curve that is called as in JSON Web Keys; undefined if it is unknown. */
export function curveKeyOf(name: string, point: Point): CurveKey | undefined {
  const curve = Object.keys(CURVES).find((id) => CURVES[id]?.name === name)
  return curve === undefined ? undefined : { curve, point }
}

/** Returns the parts of a key's JSON Web Key, as numbers in bytes. */
export function curveKeyParts(key: CurveKey): {
  readonly name: string
  readonly algorithm: string
  readonly hash: Digest
  readonly x: BinaryString
  readonly y: BinaryString
} {
  const { name, hash, size } = curveOf(key)
  const [x, y] = key.point
  return { name, hash, algorithm: `ES${hash.slice(3)}`, x: bytesOf(x, size), y: bytesOf(y, size) }
}

/** Returns whether a signature in DER, as in certificates, is valid for a message. */
export function verifyCurve(
  key: CurveKey,
  message: BinaryString,
  signature: BinaryString,
  algorithm: Digest,
): boolean {
  try {
    const [r, s] = childrenOf(fromDer(signature)).map((part) => numberOf(contentOf(part)))
    return r !== undefined && s !== undefined && isValid(key, hashOf(key, message, algorithm), r, s)
  } catch {
    return false
  }
}

/** Returns whether a signature as in a JWT is valid: both numbers, padded to the size of the curve. */
export function verifyCurveJws(key: CurveKey, message: BinaryString, signature: BinaryString): boolean {
  const { size, hash } = curveOf(key)
  if (signature.length !== 2 * size) return false
  const [r, s] = [numberOf(signature.slice(0, size)), numberOf(signature.slice(size))]
  return isValid(key, hashOf(key, message, hash), r, s)
}

/**
 * Signs as in a JWT. The nonce is a hash of key and message, so that the result depends on them alone, as in
 * RFC 6979.
 */
export function signCurveJws(key: PrivateCurveKey, message: BinaryString): BinaryString {
  const curve = curveOf(key)
  const { n, size, hash } = curve
  const value = hashOf(key, message, hash)
  for (let attempt = 0; ; attempt++) {
    const seed = bytesOf(key.secret, size) + bytesOf(value, size) + String.fromCharCode(attempt)
    const nonce = (numberOf(digest('sha512', `a${seed}`) + digest('sha512', `b${seed}`)) % (n - 1n)) + 1n
    const r = (affine(multiply(curve.base, nonce, curve), curve)?.[0] ?? 0n) % n
    const s = mod(inverse(nonce, n) * (value + r * key.secret), n)
    if (r !== 0n && s !== 0n) return bytesOf(r, size) + bytesOf(s, size)
  }
}

/** Returns the leftmost bits of the digest, as many as the order has. Source: FIPS 186-4, 6.4. */
function hashOf(key: CurveKey, message: BinaryString, algorithm: Digest): bigint {
  const bytes = digest(algorithm, message)
  const excess = bytes.length * 8 - curveOf(key).n.toString(2).length
  return excess > 0 ? numberOf(bytes) >> BigInt(excess) : numberOf(bytes)
}

function isValid(key: CurveKey, value: bigint, r: bigint, s: bigint): boolean {
  const curve = curveOf(key)
  const { n, base } = curve
  if (r <= 0n || r >= n || s <= 0n || s >= n) return false
  const w = inverse(s, n)
  const sum = add(multiply(base, mod(value * w, n), curve), multiply(key.point, mod(r * w, n), curve), curve)
  const point = affine(sum, curve)
  return point !== undefined && point[0] % n === r
}

const mod = (value: bigint, modulus: bigint): bigint => ((value % modulus) + modulus) % modulus

/** Computes the inverse of `value` modulo `modulus` (extended Euclid). */
function inverse(value: bigint, modulus: bigint): bigint {
  let [low, high] = [mod(value, modulus), modulus]
  let [x, y] = [1n, 0n]
  while (low > 1n) {
    const quotient = high / low
    ;[low, high] = [high % low, low]
    ;[x, y] = [y - quotient * x, x]
  }
  return mod(x, modulus)
}

function affine([x, y, z]: Jacobian, { p }: Curve): Point | undefined {
  if (z === 0n) return undefined
  const once = inverse(z, p)
  const twice = (once * once) % p
  return [mod(x * twice, p), mod(y * twice * once, p)]
}

const INFINITY: Jacobian = [1n, 1n, 0n]

/** Doubles a point. Source: the formulas `dbl-2001-b` for curves with a = -3. */
function double([x, y, z]: Jacobian, { p }: Curve): Jacobian {
  if (z === 0n || y === 0n) return INFINITY
  const delta = (z * z) % p
  const gamma = (y * y) % p
  const beta = (x * gamma) % p
  const alpha = (3n * (x - delta) * (x + delta)) % p
  const nextX = mod(alpha * alpha - 8n * beta, p)
  const nextZ = mod((y + z) * (y + z) - gamma - delta, p)
  return [nextX, mod(alpha * (4n * beta - nextX) - 8n * gamma * gamma, p), nextZ]
}

/** Adds two points. Source: the formulas `add-1998-cmo-2`. */
function add(a: Jacobian, b: Jacobian, curve: Curve): Jacobian {
  const { p } = curve
  if (a[2] === 0n) return b
  if (b[2] === 0n) return a
  const [za, zb] = [(a[2] * a[2]) % p, (b[2] * b[2]) % p]
  const [ua, ub] = [(a[0] * zb) % p, (b[0] * za) % p]
  const [sa, sb] = [(a[1] * b[2] * zb) % p, (b[1] * a[2] * za) % p]
  const [h, r] = [mod(ub - ua, p), mod(sb - sa, p)]
  if (h === 0n) return r === 0n ? double(a, curve) : INFINITY
  const squared = (h * h) % p
  const cubed = (squared * h) % p
  const v = (ua * squared) % p
  const x = mod(r * r - cubed - 2n * v, p)
  return [x, mod(r * (v - x) - sa * cubed, p), mod(h * a[2] * b[2], p)]
}

function multiply([x, y]: Point, factor: bigint, curve: Curve): Jacobian {
  const point: Jacobian = [x, y, 1n]
  let result = INFINITY
  for (const bit of factor.toString(2)) {
    result = double(result, curve)
    if (bit === '1') result = add(result, point, curve)
  }
  return result
}
