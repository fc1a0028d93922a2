/**
 * NaCl's secretbox: XSalsa20 with Poly1305. Source: golang.org/x/crypto/nacl/secretbox; D. J. Bernstein,
 * "Cryptography in NaCl".
 */

/** Bytes of a nonce, which stands before the box. */
export const NONCE_BYTES = 24
/** Bytes of the authenticator, with which a box begins. */
export const TAG_BYTES = 16
const BLOCK = 64
/** Bytes of the first block of the key stream that are Poly1305's key. */
const POLY_KEY = 32

/** "expand 32-byte k" as little-endian words. */
const SIGMA = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const
/** The words of a quarter round, for columns and rows. */
const QUARTERS = [
  [0, 4, 8, 12],
  [5, 9, 13, 1],
  [10, 14, 2, 6],
  [15, 3, 7, 11],
  [0, 1, 2, 3],
  [5, 6, 7, 4],
  [10, 11, 8, 9],
  [15, 12, 13, 14],
] as const

const rotated = (word: number, by: number): number => (word << by) | (word >>> (32 - by))

/** Salsa20's twenty rounds, in place. */
function mix(x: Int32Array): void {
  for (let round = 0; round < 10; round++)
    for (const [a, b, c, d] of QUARTERS) {
      x[b]! ^= rotated((x[a]! + x[d]!) | 0, 7)
      x[c]! ^= rotated((x[b]! + x[a]!) | 0, 9)
      x[d]! ^= rotated((x[c]! + x[b]!) | 0, 13)
      x[a]! ^= rotated((x[d]! + x[c]!) | 0, 18)
    }
}

function wordsOf(bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length / 4 }, (_, at) => view.getInt32(at * 4, true))
}

function stateOf(key: readonly number[], input: readonly number[]): Int32Array {
  const [a, b, c, d] = SIGMA
  return Int32Array.from([a, ...key.slice(0, 4), b, ...input, c, ...key.slice(4), d])
}

/** Derives the key of a nonce's first 16 bytes (HSalsa20). */
function derivedKey(key: readonly number[], input: readonly number[]): readonly number[] {
  const x = stateOf(key, input)
  mix(x)
  return [0, 5, 10, 15, 6, 7, 8, 9].map((at) => x[at]!)
}

/** Returns XSalsa20's key stream. */
function keyStream(key: Uint8Array, nonce: Uint8Array, length: number): Uint8Array {
  const subkey = derivedKey(wordsOf(key), wordsOf(nonce.subarray(0, 16)))
  const rest = wordsOf(nonce.subarray(16))
  const out = new DataView(new ArrayBuffer(Math.ceil(length / BLOCK) * BLOCK))
  for (let block = 0; block * BLOCK < length; block++) {
    const start = stateOf(subkey, [...rest, block, 0])
    const x = Int32Array.from(start)
    mix(x)
    for (let at = 0; at < 16; at++) out.setInt32(block * BLOCK + at * 4, (x[at]! + start[at]!) | 0, true)
  }
  return new Uint8Array(out.buffer, 0, length)
}

/** Returns the number of at most 16 bytes. */
function littleEndian(bytes: Uint8Array): bigint {
  if (bytes.length < 16) return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16)
  return view.getBigUint64(0, true) | (view.getBigUint64(8, true) << 64n)
}

const PRIME = (1n << 130n) - 5n
const CLAMP = 0x0ffffffc0ffffffc0ffffffc0fffffffn
const MASK = (1n << 128n) - 1n

/** Returns Poly1305's authenticator. */
function poly1305(message: Uint8Array, key: Uint8Array): Uint8Array {
  const r = littleEndian(key.subarray(0, 16)) & CLAMP
  let sum = 0n
  for (let at = 0; at < message.length; at += 16) {
    const part = message.subarray(at, at + 16)
    sum = ((sum + littleEndian(part) + (1n << BigInt(8 * part.length))) * r) % PRIME
  }
  let tag = (sum + littleEndian(key.subarray(16))) & MASK
  return Uint8Array.from({ length: TAG_BYTES }, () => {
    const byte = Number(tag & 255n)
    tag >>= 8n
    return byte
  })
}

function xored(bytes: Uint8Array, stream: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length)
  for (let at = 0; at < bytes.length; at++) out[at] = bytes[at]! ^ stream[at]!
  return out
}

/** Encrypts and authenticates a message with a key of 32 bytes and a nonce of 24. */
export function sealBox(message: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array {
  const stream = keyStream(key, nonce, POLY_KEY + message.length)
  const hidden = xored(message, stream.subarray(POLY_KEY))
  const box = new Uint8Array(TAG_BYTES + hidden.length)
  box.set(poly1305(hidden, stream.subarray(0, POLY_KEY)))
  box.set(hidden, TAG_BYTES)
  return box
}

/** Returns the message of a box; undefined if it was not made with this nonce and key. */
export function openBox(box: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  const hidden = box.subarray(TAG_BYTES)
  const stream = keyStream(key, nonce, POLY_KEY + hidden.length)
  const tag = poly1305(hidden, stream.subarray(0, POLY_KEY))
  if (tag.some((byte, at) => byte !== box[at])) return undefined
  return xored(hidden, stream.subarray(POLY_KEY))
}
