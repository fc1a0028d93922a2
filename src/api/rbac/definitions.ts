import type { KindDefinition } from '../definition.js'

/** The kinds of rbac.authorization.k8s.io. */
export const rbacDefinitions: readonly KindDefinition[] = []
