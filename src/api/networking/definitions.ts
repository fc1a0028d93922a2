import type { KindDefinition } from '../kind/definition.js'
import { served, servedAs } from '../kind/served-as.js'
import { ingressClassDefinition } from './ingress-class.js'
import { ingressDefinition } from './ingress.js'
import { ipAddressDefinition } from './ip-address.js'
import { networkPolicyDefinition } from './network-policy.js'
import { serviceCidrDefinition } from './service-cidr.js'
import { networkingIngressBeta } from './v1beta1.js'

/** The kinds of networking.k8s.io. */
export const networkingDefinitions: readonly KindDefinition[] = [
  served(ingressClassDefinition, { since: 19 }),
  served(ingressDefinition, { since: 19 }),
  served(ipAddressDefinition, { since: 33 }),
  served(networkPolicyDefinition),
  served(serviceCidrDefinition, { since: 33 }),
  served(networkingIngressBeta, {
    since: 14,
    until: 22,
    deprecated: { since: 19, use: 'networking.k8s.io/v1 Ingress' },
  }),
  served(servedAs(ingressClassDefinition, 'networking.k8s.io', 'v1beta1'), {
    since: 18,
    until: 22,
    deprecated: { since: 19, use: 'networking.k8s.io/v1 IngressClass' },
  }),
]
