import type { KindDefinition } from '../kind/definition.js'
import { served, servedAs } from '../kind/served-as.js'
import { evictionDefinition } from './eviction.js'
import { podDisruptionBudgetDefinition } from './pod-disruption-budget.js'
import { podSecurityPolicyDefinition } from './pod-security-policy.js'

/** The kinds of policy. */
export const policyDefinitions: readonly KindDefinition[] = [
  served(evictionDefinition, { since: 21 }),
  served(servedAs(evictionDefinition, 'policy', 'v1beta1'), { until: 25 }),
  served(podDisruptionBudgetDefinition, { since: 21 }),
  served(servedAs(podDisruptionBudgetDefinition, 'policy', 'v1beta1'), {
    until: 25,
    deprecated: { since: 21, use: 'policy/v1 PodDisruptionBudget' },
  }),
  served(podSecurityPolicyDefinition, { until: 25, deprecated: { since: 21 } }),
]
