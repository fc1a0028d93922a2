import type { KindDefinition } from '../kind/definition.js'
import { served } from '../kind/served-as.js'
import { bindingDefinition } from './binding.js'
import { componentStatusDefinition } from './component-status.js'
import { configMapDefinition } from './config-map.js'
import { endpointsDefinition } from './endpoints.js'
import { eventDefinition } from './event.js'
import { limitRangeDefinition } from './limit-range.js'
import { namespaceDefinition } from './namespace.js'
import { nodeDefinition } from './node.js'
import { persistentVolumeClaimDefinition } from './persistent-volume-claim.js'
import { persistentVolumeDefinition } from './persistent-volume.js'
import { podTemplateDefinition } from './pod-template.js'
import { podDefinition } from './pod.js'
import { replicationControllerDefinition } from './replication-controller.js'
import { resourceQuotaDefinition } from './resource-quota.js'
import { secretDefinition } from './secret.js'
import { serviceAccountDefinition } from './service-account.js'
import { serviceDefinition } from './service.js'

/** The kinds of the core group. */
export const coreDefinitions: readonly KindDefinition[] = [
  served(bindingDefinition),
  served(componentStatusDefinition),
  served(configMapDefinition),
  served(endpointsDefinition),
  served(eventDefinition),
  served(limitRangeDefinition),
  served(namespaceDefinition),
  served(nodeDefinition),
  served(persistentVolumeClaimDefinition),
  served(persistentVolumeDefinition),
  served(podDefinition),
  served(podTemplateDefinition),
  served(replicationControllerDefinition),
  served(resourceQuotaDefinition),
  served(secretDefinition),
  served(serviceAccountDefinition),
  served(serviceDefinition),
]
