import { cbc, gcm } from '@noble/ciphers/aes.js'
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js'

export const BLOCK_BYTES = 16
export const GCM_NONCE_BYTES = 12
/** Bytes of the nonce that stands before a secretbox. */
export const BOX_NONCE_BYTES = 24
/** Bytes of the authenticator, with which a secretbox begins. */
export const BOX_TAG_BYTES = 16

/** Encrypts with AES-CBC and PKCS#7 padding. */
export const sealCbc = (clear: Uint8Array, iv: Uint8Array, key: Uint8Array): Uint8Array =>
  cbc(key, iv).encrypt(clear)

/** Decrypts whole blocks of AES-CBC, and leaves their padding: the caller checks it as Go does. */
export const openCbc = (hidden: Uint8Array, iv: Uint8Array, key: Uint8Array): Uint8Array =>
  cbc(key, iv, { disablePadding: true }).decrypt(hidden)

/** Encrypts with AES-GCM; the authenticator, which also covers `context`, stands at the end. */
export const sealGcm = (
  clear: Uint8Array,
  nonce: Uint8Array,
  key: Uint8Array,
  context: Uint8Array,
): Uint8Array => gcm(key, nonce, context).encrypt(clear)

/** Returns the clear text; undefined if it was not made with this nonce, key and context. */
export const openGcm = (
  hidden: Uint8Array,
  nonce: Uint8Array,
  key: Uint8Array,
  context: Uint8Array,
): Uint8Array | undefined => unlessForged(() => gcm(key, nonce, context).decrypt(hidden))

/** Encrypts as NaCl's secretbox: XSalsa20 with Poly1305. */
export const sealBox = (clear: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array =>
  xsalsa20poly1305(key, nonce).encrypt(clear)

/** Returns the clear text; undefined if it was not made with this nonce and key. */
export const openBox = (box: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array | undefined =>
  unlessForged(() => xsalsa20poly1305(key, nonce).decrypt(box))

/** The library throws a plain error for what is not authentic. */
function unlessForged(open: () => Uint8Array): Uint8Array | undefined {
  try {
    return open()
  } catch {
    return undefined
  }
}
