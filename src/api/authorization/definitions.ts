import type { KindDefinition } from '../definition.js'

/** The kinds of authorization.k8s.io. */
export const authorizationDefinitions: readonly KindDefinition[] = []
