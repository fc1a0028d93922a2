import type { KindDefinition } from '../kind/definition.js'
import { served, servedAs } from '../kind/served-as.js'
import { leaseDefinition } from './lease.js'

/** The kinds of coordination.k8s.io. */
export const coordinationDefinitions: readonly KindDefinition[] = [
  served(leaseDefinition, { since: 14 }),
  served(servedAs(leaseDefinition, 'coordination.k8s.io', 'v1beta1'), { until: 22 }),
]
