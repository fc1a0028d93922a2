import type { KindDefinition } from '../definition.js'
import { erase } from '../served-as.js'
import { ipAddressDefinition } from './ip-address.js'
import { serviceCidrDefinition } from './service-cidr.js'

/** The kinds of networking.k8s.io. */
export const networkingDefinitions: readonly KindDefinition[] = [erase(ipAddressDefinition), erase(serviceCidrDefinition)]
