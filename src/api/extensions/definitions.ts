import type { KindDefinition } from '../kind/definition.js'
import { networkPolicyDefinition } from '../networking/network-policy.js'
import { extensionsIngressDefinition } from '../networking/v1beta1.js'
import { podSecurityPolicyDefinition } from '../policy/pod-security-policy.js'
import { servedAs } from '../kind/served-as.js'

/**
 * The kinds of extensions/v1beta1 that have left for networking.k8s.io and policy; those of apps are there.
 */
export const extensionsDefinitions: readonly KindDefinition[] = [
  extensionsIngressDefinition,
  servedAs(networkPolicyDefinition, 'extensions', 'v1beta1'),
  servedAs(podSecurityPolicyDefinition, 'extensions', 'v1beta1'),
]
