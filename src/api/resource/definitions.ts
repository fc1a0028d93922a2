import type { KindDefinition } from '../kind/definition.js'
import { served } from '../kind/served-as.js'
import { deviceClassDefinition } from './device-class.js'
import { resourceClaimTemplateDefinition } from './resource-claim-template.js'
import { resourceClaimDefinition } from './resource-claim.js'
import { resourceSliceDefinition } from './resource-slice.js'

/** The kinds of resource.k8s.io. */
export const resourceDefinitions: readonly KindDefinition[] = [
  served(deviceClassDefinition, { since: 34 }),
  served(resourceClaimDefinition, { since: 34 }),
  served(resourceClaimTemplateDefinition, { since: 34 }),
  served(resourceSliceDefinition, { since: 34 }),
]
