import { column, defineKind, nameColumn } from '../define.js'
import type { KindDefinition, KubeObject, PrinterColumn } from '../definition.js'
import { pathSegmentName } from '../names.js'
import { rbacGroup } from './defaults.js'
import type { Role } from './generated.js'
import { validateRules } from './validation.js'

/** Columns of a kind without a printer on the server. */
export function plainColumns<T extends KubeObject>(): readonly PrinterColumn<T>[] {
  return [
    nameColumn<T>(),
    column<T>('Created At', ({ metadata }) => metadata.creationTimestamp ?? null, 'date'),
  ]
}

/** rbac.authorization.k8s.io/v1 Role. */
export const roleDefinition: KindDefinition<Role> = defineKind<Role>({
  group: rbacGroup,
  version: 'v1',
  kind: 'Role',
  resource: 'roles',
  namespaced: true,
  storagePrefix: '/registry/roles',
  validateName: pathSegmentName,
  validate: ({ rules }) => validateRules(rules, true),
  strategy: { metaOnUpdate: [2, 1], allowCreateOnUpdate: true },
  columns: plainColumns(),
})
