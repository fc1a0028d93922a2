import type { KindDefinition } from '../kind/definition.js'
import { served } from '../kind/served-as.js'
import { endpointSliceDefinition } from './endpoint-slice.js'
import { endpointSliceBetaDefinition } from './v1beta1.js'

/** The kinds of discovery.k8s.io. */
export const discoveryDefinitions: readonly KindDefinition[] = [
  served(endpointSliceDefinition, { since: 21 }),
  served(endpointSliceBetaDefinition, {
    since: 17,
    until: 25,
    deprecated: { since: 21, use: 'discovery.k8s.io/v1 EndpointSlice' },
  }),
]
