import type { KindDefinition } from '../kind/definition.js'
import { erase } from '../kind/served-as.js'
import { endpointSliceDefinition } from './endpoint-slice.js'
import { endpointSliceBetaDefinition } from './v1beta1.js'

/** The kinds of discovery.k8s.io. */
export const discoveryDefinitions: readonly KindDefinition[] = [
  erase(endpointSliceDefinition),
  endpointSliceBetaDefinition,
]
