import type { KindDefinition } from '../kind/definition.js'
import { erase, servedAs } from '../kind/served-as.js'
import { eventsEventDefinition } from './event.js'

/** The kinds of events.k8s.io. */
export const eventsDefinitions: readonly KindDefinition[] = [
  erase(eventsEventDefinition),
  servedAs(eventsEventDefinition, 'events.k8s.io', 'v1beta1'),
]
