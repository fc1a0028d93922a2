import type { KindDefinition } from '../kind/definition.js'
import { erase, servedAs } from '../kind/served-as.js'
import { apiServiceDefinition } from './api-service.js'

/** The kinds of apiregistration.k8s.io. */
export const apiregistrationDefinitions: readonly KindDefinition[] = [
  erase(apiServiceDefinition),
  servedAs(apiServiceDefinition, 'apiregistration.k8s.io', 'v1beta1'),
]
