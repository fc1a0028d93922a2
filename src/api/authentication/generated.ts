// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { metaSchema } from '../meta/generated.js'
import type { ObjectMeta } from '../meta/generated.js'
import {
  always,
  atomicList,
  boolean,
  defineGroup,
  int64,
  list,
  map,
  message,
  named,
  nullable,
  pointer,
  ref,
  required,
  string,
  time,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface BoundObjectReference {
  readonly apiVersion?: string
  readonly kind?: string
  readonly name?: string
  readonly uid?: string
}

export interface SelfSubjectReview {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly status: SelfSubjectReviewStatus
}

export interface SelfSubjectReviewStatus {
  readonly userInfo: UserInfo
}

export interface TokenRequest {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: TokenRequestSpec
  readonly status: TokenRequestStatus
}

export interface TokenRequestSpec {
  readonly audiences: ReadonlyArray<string>
  readonly boundObjectRef?: BoundObjectReference | null
  readonly expirationSeconds?: number | null
}

export interface TokenRequestStatus {
  readonly expirationTimestamp?: string | null
  readonly token: string
}

export interface TokenReview {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: TokenReviewSpec
  readonly status: TokenReviewStatus
}

export interface TokenReviewSpec {
  readonly audiences?: ReadonlyArray<string>
  readonly token?: string
}

export interface TokenReviewStatus {
  readonly audiences?: ReadonlyArray<string>
  readonly authenticated?: boolean
  readonly error?: string
  readonly user: UserInfo
}

export interface UserInfo {
  readonly extra?: Readonly<Record<string, ReadonlyArray<string>>>
  readonly groups?: ReadonlyArray<string>
  readonly uid?: string
  readonly username?: string
}

/** Field tables of io.k8s.api.authentication.v1. */
export const authenticationSchema: SchemaGroup = defineGroup(
  'io.k8s.api.authentication.v1',
  'v1',
  [metaSchema],
  {
    BoundObjectReference: () =>
      message({ apiVersion: string, kind: string, name: string, uid: named('types.UID') }),
    SelfSubjectReview: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        status: always(ref('SelfSubjectReviewStatus')),
      }),
    SelfSubjectReviewStatus: () => message({ userInfo: always(ref('UserInfo')) }),
    TokenRequest: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: required(always(ref('TokenRequestSpec'))),
        status: always(ref('TokenRequestStatus')),
      }),
    TokenRequestSpec: () =>
      message({
        audiences: required(always(atomicList(string))),
        boundObjectRef: nullable(ref('BoundObjectReference')),
        expirationSeconds: nullable(int64),
      }),
    TokenRequestStatus: () =>
      message({ expirationTimestamp: required(always(time)), token: required(always(string)) }),
    TokenReview: () =>
      message({
        apiVersion: pointer(string),
        kind: pointer(string),
        metadata: always(ref('ObjectMeta')),
        spec: required(always(ref('TokenReviewSpec'))),
        status: always(ref('TokenReviewStatus')),
      }),
    TokenReviewSpec: () => message({ audiences: atomicList(string), token: string }),
    TokenReviewStatus: () =>
      message({
        audiences: atomicList(string),
        authenticated: boolean,
        error: string,
        user: always(ref('UserInfo')),
      }),
    UserInfo: () =>
      message({ extra: map(list(string)), groups: atomicList(string), uid: string, username: string }),
  },
)
