// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { ObjectMetaInput } from '../meta/inputs.js'

/** A {@link BoundObjectReference} as clients send it. */
export interface BoundObjectReferenceInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly name?: string | undefined
  readonly uid?: string | undefined
}

/** A {@link SelfSubjectReview} as clients send it. */
export interface SelfSubjectReviewInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly status?: SelfSubjectReviewStatusInput | undefined
}

/** A {@link SelfSubjectReviewStatus} as clients send it. */
export interface SelfSubjectReviewStatusInput {
  readonly userInfo?: UserInfoInput | undefined
}

/** A {@link TokenRequest} as clients send it. */
export interface TokenRequestInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec: TokenRequestSpecInput
  readonly status?: TokenRequestStatusInput | undefined
}

/** A {@link TokenRequestSpec} as clients send it. */
export interface TokenRequestSpecInput {
  readonly audiences: ReadonlyArray<string>
  readonly boundObjectRef?: BoundObjectReferenceInput | null | undefined
  readonly expirationSeconds?: number | null | undefined
}

/** A {@link TokenRequestStatus} as clients send it. */
export interface TokenRequestStatusInput {
  readonly expirationTimestamp?: string | null
  readonly token: string
}

/** A {@link TokenReview} as clients send it. */
export interface TokenReviewInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec: TokenReviewSpecInput
  readonly status?: TokenReviewStatusInput | undefined
}

/** A {@link TokenReviewSpec} as clients send it. */
export interface TokenReviewSpecInput {
  readonly audiences?: ReadonlyArray<string> | undefined
  readonly token?: string | undefined
}

/** A {@link TokenReviewStatus} as clients send it. */
export interface TokenReviewStatusInput {
  readonly audiences?: ReadonlyArray<string> | undefined
  readonly authenticated?: boolean | undefined
  readonly error?: string | undefined
  readonly user?: UserInfoInput | undefined
}

/** A {@link UserInfo} as clients send it. */
export interface UserInfoInput {
  readonly extra?: Readonly<Record<string, ReadonlyArray<string>>> | undefined
  readonly groups?: ReadonlyArray<string> | undefined
  readonly uid?: string | undefined
  readonly username?: string | undefined
}
