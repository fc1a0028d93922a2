import type { KindDefinition } from '../definition.js'

/** The kinds of admissionregistration.k8s.io. */
export const admissionregistrationDefinitions: readonly KindDefinition[] = []
