import { binaryText } from '../../lang/bytes/base64.js'
import { base64url } from '../crypto/base64url.js'
import { sha256 } from '../crypto/der.js'
import type { BinaryString } from '../crypto/der.js'

const BLOCK = 64

/** Computes HMAC (RFC 2104) with SHA-256. */
function hmacSha256(key: BinaryString, message: BinaryString): BinaryString {
  const block = (key.length > BLOCK ? sha256(key) : key).padEnd(BLOCK, '\0')
  const padded = (pad: number): BinaryString =>
    Array.from(block, (letter) => String.fromCharCode(letter.charCodeAt(0) ^ pad)).join('')
  return sha256(padded(0x5c) + sha256(padded(0x36) + message))
}

const utf8 = (text: string): BinaryString => binaryText(new TextEncoder().encode(text))

/**
 * Returns a detached JWS (HS256, `header..signature`) of a text under a bootstrap token.
 * kube-public/cluster-info contains one for each token. Source: cluster-bootstrap/token/jws/jws.go
 * ComputeDetachedSignature.
 */
export function detachedSignature(content: string, tokenId: string, tokenSecret: string): string {
  const header = base64url(`{"alg":"HS256","kid":${JSON.stringify(tokenId)}}`)
  return `${header}..${base64url(hmacSha256(tokenSecret, `${header}.${base64url(utf8(content))}`))}`
}
