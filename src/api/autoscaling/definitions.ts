import type { KindDefinition } from '../definition.js'
import { erase } from '../served-as.js'
import { scaleDefinition } from './scale.js'

/** The kinds of autoscaling. */
export const autoscalingDefinitions: readonly KindDefinition[] = [erase(scaleDefinition)]
