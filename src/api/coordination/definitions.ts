import type { KindDefinition } from '../kind/definition.js'
import { erase, servedAs } from '../kind/served-as.js'
import { leaseDefinition } from './lease.js'

/** The kinds of coordination.k8s.io. */
export const coordinationDefinitions: readonly KindDefinition[] = [
  erase(leaseDefinition),
  servedAs(leaseDefinition, 'coordination.k8s.io', 'v1beta1'),
]
