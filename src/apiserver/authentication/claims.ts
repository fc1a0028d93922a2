import type { ServiceAccount } from '../../api/core/generated.js'
import type { TokenClaims } from './authenticator.js'

/** Whose service account tokens the apiserver accepts, and for which audiences. */
export interface TokenTrust {
  /** `--service-account-issuer`: the first signs, all are accepted. */
  readonly issuers: readonly string[]
  /** `--api-audiences`: those of the apiserver itself, which are the default of tokens. */
  readonly audiences: readonly string[]
}

/** The issuer and the audience that kubeadm sets. */
const KUBEADM_ISSUER = 'https://kubernetes.default.svc.cluster.local'

/** Returns the trust that options describe; the issuers are the default of the audiences. */
export function tokenTrust(
  issuers: readonly string[] = [KUBEADM_ISSUER],
  audiences: readonly string[] = issuers,
): TokenTrust {
  return { issuers, audiences }
}

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

/** Issuer, audiences and lifetime of a token. Times are virtual milliseconds, durations seconds. */
export interface TokenTerms {
  readonly issuer: string
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
  const { issuer, audiences, now, seconds, id, warnAfter } = terms
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
    iss: issuer,
    jti: id,
    'kubernetes.io': kubernetes,
    nbf: issued,
    sub: `system:serviceaccount:${namespace}:${name}`,
  }
}
