import type { KindDefinition } from '../definition.js'

/** The kinds of authentication.k8s.io. */
export const authenticationDefinitions: readonly KindDefinition[] = []
