import type { KindDefinition } from '../definition.js'

/** The kinds of apiregistration.k8s.io. */
export const apiregistrationDefinitions: readonly KindDefinition[] = []
