// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { ClusterObjectMetaInput } from '../kind/cluster-object-meta.js'

/** A {@link CertificateSigningRequest} as clients send it. */
export interface CertificateSigningRequestInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly spec: CertificateSigningRequestSpecInput
  readonly status?: CertificateSigningRequestStatusInput | undefined
}

/** A {@link CertificateSigningRequestCondition} as clients send it. */
export interface CertificateSigningRequestConditionInput {
  readonly lastTransitionTime?: string | null | undefined
  readonly lastUpdateTime?: string | null | undefined
  readonly message?: string | undefined
  readonly reason?: string | undefined
  readonly status: string
  readonly type: string
}

/** A {@link CertificateSigningRequestSpec} as clients send it. */
export interface CertificateSigningRequestSpecInput {
  readonly expirationSeconds?: number | undefined
  readonly extra?: Readonly<Record<string, ReadonlyArray<string>>> | undefined
  readonly groups?: ReadonlyArray<string> | undefined
  readonly request: string
  readonly signerName: string
  readonly uid?: string | undefined
  readonly usages?:
    | ReadonlyArray<
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
    | undefined
  readonly username?: string | undefined
}

/** A {@link CertificateSigningRequestStatus} as clients send it. */
export interface CertificateSigningRequestStatusInput {
  readonly certificate?: string | undefined
  readonly conditions?: ReadonlyArray<CertificateSigningRequestConditionInput> | undefined
}
