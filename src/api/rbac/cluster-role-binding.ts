import { defineKind } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import { pathSegmentName } from '../validation/names.js'
import { bindingColumns } from './binding-columns.js'
import { rbacGroup, setBindingDefaults } from './defaults.js'
import type { ClusterRoleBinding } from './generated.js'
import { validateBinding, validateRoleRefUpdate } from './validation.js'

const ROLE_KINDS = ['ClusterRole']

/** rbac.authorization.k8s.io/v1 ClusterRoleBinding. */
export const clusterRoleBindingDefinition: KindDefinition<ClusterRoleBinding> =
  defineKind<ClusterRoleBinding>({
    group: rbacGroup,
    version: 'v1',
    kind: 'ClusterRoleBinding',
    resource: 'clusterrolebindings',
    namespaced: false,
    storagePrefix: '/registry/clusterrolebindings',
    setDefaults: setBindingDefaults,
    validateName: pathSegmentName,
    validate: (binding) => validateBinding(binding, false, ROLE_KINDS),
    validateUpdate: (next, old) => [
      ...validateBinding(next, false, ROLE_KINDS),
      ...validateRoleRefUpdate(next.roleRef, old.roleRef),
    ],
    strategy: { metaOnUpdate: [2, 1], allowCreateOnUpdate: true },
    columns: bindingColumns(),
  })
