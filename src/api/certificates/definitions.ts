import type { KindDefinition } from '../definition.js'

/** The kinds of certificates.k8s.io. */
export const certificatesDefinitions: readonly KindDefinition[] = []
