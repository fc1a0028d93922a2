import type { KindDefinition } from '../kind/definition.js'
import { served } from '../kind/served-as.js'
import { customResourceDefinition } from './custom-resource-definition.js'
import { customResourceDefinitionBeta } from './v1beta1.js'

/** The kinds of apiextensions.k8s.io. */
export const apiextensionsDefinitions: readonly KindDefinition[] = [
  served(customResourceDefinition, { since: 16 }),
  served(customResourceDefinitionBeta, {
    until: 22,
    deprecated: { since: 16, use: 'apiextensions.k8s.io/v1 CustomResourceDefinition' },
  }),
]
