import { defineKind } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { pathSegmentName } from '../validation/names.js'
import { bindingColumns } from './binding-columns.js'
import { rbacGroup, setBindingDefaults } from './defaults.js'
import type { RoleBinding } from './generated.js'
import { validateBinding, validateRoleRefUpdate } from './validation.js'

const ROLE_KINDS = ['Role', 'ClusterRole']

/** rbac.authorization.k8s.io/v1 RoleBinding. */
export const roleBindingDefinition: KindDefinition<RoleBinding> = defineKind<RoleBinding>({
  group: rbacGroup,
  version: 'v1',
  kind: 'RoleBinding',
  resource: 'rolebindings',
  namespaced: true,
  storagePrefix: '/registry/rolebindings',
  setDefaults: setBindingDefaults,
  validateName: pathSegmentName,
  validate: (binding) => validateBinding(binding, true, ROLE_KINDS),
  validateUpdate: (next, old) => [
    ...validateBinding(next, true, ROLE_KINDS),
    ...validateRoleRefUpdate(next.roleRef, old.roleRef),
  ],
  strategy: { metaOnUpdate: [2, 1], allowCreateOnUpdate: true },
  columns: bindingColumns(),
})
