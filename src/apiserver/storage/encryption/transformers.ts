import { joinBytes } from '../../../lang/bytes/join-bytes.js'
import {
  BLOCK_BYTES,
  BOX_NONCE_BYTES,
  BOX_TAG_BYTES,
  GCM_NONCE_BYTES,
  openBox,
  openCbc,
  openGcm,
  sealBox,
  sealCbc,
  sealGcm,
} from './ciphers.js'

/** Draws so many random bytes. */
export type RandomBytes = (length: number) => Uint8Array

/** What a transformer needs besides the value: the key in etcd, and random bytes. */
export interface TransformContext {
  readonly key: string
  readonly random: RandomBytes
}

/** Why a stored value cannot be read. */
export class TransformError extends Error {}

/** A value as it was before it was stored. */
export interface Opened {
  readonly clear: Uint8Array
  /** Whether a write would store it in another way: by another provider, or with another key. */
  readonly isStale: boolean
}

/** Turns values into what is stored and back. Source: apiserver pkg/storage/value/transformer.go. */
export interface Transformer {
  readonly seal: (clear: Uint8Array, context: TransformContext) => Uint8Array
  /** @throws TransformError */
  readonly open: (stored: Uint8Array, context: TransformContext) => Opened
}

/** A transformer, and the text with which its values begin. */
export interface Prefixed {
  readonly prefix: string
  readonly transformer: Transformer
}

const encoder = new TextEncoder()
const startsWith = (bytes: Uint8Array, start: Uint8Array): boolean =>
  start.every((byte, at) => bytes[at] === byte)
const opened = (clear: Uint8Array): Opened => ({ clear, isStale: false })

/**
 * Seals with the first of some transformers, and opens with the one whose prefix fits; `fault` is the error
 * if none does. Of providers that share a prefix, such as two keys in two entries, each is tried.
 */
export function prefixed(fault: string, all: readonly [Prefixed, ...Prefixed[]]): Transformer {
  const list = all.map(({ prefix, transformer }) => ({ start: encoder.encode(prefix), transformer }))
  return {
    seal: (clear, context) => {
      const [{ prefix, transformer }] = all
      const sealed = transformer.seal(clear, context)
      return prefix === '' ? sealed : joinBytes([encoder.encode(prefix), sealed])
    },
    open: (stored, context) => {
      const faults = new Set<string>()
      for (const [at, { start, transformer }] of list.entries()) {
        if (!startsWith(stored, start)) continue
        try {
          const { clear, isStale } = transformer.open(stored.subarray(start.length), context)
          return { clear, isStale: isStale || at > 0 }
        } catch (error) {
          if (!(error instanceof TransformError)) throw error
          // identity refuses what is encrypted, and leaves it to those behind it
          if (start.length > 0) faults.add(error.message)
        }
      }
      const [only] = faults
      throw new TransformError(
        faults.size === 0 ? fault : faults.size === 1 ? only : `[${[...faults].join(', ')}]`,
      )
    },
  }
}

const ENCRYPTED = encoder.encode('k8s:enc:')
const TOO_SHORT = 'the stored data was shorter than the required size'

/** Stores values as they are. Source: apiserver pkg/storage/value/encrypt/identity. */
export const identity: Transformer = {
  seal: (clear) => clear,
  open: (stored) => {
    if (startsWith(stored, ENCRYPTED))
      throw new TransformError('identity transformer tried to read encrypted data')
    return opened(stored)
  },
}

/** Source: apiserver pkg/storage/value/encrypt/aes cbc. */
export const aesCbc = (secret: Uint8Array): Transformer => ({
  seal: (clear, { random }) => {
    const iv = random(BLOCK_BYTES)
    return joinBytes([iv, sealCbc(clear, iv, secret)])
  },
  open: (stored) => {
    if (stored.length < BLOCK_BYTES) throw new TransformError(TOO_SHORT)
    const hidden = stored.subarray(BLOCK_BYTES)
    if (hidden.length % BLOCK_BYTES !== 0)
      throw new TransformError('the stored data is not a multiple of the block size')
    return opened(unpadded(openCbc(hidden, stored.subarray(0, BLOCK_BYTES), secret)))
  },
})

/** Removes PKCS#7 padding. */
function unpadded(padded: Uint8Array): Uint8Array {
  const size = padded.at(-1) ?? 0
  if (size === 0 || size > padded.length) throw new TransformError('invalid PKCS7 data (empty or not padded)')
  if (padded.subarray(-size).some((byte) => byte !== size))
    throw new TransformError('invalid padding on input')
  return padded.subarray(0, -size)
}

/** The key in etcd is authenticated, too: a value that was copied elsewhere cannot be read there. */
export const aesGcm = (secret: Uint8Array): Transformer => ({
  seal: (clear, { random, key }) => {
    const nonce = random(GCM_NONCE_BYTES)
    return joinBytes([nonce, sealGcm(clear, nonce, secret, encoder.encode(key))])
  },
  open: (stored, { key }) => {
    if (stored.length < GCM_NONCE_BYTES) throw new TransformError(TOO_SHORT)
    const [nonce, hidden] = [stored.subarray(0, GCM_NONCE_BYTES), stored.subarray(GCM_NONCE_BYTES)]
    const clear = openGcm(hidden, nonce, secret, encoder.encode(key))
    if (clear === undefined) throw new TransformError('cipher: message authentication failed')
    return opened(clear)
  },
})

/** Source: apiserver pkg/storage/value/encrypt/secretbox, with its text for values that do not open. */
export const secretbox = (secret: Uint8Array): Transformer => ({
  seal: (clear, { random }) => {
    const nonce = random(BOX_NONCE_BYTES)
    return joinBytes([nonce, sealBox(clear, nonce, secret)])
  },
  open: (stored) => {
    if (stored.length < BOX_NONCE_BYTES + BOX_TAG_BYTES) throw new TransformError(TOO_SHORT)
    const clear = openBox(stored.subarray(BOX_NONCE_BYTES), stored.subarray(0, BOX_NONCE_BYTES), secret)
    if (clear === undefined) throw new TransformError('output array was not large enough for encryption')
    return opened(clear)
  },
})
