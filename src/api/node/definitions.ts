import type { KindDefinition } from '../definition.js'

/** The kinds of node.k8s.io. */
export const nodeDefinitions: readonly KindDefinition[] = []
