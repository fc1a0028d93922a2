import type { ServiceAccount } from '../../api/core/generated.js'
import type { TokenClaims } from './authenticator.js'

/** Who issues the tokens of service accounts, and whom they are for unless told otherwise. */
export const tokenIssuer = 'https://kubernetes.default.svc.cluster.local'
/** The audiences of the apiserver itself. */
export const apiAudiences: readonly string[] = [tokenIssuer]
/** The issuer of tokens in secrets, which never expire. */
export const legacyIssuer = 'kubernetes/serviceaccount'

/** An object that a token is bound to: it is good for as long as the object is there. */
export interface BoundObject {
  readonly name: string
  readonly uid?: string
}

/** What a token is bound to, besides its account. */
export interface BoundObjects {
  readonly pod?: BoundObject
  readonly secret?: BoundObject
  readonly node?: BoundObject
}

/** For whom and how long a token is. Times are virtual milliseconds, lengths seconds. */
export interface TokenTerms {
  readonly audiences: readonly string[]
  readonly now: number
  readonly seconds: number
  /** `jti` */
  readonly id: string
  /** Seconds after which its use is counted as stale. */
  readonly warnAfter?: number
}

/** The `kubernetes.io` claim. */
export interface KubernetesClaim extends BoundObjects {
  readonly namespace: string
  readonly serviceaccount: BoundObject
  readonly warnafter?: number
}

/** The claims of a token, in the order of the real ones. Source: pkg/serviceaccount/claims.go Claims. */
export function tokenClaims(
  { metadata }: ServiceAccount,
  bound: BoundObjects,
  terms: TokenTerms,
): TokenClaims {
  const { name = '', namespace = '', uid = '' } = metadata
  const { audiences, now, seconds, id, warnAfter } = terms
  const issued = Math.floor(now / 1000)
  const kubernetes: KubernetesClaim = {
    namespace,
    ...(bound.node === undefined ? {} : { node: bound.node }),
    ...(bound.pod === undefined ? {} : { pod: bound.pod }),
    ...(bound.secret === undefined ? {} : { secret: bound.secret }),
    serviceaccount: { name, uid },
    ...(warnAfter === undefined ? {} : { warnafter: issued + warnAfter }),
  }
  return {
    aud: audiences,
    exp: issued + seconds,
    iat: issued,
    iss: tokenIssuer,
    jti: id,
    'kubernetes.io': kubernetes,
    nbf: issued,
    sub: `system:serviceaccount:${namespace}:${name}`,
  }
}
