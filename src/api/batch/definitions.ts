import type { KindDefinition } from '../definition.js'

/** The kinds of batch. */
export const batchDefinitions: readonly KindDefinition[] = []
