import type { ServiceAccount } from '../../api/core/generated.js'
import type { TokenClaims } from './authenticator.js'

/** The issuer of service account tokens, which is also their default audience. */
export const tokenIssuer = 'https://kubernetes.default.svc.cluster.local'
/** The audiences of the apiserver itself. */
export const apiAudiences: readonly string[] = [tokenIssuer]
/** The issuer of tokens in secrets, which never expire. */
export const legacyIssuer = 'kubernetes/serviceaccount'

/** An object to which a token is bound: the token is valid as long as the object exists. */
export interface BoundObject {
  readonly name: string
  readonly uid?: string
}

/** The objects to which a token is bound, besides its account. */
export interface BoundObjects {
  readonly pod?: BoundObject
  readonly secret?: BoundObject
  readonly node?: BoundObject
}

/** Audiences and lifetime of a token. Times are virtual milliseconds, durations seconds. */
export interface TokenTerms {
  readonly audiences: readonly string[]
  readonly now: number
  readonly seconds: number
  /** `jti` */
  readonly id: string
  /** Seconds after which its use counts as stale. */
  readonly warnAfter?: number
}

/** The `kubernetes.io` claim. */
export interface KubernetesClaim extends BoundObjects {
  readonly namespace: string
  readonly serviceaccount: BoundObject
  readonly warnafter?: number
}

/** Returns the claims of a token, in upstream's order. Source: pkg/serviceaccount/claims.go Claims. */
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
