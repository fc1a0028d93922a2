// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { metaSchema } from '../meta/generated.js'
import type { ClusterObjectMeta } from '../kind/cluster-object-meta.js'
import {
  always,
  atomicList,
  bytes,
  defineGroup,
  int32,
  list,
  map,
  mapList,
  message,
  named,
  pointer,
  ref,
  required,
  string,
  time,
} from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface CertificateSigningRequest {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ClusterObjectMeta
  readonly spec: CertificateSigningRequestSpec
  readonly status: CertificateSigningRequestStatus
}

export interface CertificateSigningRequestCondition {
  readonly lastTransitionTime?: string | null
  readonly lastUpdateTime?: string | null
  readonly message?: string
  readonly reason?: string
  readonly status: string
  readonly type: string
}

export interface CertificateSigningRequestSpec {
  readonly expirationSeconds?: number
  readonly extra?: Readonly<Record<string, ReadonlyArray<string>>>
  readonly groups?: ReadonlyArray<string>
  readonly request: string
  readonly signerName: string
  readonly uid?: string
  readonly usages?: ReadonlyArray<
    | 'any'
    | 'cert sign'
    | 'client auth'
    | 'code signing'
    | 'content commitment'
    | 'crl sign'
    | 'data encipherment'
    | 'decipher only'
    | 'digital signature'
    | 'email protection'
    | 'encipher only'
    | 'ipsec end system'
    | 'ipsec tunnel'
    | 'ipsec user'
    | 'key agreement'
    | 'key encipherment'
    | 'microsoft sgc'
    | 'netscape sgc'
    | 'ocsp signing'
    | 's/mime'
    | 'server auth'
    | 'signing'
    | 'timestamping'
  >
  readonly username?: string
}

export interface CertificateSigningRequestStatus {
  readonly certificate?: string
  readonly conditions?: ReadonlyArray<CertificateSigningRequestCondition>
}

/** Field tables of io.k8s.api.certificates.v1. */
export const certificatesSchema: SchemaGroup = defineGroup('io.k8s.api.certificates.v1', 'v1', [metaSchema], {
  CertificateSigningRequest: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: required(always(ref('CertificateSigningRequestSpec'))),
      status: always(ref('CertificateSigningRequestStatus')),
    }),
  CertificateSigningRequestCondition: () =>
    message({
      lastTransitionTime: always(time),
      lastUpdateTime: always(time),
      message: string,
      reason: string,
      status: required(always(named('v1.ConditionStatus'))),
      type: required(always(named('v1.RequestConditionType'))),
    }),
  CertificateSigningRequestSpec: () =>
    message({
      expirationSeconds: pointer(int32),
      extra: map(list(string)),
      groups: atomicList(string),
      request: required(always(bytes)),
      signerName: required(always(string)),
      uid: string,
      usages: atomicList(
        named('v1.KeyUsage', [
          'any',
          'cert sign',
          'client auth',
          'code signing',
          'content commitment',
          'crl sign',
          'data encipherment',
          'decipher only',
          'digital signature',
          'email protection',
          'encipher only',
          'ipsec end system',
          'ipsec tunnel',
          'ipsec user',
          'key agreement',
          'key encipherment',
          'microsoft sgc',
          'netscape sgc',
          'ocsp signing',
          's/mime',
          'server auth',
          'signing',
          'timestamping',
        ]),
      ),
      username: string,
    }),
  CertificateSigningRequestStatus: () =>
    message({ certificate: bytes, conditions: mapList(ref('CertificateSigningRequestCondition'), 'type') }),
})
