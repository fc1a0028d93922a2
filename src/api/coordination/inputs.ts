// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { ObjectMetaInput } from '../meta/inputs.js'

/** A {@link Lease} as clients send it. */
export interface LeaseInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec?: LeaseSpecInput | undefined
}

/** A {@link LeaseSpec} as clients send it. */
export interface LeaseSpecInput {
  readonly acquireTime?: string | undefined
  readonly holderIdentity?: string | undefined
  readonly leaseDurationSeconds?: number | undefined
  readonly leaseTransitions?: number | undefined
  readonly preferredHolder?: string | undefined
  readonly renewTime?: string | undefined
  readonly strategy?: string | undefined
}
