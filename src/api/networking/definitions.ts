import type { KindDefinition } from '../definition.js'

/** The kinds of networking.k8s.io. */
export const networkingDefinitions: readonly KindDefinition[] = []
