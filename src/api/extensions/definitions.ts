import type { KindDefinition } from '../kind/definition.js'
import { networkPolicyDefinition } from '../networking/network-policy.js'
import { extensionsIngressDefinition } from '../networking/v1beta1.js'
import { podSecurityPolicyDefinition } from '../policy/pod-security-policy.js'
import { served, servedAs } from '../kind/served-as.js'

/**
 * The kinds of extensions/v1beta1 that have left for networking.k8s.io and policy; those of apps are there.
 */
export const extensionsDefinitions: readonly KindDefinition[] = [
  served(extensionsIngressDefinition, {
    until: 22,
    deprecated: { since: 14, use: 'networking.k8s.io/v1 Ingress' },
  }),
  served(servedAs(networkPolicyDefinition, 'extensions', 'v1beta1'), { until: 16 }),
  served(servedAs(podSecurityPolicyDefinition, 'extensions', 'v1beta1'), { until: 16 }),
]
