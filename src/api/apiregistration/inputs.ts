// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { ClusterObjectMetaInput } from '../kind/cluster-object-meta.js'

/** A {@link APIService} as clients send it. */
export interface APIServiceInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly spec: APIServiceSpecInput
  readonly status?: APIServiceStatusInput | undefined
}

/** A {@link APIServiceCondition} as clients send it. */
export interface APIServiceConditionInput {
  readonly lastTransitionTime?: string | null | undefined
  readonly message?: string | undefined
  readonly reason?: string | undefined
  readonly status: string
  readonly type: string
}

/** A {@link APIServiceSpec} as clients send it. */
export interface APIServiceSpecInput {
  readonly caBundle?: string | undefined
  readonly group?: string | undefined
  readonly groupPriorityMinimum: number
  readonly insecureSkipTLSVerify?: boolean | undefined
  readonly service?: ServiceReferenceInput | undefined
  readonly version?: string | undefined
  readonly versionPriority: number
}

/** A {@link APIServiceStatus} as clients send it. */
export interface APIServiceStatusInput {
  readonly conditions?: ReadonlyArray<APIServiceConditionInput> | undefined
}

/** A {@link ServiceReference} as clients send it. */
export interface ServiceReferenceInput {
  readonly name?: string | undefined
  readonly namespace?: string | undefined
  readonly port?: number | undefined
}
