import type { KindDefinition } from '../kind/definition.js'
import { served, servedAs } from '../kind/served-as.js'
import { runtimeClassDefinition } from './runtime-class.js'

/** The kinds of node.k8s.io. */
export const nodeDefinitions: readonly KindDefinition[] = [
  served(runtimeClassDefinition, { since: 20 }),
  served(servedAs(runtimeClassDefinition, 'node.k8s.io', 'v1beta1'), {
    since: 14,
    until: 25,
    deprecated: { since: 22, use: 'node.k8s.io/v1 RuntimeClass' },
  }),
]
