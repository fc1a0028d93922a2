import type { KindDefinition } from '../definition.js'
import { erase } from '../served-as.js'
import { horizontalPodAutoscalerDefinition } from './horizontal-pod-autoscaler.js'

/** The kinds of autoscaling/v2. */
export const autoscalingV2Definitions: readonly KindDefinition[] = [erase(horizontalPodAutoscalerDefinition)]
