import 'node-forge/lib/aes.js'
import nodeForge from 'node-forge/lib/forge.js'
import type forgeTypes from 'node-forge'
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js'

// @noble/ciphers/aes.js makes its tables when it is loaded: 20 ms, for everybody
const { cipher, util }: Pick<typeof forgeTypes, 'cipher' | 'util'> = nodeForge
const { encode: textOf, decode: bytesOf } = util.binary.raw

export const BLOCK_BYTES = 16
export const GCM_NONCE_BYTES = 12
/** Bytes of the nonce that stands before a secretbox. */
export const BOX_NONCE_BYTES = 24
/** Bytes of the authenticator, with which a secretbox begins. */
export const BOX_TAG_BYTES = 16
const GCM_TAG_BYTES = 16

/** Encrypts with AES-CBC and PKCS#7 padding. */
export function sealCbc(clear: Uint8Array, iv: Uint8Array, key: Uint8Array): Uint8Array {
  const aes = cipher.createCipher('AES-CBC', textOf(key))
  aes.start({ iv: textOf(iv) })
  aes.update(util.createBuffer(textOf(clear)))
  aes.finish()
  return bytesOf(aes.output.getBytes())
}

/** Decrypts whole blocks of AES-CBC, and leaves their padding: the caller checks it as Go does. */
export function openCbc(hidden: Uint8Array, iv: Uint8Array, key: Uint8Array): Uint8Array {
  const aes = cipher.createDecipher('AES-CBC', textOf(key))
  aes.start({ iv: textOf(iv) })
  // without finish(), which would take the padding away
  aes.update(util.createBuffer(textOf(hidden)))
  return bytesOf(aes.output.getBytes())
}

/** Encrypts with AES-GCM; the authenticator, which also covers `context`, stands at the end. */
export function sealGcm(
  clear: Uint8Array,
  nonce: Uint8Array,
  key: Uint8Array,
  context: Uint8Array,
): Uint8Array {
  const aes = cipher.createCipher('AES-GCM', textOf(key))
  aes.start({ iv: textOf(nonce), additionalData: textOf(context) })
  aes.update(util.createBuffer(textOf(clear)))
  aes.finish()
  return bytesOf(aes.output.getBytes() + aes.mode.tag.getBytes())
}

/** Returns the clear text; undefined if it was not made with this nonce, key and context. */
export function openGcm(
  hidden: Uint8Array,
  nonce: Uint8Array,
  key: Uint8Array,
  context: Uint8Array,
): Uint8Array | undefined {
  const end = hidden.length - GCM_TAG_BYTES
  if (end < 0) return undefined
  const aes = cipher.createDecipher('AES-GCM', textOf(key))
  const tag = util.createBuffer(textOf(hidden.subarray(end)))
  aes.start({ iv: textOf(nonce), additionalData: textOf(context), tag })
  aes.update(util.createBuffer(textOf(hidden.subarray(0, end))))
  return aes.finish() ? bytesOf(aes.output.getBytes()) : undefined
}

/** Encrypts as NaCl's secretbox: XSalsa20 with Poly1305. */
export const sealBox = (clear: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array =>
  xsalsa20poly1305(key, nonce).encrypt(clear)

/** Returns the clear text; undefined if it was not made with this nonce and key. */
export function openBox(box: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  try {
    return xsalsa20poly1305(key, nonce).decrypt(box)
  } catch {
    return undefined // the library throws a plain error for what is not authentic
  }
}
