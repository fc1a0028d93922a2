import type { KindDefinition } from '../kind/definition.js'
import { served, servedAs } from '../kind/served-as.js'
import { eventsEventDefinition } from './event.js'

/** The kinds of events.k8s.io. */
export const eventsDefinitions: readonly KindDefinition[] = [
  served(eventsEventDefinition, { since: 19 }),
  served(servedAs(eventsEventDefinition, 'events.k8s.io', 'v1beta1'), { until: 25 }),
]
