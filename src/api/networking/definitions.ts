import type { KindDefinition } from '../kind/definition.js'
import { erase } from '../kind/served-as.js'
import { ingressClassDefinition } from './ingress-class.js'
import { ingressDefinition } from './ingress.js'
import { ipAddressDefinition } from './ip-address.js'
import { networkPolicyDefinition } from './network-policy.js'
import { serviceCidrDefinition } from './service-cidr.js'
import { networkingBetaDefinitions } from './v1beta1.js'

/** The kinds of networking.k8s.io. */
export const networkingDefinitions: readonly KindDefinition[] = [
  erase(ingressClassDefinition),
  erase(ingressDefinition),
  erase(ipAddressDefinition),
  erase(networkPolicyDefinition),
  erase(serviceCidrDefinition),
  ...networkingBetaDefinitions,
]
