import type { KindDefinition } from '../definition.js'
import { erase } from '../served-as.js'
import { bindingDefinition } from './binding.js'
import { configMapDefinition } from './config-map.js'
import { eventDefinition } from './event.js'
import { namespaceDefinition } from './namespace.js'
import { nodeDefinition } from './node.js'
import { podDefinition } from './pod.js'
import { secretDefinition } from './secret.js'
import { serviceAccountDefinition } from './service-account.js'
import { serviceDefinition } from './service.js'

/** The kinds of the core group. */
export const coreDefinitions: readonly KindDefinition[] = [
  erase(bindingDefinition), erase(configMapDefinition), erase(eventDefinition), erase(namespaceDefinition), erase(nodeDefinition),
  erase(podDefinition), erase(secretDefinition), erase(serviceAccountDefinition), erase(serviceDefinition),
]
