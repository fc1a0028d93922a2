import type { KindDefinition } from '../kind/definition.js'
import { served, servedAs } from '../kind/served-as.js'
import { priorityClassDefinition } from './priority-class.js'

/** The kinds of scheduling.k8s.io. */
export const schedulingDefinitions: readonly KindDefinition[] = [
  served(priorityClassDefinition, { since: 14 }),
  served(servedAs(priorityClassDefinition, 'scheduling.k8s.io', 'v1beta1'), { until: 22 }),
]
