import type { KindDefinition } from '../kind/definition.js'
import { erase } from '../kind/served-as.js'
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
  erase(bindingDefinition),
  erase(componentStatusDefinition),
  erase(configMapDefinition),
  erase(endpointsDefinition),
  erase(eventDefinition),
  erase(limitRangeDefinition),
  erase(namespaceDefinition),
  erase(nodeDefinition),
  erase(persistentVolumeClaimDefinition),
  erase(persistentVolumeDefinition),
  erase(podDefinition),
  erase(podTemplateDefinition),
  erase(replicationControllerDefinition),
  erase(resourceQuotaDefinition),
  erase(secretDefinition),
  erase(serviceAccountDefinition),
  erase(serviceDefinition),
]
