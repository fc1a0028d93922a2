import type { KindDefinition } from '../kind/definition.js'
import { erase } from '../kind/served-as.js'
import { customResourceDefinition } from './custom-resource-definition.js'
import { customResourceDefinitionBeta } from './v1beta1.js'

/** The kinds of apiextensions.k8s.io. */
export const apiextensionsDefinitions: readonly KindDefinition[] = [
  erase(customResourceDefinition),
  customResourceDefinitionBeta,
]
