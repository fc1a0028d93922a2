import type { KindDefinition } from '../definition.js'

/** The kinds of discovery.k8s.io. */
export const discoveryDefinitions: readonly KindDefinition[] = []
