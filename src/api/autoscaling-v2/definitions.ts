import type { KindDefinition } from '../kind/definition.js'
import { erase } from '../kind/served-as.js'
import { horizontalPodAutoscalerDefinition } from './horizontal-pod-autoscaler.js'

/** The kinds of autoscaling/v2. */
export const autoscalingV2Definitions: readonly KindDefinition[] = [erase(horizontalPodAutoscalerDefinition)]
