import type { KindDefinition } from '../definition.js'

/** The kinds of autoscaling/v2. */
export const autoscalingV2Definitions: readonly KindDefinition[] = []
