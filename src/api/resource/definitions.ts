import type { KindDefinition } from '../definition.js'

/** The kinds of resource.k8s.io. */
export const resourceDefinitions: readonly KindDefinition[] = []
