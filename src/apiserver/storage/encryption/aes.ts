import 'node-forge/lib/aes.js'
import nodeForge from 'node-forge/lib/forge.js'
import type forgeTypes from 'node-forge'
import { binaryText } from '../../../lang/bytes/base64.js'

/** What this file uses of node-forge: each imported part adds itself to this object. */
const forge: Pick<typeof forgeTypes, 'cipher' | 'util'> = nodeForge

export const BLOCK_BYTES = 16
export const GCM_NONCE_BYTES = 12
const GCM_TAG_BYTES = 16

const bufferOf = (bytes: Uint8Array): forgeTypes.util.ByteStringBuffer =>
  forge.util.createBuffer(binaryText(bytes))
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))

/** Encrypts with AES-CBC and PKCS#7 padding. */
export function sealCbc(clear: Uint8Array, iv: Uint8Array, key: Uint8Array): Uint8Array {
  const cipher = forge.cipher.createCipher('AES-CBC', binaryText(key))
  cipher.start({ iv: binaryText(iv) })
  cipher.update(bufferOf(clear))
  cipher.finish()
  return bytesOf(cipher.output.getBytes())
}

/** Decrypts whole blocks of AES-CBC, and leaves their padding. */
export function openCbc(hidden: Uint8Array, iv: Uint8Array, key: Uint8Array): Uint8Array {
  const decipher = forge.cipher.createDecipher('AES-CBC', binaryText(key))
  decipher.start({ iv: binaryText(iv) })
  decipher.update(bufferOf(hidden))
  // forge takes more paddings than Go: the caller checks it
  const finish: (pad: () => boolean) => boolean = decipher.finish
  finish.call(decipher, () => true)
  return bytesOf(decipher.output.getBytes())
}

/** Encrypts with AES-GCM; the authenticator, which also covers `context`, stands at the end. */
export function sealGcm(
  clear: Uint8Array,
  nonce: Uint8Array,
  key: Uint8Array,
  context: Uint8Array,
): Uint8Array {
  const cipher = forge.cipher.createCipher('AES-GCM', binaryText(key))
  cipher.start({ iv: binaryText(nonce), additionalData: binaryText(context), tagLength: 128 })
  cipher.update(bufferOf(clear))
  cipher.finish()
  return bytesOf(cipher.output.getBytes() + cipher.mode.tag.getBytes())
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
  const decipher = forge.cipher.createDecipher('AES-GCM', binaryText(key))
  decipher.start({
    iv: binaryText(nonce),
    additionalData: binaryText(context),
    tag: bufferOf(hidden.subarray(end)),
    tagLength: 128,
  })
  decipher.update(bufferOf(hidden.subarray(0, end)))
  return decipher.finish() ? bytesOf(decipher.output.getBytes()) : undefined
}
