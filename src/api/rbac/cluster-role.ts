import { defineKind, plainColumns } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { FieldError } from '../field-error.js'
import { invalid, required } from '../field-error.js'
import { pathSegmentName } from '../validation/names.js'
import { validateLabelSelector } from '../meta/label-validation.js'
import { rbacGroup } from './defaults.js'
import type { ClusterRole } from './generated.js'
import { validateRules } from './validation.js'

/** rbac.authorization.k8s.io/v1 ClusterRole. */
export const clusterRoleDefinition: KindDefinition<ClusterRole> = defineKind<ClusterRole>({
  group: rbacGroup,
  version: 'v1',
  kind: 'ClusterRole',
  resource: 'clusterroles',
  namespaced: false,
  storagePrefix: '/registry/clusterroles',
  validateName: pathSegmentName,
  validate: ({ rules, aggregationRule }) => [
    ...validateRules(rules, false),
    ...validateAggregation(aggregationRule),
  ],
  strategy: { metaOnUpdate: [2, 1], allowCreateOnUpdate: true },
  columns: plainColumns(),
})

function validateAggregation(rule: ClusterRole['aggregationRule']): readonly FieldError[] {
  if (rule === undefined) return []
  const path = 'aggregationRule.clusterRoleSelectors'
  const selectors = rule.clusterRoleSelectors ?? []
  if (selectors.length === 0)
    return [required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil')]
  return selectors.flatMap((selector, at) => {
    const faults = validateLabelSelector(selector, `${path}[${at}]`)
    // upstream shows the selector that it could not make, which is nil
    return faults.length === 0 ? [] : [...faults, invalid(`${path}[${at}]`, null, 'invalid label selector.')]
  })
}
