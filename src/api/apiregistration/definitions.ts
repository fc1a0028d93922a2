import type { KindDefinition } from '../kind/definition.js'
import { served, servedAs } from '../kind/served-as.js'
import { apiServiceDefinition } from './api-service.js'

/** The kinds of apiregistration.k8s.io. */
export const apiregistrationDefinitions: readonly KindDefinition[] = [
  served(apiServiceDefinition),
  served(servedAs(apiServiceDefinition, 'apiregistration.k8s.io', 'v1beta1'), { until: 22 }),
]
