import type { KindDefinition } from '../definition.js'

/** The kinds of storage.k8s.io. */
export const storageDefinitions: readonly KindDefinition[] = []
