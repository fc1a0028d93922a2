import type { Signer, TokenClaims } from '../apiserver/authentication/authenticator.js'
import { base64url, fromBase64url } from './base64url.js'
import { bytesOf, sha256, toDer } from './der.js'
import { forge } from './forge.js'
import { publicKeyInfo, sign, verify } from './rsa.js'
import type { PrivateKey, PublicKey } from './rsa.js'

/**
 * Signs service account tokens as JWT with RS256, and verifies them. Keys are looked up on each call, so that
 * none is generated before it is needed, and a changed key file takes effect. Source: kubernetes
 * pkg/serviceaccount/jwt.go.
 */
export class TokenSigner implements Signer {
  readonly #signingKey: () => PrivateKey
  readonly #verifyingKeys: () => readonly PublicKey[]

  constructor(signingKey: () => PrivateKey, verifyingKeys: () => readonly PublicKey[]) {
    this.#signingKey = signingKey
    this.#verifyingKeys = verifyingKeys
  }

  signToken(claims: TokenClaims): string {
    const key = this.#signingKey()
    const part = (value: unknown): string => base64url(forge.util.encodeUtf8(JSON.stringify(value)))
    const signed = `${part({ alg: 'RS256', kid: keyId(key) })}.${part(claims)}`
    return `${signed}.${base64url(sign(key, signed))}`
  }

  verifyToken(token: string): TokenClaims | undefined {
    const [header = '', payload = '', signature = '', ...more] = token.split('.')
    if (more.length > 0 || signature === '') return undefined
    const head = decodeJson(header)
    if (head?.alg !== 'RS256') return undefined
    const bytes = fromBase64url(signature)
    if (bytes === undefined) return undefined
    const keys = this.#verifyingKeys().filter((key) => head.kid === undefined || keyId(key) === head.kid)
    return keys.some((key) => verify(key, `${header}.${payload}`, bytes)) ? decodeJson(payload) : undefined
  }

  /**
   * Returns the JSON Web Key Set of the issuer (`/openid/v1/jwks`). Source:
   * pkg/serviceaccount/openidmetadata.go.
   */
  keySet(): { readonly keys: readonly Readonly<Record<string, string>>[] } {
    return {
      keys: this.#verifyingKeys().map((key) => ({
        use: 'sig',
        kty: 'RSA',
        kid: keyId(key),
        alg: 'RS256',
        n: base64url(bytesOf(key.modulus)),
        e: base64url(bytesOf(key.exponent)),
      })),
    }
  }
}

/** Returns the base64url SHA-256 of the key's SubjectPublicKeyInfo. Source: jwt.go keyIDFromPublicKey. */
function keyId(key: PublicKey): string {
  let id = ids.get(key)
  if (id === undefined) ids.set(key, (id = base64url(sha256(toDer(publicKeyInfo(key))))))
  return id
}

const ids = new WeakMap<PublicKey, string>()

function decodeJson(part: string): Record<string, unknown> | undefined {
  const bytes = fromBase64url(part)
  if (bytes === undefined) return undefined
  try {
    const value: unknown = JSON.parse(forge.util.decodeUtf8(bytes))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
