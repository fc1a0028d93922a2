import type { KindDefinition } from '../definition.js'
import { erase } from '../served-as.js'
import { customResourceDefinition } from './custom-resource-definition.js'

/** The kinds of apiextensions.k8s.io. */
export const apiextensionsDefinitions: readonly KindDefinition[] = [erase(customResourceDefinition)]
