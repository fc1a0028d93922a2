import type { KindDefinition } from '../kind/definition.js'
import { erase, servedAs } from '../kind/served-as.js'
import { runtimeClassDefinition } from './runtime-class.js'

/** The kinds of node.k8s.io. */
export const nodeDefinitions: readonly KindDefinition[] = [
  erase(runtimeClassDefinition),
  {
    ...servedAs(runtimeClassDefinition, 'node.k8s.io', 'v1beta1'),
    deprecated: { since: 22, removed: 25, use: 'node.k8s.io/v1 RuntimeClass' },
  },
]
