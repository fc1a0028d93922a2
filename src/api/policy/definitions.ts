import type { KindDefinition } from '../definition.js'
import { erase, servedAs } from '../served-as.js'
import { evictionDefinition } from './eviction.js'
import { podDisruptionBudgetDefinition } from './pod-disruption-budget.js'

/** The kinds of policy. */
export const policyDefinitions: readonly KindDefinition[] = [
  erase(evictionDefinition), servedAs(evictionDefinition, 'policy', 'v1beta1'),
  erase(podDisruptionBudgetDefinition), servedAs(podDisruptionBudgetDefinition, 'policy', 'v1beta1'),
]
