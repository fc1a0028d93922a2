import type { BlockDigest } from './block-digest.js'
import { addToDigest, beginDigest, finishDigest } from './block-digest.js'

/**
 * Computes SHA-256 (FIPS 180-4) in plain synchronous code; used to name discovery and OpenAPI documents and
 * at the end of snapshot files. A library would cost more to load than these lines, and the browser's own
 * digest is asynchronous.
 */
export const sha256 = (bytes: Uint8Array): Uint8Array =>
  finishDigest(SHA_256, addToDigest(SHA_256, beginDigest(SHA_256), bytes))

const schedule = new Int32Array(64)

/** SHA-256 of bytes that arrive in parts. */
export const SHA_256: BlockDigest = {
  initial: () => constants().initial,
  mix: (words, block, at) => {
    for (let word = 0; word < 16; word++) schedule[word] = block.getInt32(at + 4 * word)
    compress(words, schedule, constants().rounds)
  },
  isLittleEndian: false,
}

/** Returns the SHA-256 of a text as upper-case hexadecimal digits. */
export function sha256Hex(text: string): string {
  return [...sha256(new TextEncoder().encode(text))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()
}

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

/**
 * Processes one block. Every sum is truncated to a signed 32-bit integer at once, so that engines keep to
 * integer arithmetic, which is several times faster.
 */
function compress(state: Int32Array, w: Int32Array, rounds: Int32Array): void {
  for (let at = 16; at < 64; at++) {
    const early = w[at - 15] as number
    const late = w[at - 2] as number
    const small0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)
    const small1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10)
    w[at] = (((w[at - 16] as number) + small0) | 0) + (((w[at - 7] as number) + small1) | 0)
  }
  let a = state[0] as number
  let b = state[1] as number
  let c = state[2] as number
  let d = state[3] as number
  let e = state[4] as number
  let f = state[5] as number
  let g = state[6] as number
  let h = state[7] as number
  for (let at = 0; at < 64; at++) {
    const choice = (e & f) ^ (~e & g)
    const mixed = ((rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice) | 0
    const first = (((h + mixed) | 0) + (((rounds[at] as number) + (w[at] as number)) | 0)) | 0
    const majority = (a & b) ^ (a & c) ^ (b & c)
    const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority) | 0
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  state[0] = (state[0] as number) + a
  state[1] = (state[1] as number) + b
  state[2] = (state[2] as number) + c
  state[3] = (state[3] as number) + d
  state[4] = (state[4] as number) + e
  state[5] = (state[5] as number) + f
  state[6] = (state[6] as number) + g
  state[7] = (state[7] as number) + h
}

let known: { readonly initial: Int32Array; readonly rounds: Int32Array } | undefined

/**
 * Computes the first 32 bits of the fractional parts of the square (cube) roots of the first 8 (64) primes.
 */
function constants(): { readonly initial: Int32Array; readonly rounds: Int32Array } {
  if (known !== undefined) return known
  const primes: number[] = []
  for (let candidate = 2; primes.length < 64; candidate++) {
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate)
  }
  const fraction = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32) | 0
  known = {
    initial: Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime))),
    rounds: Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime))),
  }
  return known
}
