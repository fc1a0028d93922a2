import type { KindDefinition } from '../kind/definition.js'
import { erase, servedAs } from '../kind/served-as.js'
import { priorityClassDefinition } from './priority-class.js'

/** The kinds of scheduling.k8s.io. */
export const schedulingDefinitions: readonly KindDefinition[] = [
  erase(priorityClassDefinition),
  servedAs(priorityClassDefinition, 'scheduling.k8s.io', 'v1beta1'),
]
