// Written by scripts/generate-api.ts from the OpenAPI v3 documents of a kube-apiserver. Do not edit by hand.
import type { IntOrString } from '../../lang/json/json.js'
import type {
  ConditionInput,
  DeleteOptionsInput,
  LabelSelectorInput,
  ObjectMetaInput,
} from '../meta/inputs.js'

/** A {@link Eviction} as clients send it. */
export interface EvictionInput {
  readonly apiVersion?: string | undefined
  readonly deleteOptions?: DeleteOptionsInput | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
}

/** A {@link PodDisruptionBudget} as clients send it. */
export interface PodDisruptionBudgetInput {
  readonly apiVersion?: string | undefined
  readonly kind?: string | undefined
  readonly metadata: ObjectMetaInput
  readonly spec?: PodDisruptionBudgetSpecInput | undefined
  readonly status?: PodDisruptionBudgetStatusInput | undefined
}

/** A {@link PodDisruptionBudgetSpec} as clients send it. */
export interface PodDisruptionBudgetSpecInput {
  readonly maxUnavailable?: IntOrString | undefined
  readonly minAvailable?: IntOrString | undefined
  readonly selector?: LabelSelectorInput | undefined
  readonly unhealthyPodEvictionPolicy?: 'AlwaysAllow' | 'IfHealthyBudget' | undefined
}

/** A {@link PodDisruptionBudgetStatus} as clients send it. */
export interface PodDisruptionBudgetStatusInput {
  readonly conditions?: ReadonlyArray<ConditionInput> | undefined
  readonly currentHealthy: number
  readonly desiredHealthy: number
  readonly disruptedPods?: Readonly<Record<string, string>> | undefined
  readonly disruptionsAllowed: number
  readonly expectedPods: number
  readonly observedGeneration?: number | undefined
}
