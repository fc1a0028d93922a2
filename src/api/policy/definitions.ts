import type { KindDefinition } from '../kind/definition.js'
import { erase, servedAs } from '../kind/served-as.js'
import { evictionDefinition } from './eviction.js'
import { podDisruptionBudgetDefinition } from './pod-disruption-budget.js'
import { podSecurityPolicyDefinition } from './pod-security-policy.js'

/** The kinds of policy. */
export const policyDefinitions: readonly KindDefinition[] = [
  erase(evictionDefinition),
  servedAs(evictionDefinition, 'policy', 'v1beta1'),
  erase(podDisruptionBudgetDefinition),
  {
    ...servedAs(podDisruptionBudgetDefinition, 'policy', 'v1beta1'),
    deprecated: { since: 21, removed: 25, use: 'policy/v1 PodDisruptionBudget' },
  },
  erase(podSecurityPolicyDefinition),
]
