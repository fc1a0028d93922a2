import type { Signer, TokenClaims } from '../../apiserver/authentication/authenticator.js'
import { base64url, fromBase64url } from '../crypto/base64url.js'
import { bytesOf, childrenOf, fromDer, fromPem, numberOf, sha256, toDer } from '../crypto/der.js'
import {
  curveKeyInfo,
  curveKeyOf,
  curveKeyParts,
  parseCurveKeyInfo,
  parsePrivateCurveKey,
} from '../crypto/ecdsa.js'
import { signCurveJws, verifyCurveJws } from '../crypto/ecdsa.js'
import type { CurveKey, PrivateCurveKey } from '../crypto/ecdsa.js'
import { forge } from '../crypto/forge.js'
import { cachedKey } from '../keys.js'
import { parsePublicKeyInfo, publicKeyInfo, sign, verify } from '../crypto/rsa.js'
import type { PrivateKey, PublicKey } from '../crypto/rsa.js'
import { isMap } from '../../lang/json/maps.js'

/**
 * Signs service account tokens as JWT, with RS256 or, on a curve, ES256, ES384 or ES512; and verifies them.
 * Keys are looked up on each call, so that none is generated before it is needed, and a changed key file
 * takes effect. Source: kubernetes pkg/serviceaccount/jwt.go.
 */
export class TokenSigner implements Signer {
  readonly #signingKey: (() => PrivateKey | PrivateCurveKey) | undefined
  readonly #verifyingKeys: () => readonly (PublicKey | CurveKey)[]

  /** Without a signing key it only verifies. */
  constructor(
    signingKey: (() => PrivateKey | PrivateCurveKey) | undefined,
    verifyingKeys: () => readonly (PublicKey | CurveKey)[],
  ) {
    this.#signingKey = signingKey
    this.#verifyingKeys = verifyingKeys
  }

  signToken(claims: TokenClaims): string {
    if (this.#signingKey === undefined) throw new Error('bug: this signer has no signing key')
    const key = this.#signingKey()
    const part = (value: unknown): string => base64url(forge.util.encodeUtf8(JSON.stringify(value)))
    const signed = `${part({ alg: algorithmOf(key), kid: keyId(key) })}.${part(claims)}`
    return `${signed}.${base64url('curve' in key ? signCurveJws(key, signed) : sign(key, signed))}`
  }

  verifyToken(token: string): TokenClaims | undefined {
    const [header = '', payload = '', signature = '', ...more] = token.split('.')
    if (more.length > 0 || signature === '') return undefined
    const head = decodeJson(header)
    const bytes = fromBase64url(signature)
    if (head === undefined || bytes === undefined) return undefined
    const signed = `${header}.${payload}`
    const isSigned = this.#verifyingKeys()
      .filter((key) => algorithmOf(key) === head.alg && (head.kid === undefined || keyId(key) === head.kid))
      .some((key) => ('curve' in key ? verifyCurveJws(key, signed, bytes) : verify(key, signed, bytes)))
    return isSigned ? decodeJson(payload) : undefined
  }

  /**
   * Returns the JSON Web Key Set of the issuer (`/openid/v1/jwks`). Source:
   * pkg/serviceaccount/openidmetadata.go.
   */
  keySet(): { readonly keys: readonly Readonly<Record<string, string>>[] } {
    return {
      keys: this.#verifyingKeys().map((key) => {
        const common = { use: 'sig', kid: keyId(key), alg: algorithmOf(key) }
        if (!('curve' in key)) {
          const [n, e] = [base64url(bytesOf(key.modulus)), base64url(bytesOf(key.exponent))]
          return { ...common, kty: 'RSA', n, e }
        }
        const { name, x, y } = curveKeyParts(key)
        return { ...common, kty: 'EC', crv: name, x: base64url(x), y: base64url(y) }
      }),
    }
  }
}

/** Returns the keys of a JSON Web Key Set; those of other types than RSA and known curves are ignored. */
export function publicKeysOf({
  keys,
}: {
  readonly keys: readonly Readonly<Record<string, string | undefined>>[]
}): readonly (PublicKey | CurveKey)[] {
  const number = (text: string = ''): bigint => numberOf(fromBase64url(text) ?? '')
  return keys.flatMap(({ kty, n, e, crv = '', x, y }): readonly (PublicKey | CurveKey)[] =>
    kty === 'RSA'
      ? [{ modulus: number(n), exponent: number(e) }]
      : [curveKeyOf(crv, [number(x), number(y)])].filter((key) => key !== undefined),
  )
}

/** Returns the base64url SHA-256 of the key's SubjectPublicKeyInfo. Source: jwt.go keyIDFromPublicKey. */
function keyId(key: PublicKey | CurveKey): string {
  let id = ids.get(key)
  if (id === undefined) {
    const info = 'curve' in key ? curveKeyInfo(key) : publicKeyInfo(key)
    ids.set(key, (id = base64url(sha256(toDer(info)))))
  }
  return id
}

const algorithmOf = (key: PublicKey | CurveKey): string =>
  'curve' in key ? curveKeyParts(key).algorithm : 'RS256'

const ids = new WeakMap<PublicKey | CurveKey, string>()

function decodeJson(part: string): Record<string, unknown> | undefined {
  const bytes = fromBase64url(part)
  if (bytes === undefined) return undefined
  try {
    const value: unknown = JSON.parse(forge.util.decodeUtf8(bytes))
    return isMap(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Reads the key that signs tokens: PKCS #1 or, also on a curve, PKCS #8. Throws for anything else. */
export function readSigningKey(pem: string): PrivateKey | PrivateCurveKey {
  const block = fromPem(pem).find(({ type }) => type === 'PRIVATE KEY')
  const key = block === undefined ? undefined : parsePrivateCurveKey(childrenOf(fromDer(block.der)))
  return key ?? cachedKey(pem)
}

/** Reads the public keys (`-----BEGIN PUBLIC KEY-----`) that verify tokens. Throws if there is none. */
export function readVerifyingKeys(pem: string): readonly (PublicKey | CurveKey)[] {
  const keys = fromPem(pem)
    .filter(({ type }) => type === 'PUBLIC KEY')
    .flatMap(({ der }) => parsePublicKeyInfo(fromDer(der)) ?? parseCurveKeyInfo(fromDer(der)) ?? [])
  if (keys.length === 0) throw new Error('data does not contain any valid RSA or ECDSA public keys')
  return keys
}
