// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { ClusterObjectMetaInput } from '../kind/cluster-object-meta.js'
import type { TolerationInput } from '../core/inputs.js'

/** A {@link Overhead} as clients send it. */
export interface OverheadInput {
  readonly podFixed?: Readonly<Record<string, string>> | undefined
}

/** A {@link RuntimeClass} as clients send it. */
export interface RuntimeClassInput {
  readonly apiVersion?: string | undefined
  readonly handler: string
  readonly kind?: string | undefined
  readonly metadata: ClusterObjectMetaInput
  readonly overhead?: OverheadInput | undefined
  readonly scheduling?: SchedulingInput | undefined
}

/** A {@link Scheduling} as clients send it. */
export interface SchedulingInput {
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined
  readonly tolerations?: ReadonlyArray<TolerationInput> | undefined
}
