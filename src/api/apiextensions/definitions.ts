import type { KindDefinition } from '../definition.js'

/** The kinds of apiextensions.k8s.io. */
export const apiextensionsDefinitions: readonly KindDefinition[] = []
