import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { privateKeyPem, signWith } from '../../pki/index.js'
import type { PrivateKey } from '../../pki/index.js'

const keys = new WeakMap<PrivateKey, KeyObject>()

function nativeKey(key: PrivateKey): KeyObject {
  const made = keys.get(key) ?? createPrivateKey(privateKeyPem(key))
  keys.set(key, made)
  return made
}

/**
 * Lets Node's crypto sign for the PKI. PKCS #1 v1.5 gives one signature for a key and a message, so that
 * certificates and tokens are the same; each takes a millisecond instead of a cold interpreter's eighty.
 */
export function signNatively(): void {
  signWith((key, message, algorithm) =>
    sign(algorithm, Buffer.from(message, 'latin1'), nativeKey(key)).toString('latin1'),
  )
}
