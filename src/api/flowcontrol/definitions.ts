import type { KindDefinition } from '../definition.js'

/** The kinds of flowcontrol.apiserver.k8s.io. */
export const flowcontrolDefinitions: readonly KindDefinition[] = []
