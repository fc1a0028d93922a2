import type { KindDefinition } from '../kind/definition.js'
import { erase } from '../kind/served-as.js'
import { oldAutoscalerDefinitions } from './horizontal-pod-autoscaler.js'
import { scaleDefinition } from './scale.js'

/** The kinds of autoscaling, except for v2 and v2beta2. */
export const autoscalingDefinitions: readonly KindDefinition[] = [
  ...oldAutoscalerDefinitions,
  erase(scaleDefinition),
]
