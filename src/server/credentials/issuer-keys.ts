import { constants, createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto'
import type { TokenClaims } from '../../apiserver/authentication/authenticator.js'
import { type OutsideLimits, sendOutside } from '../http/send-outside.js'
import { trusting } from './trust.js'
import { Suspended } from '../webhooks/outside-calls.js'

/** Where the keys of an OpenID Connect provider come from. */
export interface IssuerOptions {
  /** `--oidc-issuer-url`: an https URL below which `.well-known/openid-configuration` is. */
  readonly issuer: string
  /** URL of the issuer's discovery document. Default: `.well-known/openid-configuration` below the issuer. */
  readonly discoveryURL?: string
  /** `--oidc-ca-file`: authorities (PEM) of the provider's certificate. Default: those of Node. */
  readonly ca?: string
  /** `--oidc-signing-algs`. Default `RS256`. */
  readonly algorithms?: readonly string[]
  /** Receives why the keys cannot be read. Default: nothing. */
  readonly onError?: (error: unknown) => void
}

/** How a JWS algorithm signs. Source: RFC 7518, section 3.1. */
interface Algorithm {
  readonly hash: string
  readonly options: { readonly dsaEncoding?: 'ieee-p1363'; readonly padding?: number }
}

const ALGORITHMS: ReadonlyMap<string, Algorithm> = new Map(
  [256, 384, 512].flatMap((bits): (readonly [string, Algorithm])[] => [
    [`RS${bits}`, { hash: `sha${bits}`, options: {} }],
    [`PS${bits}`, { hash: `sha${bits}`, options: { padding: constants.RSA_PKCS1_PSS_PADDING } }],
    [`ES${bits}`, { hash: `sha${bits}`, options: { dsaEncoding: 'ieee-p1363' } }],
  ]),
)

/** The algorithms that `--oidc-signing-algs` takes. */
export const SIGNING_ALGORITHMS: readonly string[] = [...ALGORITHMS.keys()]

/** A provider's documents are small. */
const LIMITS: OutsideLimits = { ms: 10_000, bytes: 1_000_000 }

interface Key {
  readonly id: string | undefined
  readonly key: KeyObject
}

/**
 * The public keys of an OpenID Connect provider outside of the cluster. They are read when the first token is
 * verified, and again for a token that none of them has signed, since providers change keys. Verifying is
 * synchronous: meanwhile the request is suspended, and handled once more with the new keys.
 * Source: github.com/coreos/go-oidc RemoteKeySet.
 */
export class IssuerKeys {
  readonly #options: IssuerOptions
  #keys: readonly Key[] = []
  #reading: Promise<void> | undefined
  /** Tokens for which the keys have been read again. */
  readonly #retried = new Set<string>()

  constructor(options: IssuerOptions) {
    this.#options = options
  }

  /** Returns the claims of a token that the provider has signed. @throws Suspended while keys are read */
  readonly verify = (token: string): TokenClaims | undefined => {
    const claims = this.#claimsOf(token)
    if (claims !== undefined || this.#retried.delete(token)) return claims
    this.#retried.add(token)
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined))
    throw new Suspended(this.#reading)
  }

  #claimsOf(token: string): TokenClaims | undefined {
    const [head = '', payload = '', signature = ''] = token.split('.')
    const { alg = '', kid } = parsed(head) as { readonly alg?: string; readonly kid?: string }
    const algorithm = (this.#options.algorithms ?? ['RS256']).includes(alg) ? ALGORITHMS.get(alg) : undefined
    if (algorithm === undefined) return undefined
    const candidates = this.#keys.filter(({ id }) => kid === undefined || id === kid)
    const signed = Buffer.from(`${head}.${payload}`)
    const bytes = Buffer.from(signature, 'base64url')
    return candidates.some(({ key }) => isSignedBy(key, algorithm, signed, bytes))
      ? parsed(payload)
      : undefined
  }

  async #read(): Promise<void> {
    const { issuer, onError } = this.#options
    const { discoveryURL = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration` } = this.#options
    try {
      const found = (await this.#get(discoveryURL)) as Readonly<Record<string, unknown>>
      if (found['issuer'] !== issuer)
        throw new Error(
          `oidc: issuer did not match the issuer returned by provider, expected ${JSON.stringify(issuer)} ` +
            `got ${JSON.stringify(found['issuer'])}`,
        )
      const { keys = [] } = (await this.#get(String(found['jwks_uri']))) as { readonly keys?: JsonWebKey[] }
      this.#keys = keys.flatMap((jwk) => keyOf(jwk))
    } catch (error) {
      onError?.(error)
    }
  }

  async #get(url: string): Promise<unknown> {
    const { code, text } = await sendOutside({ url, ...trusting(this.#options.ca) }, undefined, LIMITS)
    if (code === 200) return parsedJson(text)
    throw new Error(`oidc: ${url}: ${code}: ${text.slice(0, 200)}`)
  }
}

function keyOf(jwk: JsonWebKey): readonly Key[] {
  try {
    const { kid } = jwk as { readonly kid?: string }
    return [{ id: kid, key: createPublicKey({ key: jwk, format: 'jwk' }) }]
  } catch {
    // of a kind that is not known, or for encryption
    return []
  }
}

function isSignedBy(
  key: KeyObject,
  { hash, options }: Algorithm,
  signed: Buffer,
  signature: Buffer,
): boolean {
  try {
    return verify(hash, signed, { key, ...options }, signature)
  } catch {
    return false
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** Returns a part of a token as an object, empty if it is none. */
function parsed(part: string): TokenClaims {
  const value = parsedJson(Buffer.from(part, 'base64url').toString('utf8'))
  return typeof value === 'object' && value !== null ? (value as TokenClaims) : {}
}
