// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { ClusterObjectMetaInput } from '../kind/cluster-object-meta.js'

/** A {@link PriorityClass} as clients send it. */
export interface PriorityClassInput {
  readonly apiVersion?: string | undefined
  readonly description?: string | undefined
  readonly globalDefault?: boolean | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly preemptionPolicy?: 'Never' | 'PreemptLowerPriority' | undefined
  readonly value: number
}
