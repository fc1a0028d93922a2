import { defineKind, plainColumns } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { pathSegmentName } from '../validation/names.js'
import { rbacGroup } from './defaults.js'
import type { Role } from './generated.js'
import { validateRules } from './validation.js'

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
