// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import { metaSchema } from '../meta/generated.js'
import type { ObjectMeta } from '../meta/generated.js'
import { always, defineGroup, int32, message, microTime, named, pointer, ref, string } from '../schema/dsl.js'
import type { SchemaGroup } from '../schema/types.js'

export interface Lease {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec: LeaseSpec
}

export interface LeaseSpec {
  readonly acquireTime?: string
  readonly holderIdentity?: string
  readonly leaseDurationSeconds?: number
  readonly leaseTransitions?: number
  readonly preferredHolder?: string
  readonly renewTime?: string
  readonly strategy?: string
}

/** Field tables of io.k8s.api.coordination.v1. */
export const coordinationSchema: SchemaGroup = defineGroup('io.k8s.api.coordination.v1', 'v1', [metaSchema], {
  Lease: () =>
    message({
      apiVersion: pointer(string),
      kind: pointer(string),
      metadata: always(ref('ObjectMeta')),
      spec: always(ref('LeaseSpec')),
    }),
  LeaseSpec: () =>
    message({
      acquireTime: microTime,
      holderIdentity: pointer(string),
      leaseDurationSeconds: pointer(int32),
      leaseTransitions: pointer(int32),
      preferredHolder: pointer(string),
      renewTime: microTime,
      strategy: pointer(named('v1.CoordinatedLeaseStrategy')),
    }),
})
