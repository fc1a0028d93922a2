import type { KindDefinition } from '../kind/definition.js'
import { served } from '../kind/served-as.js'
import { horizontalPodAutoscalerDefinition } from './horizontal-pod-autoscaler.js'

/** The kinds of autoscaling/v2. */
export const autoscalingV2Definitions: readonly KindDefinition[] = [
  served(horizontalPodAutoscalerDefinition, { since: 23 }),
]
