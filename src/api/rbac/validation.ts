/** Validation of the RBAC kinds. Source: pkg/apis/rbac/validation/validation.go. */
import type { FieldError } from '../field-error.js'
import { invalid, notSupported, required } from '../field-error.js'
import { dnsSubdomainFaults, pathSegmentFaults } from '../validation/names.js'
import { rbacGroup } from './defaults.js'
import type { ClusterRoleBinding, PolicyRule, RoleBinding, RoleRef, Subject } from './generated.js'

const isEmpty = (list: readonly unknown[] | undefined): boolean => (list?.length ?? 0) === 0

/** Returns the faults of the rules of a Role (`namespaced`) or ClusterRole. */
export function validateRules(
  rules: readonly PolicyRule[] | null | undefined,
  namespaced: boolean,
): readonly FieldError[] {
  return (rules ?? []).flatMap((rule, at) => validateRule(rule, namespaced, `rules[${at}]`))
}

function validateRule(rule: PolicyRule, namespaced: boolean, path: string): readonly FieldError[] {
  const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } = rule
  const errors: FieldError[] = []
  if (isEmpty(verbs)) errors.push(required(`${path}.verbs`, 'verbs must contain at least one value'))
  if (!isEmpty(nonResourceURLs)) {
    const fault = (why: string): FieldError => invalid(`${path}.nonResourceURLs`, nonResourceURLs, why)
    if (namespaced) errors.push(fault('namespaced rules cannot apply to non-resource URLs'))
    if (!isEmpty(apiGroups) || !isEmpty(resources) || !isEmpty(resourceNames)) {
      errors.push(fault('rules cannot apply to both regular resources and non-resource URLs'))
    }
    return errors
  }
  if (isEmpty(apiGroups))
    errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'))
  if (isEmpty(resources))
    errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'))
  return errors
}

/** Returns the faults of a binding, which may refer to `roleKinds`. */
export function validateBinding(
  { roleRef, subjects }: RoleBinding | ClusterRoleBinding,
  namespaced: boolean,
  roleKinds: readonly string[],
): readonly FieldError[] {
  return [
    ...validateRoleRef(roleRef, roleKinds),
    ...(subjects ?? []).flatMap((subject, at) => validateSubject(subject, namespaced, `subjects[${at}]`)),
  ]
}

function validateRoleRef(
  { apiGroup, kind, name }: RoleRef,
  roleKinds: readonly string[],
): readonly FieldError[] {
  const errors: FieldError[] = []
  if (apiGroup !== rbacGroup) errors.push(notSupported('roleRef.apiGroup', apiGroup, [rbacGroup]))
  if (!roleKinds.includes(kind)) errors.push(notSupported('roleRef.kind', kind, roleKinds))
  if (name === '') errors.push(required('roleRef.name'))
  else errors.push(...pathSegmentFaults(name).map((fault) => invalid('roleRef.name', name, fault)))
  return errors
}

function validateSubject(
  { kind, name, namespace, apiGroup = '' }: Subject,
  namespaced: boolean,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = name === '' ? [required(`${path}.name`)] : []
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '')
        errors.push(...dnsSubdomainFaults(name).map((fault) => invalid(`${path}.name`, name, fault)))
      if (apiGroup !== '') errors.push(notSupported(`${path}.apiGroup`, apiGroup, ['']))
      if (!namespaced && (namespace ?? '') === '') errors.push(required(`${path}.namespace`))
      return errors
    case 'User':
    case 'Group':
      if (apiGroup !== rbacGroup) errors.push(notSupported(`${path}.apiGroup`, apiGroup, [rbacGroup]))
      return errors
    default:
      return [...errors, notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group'])]
  }
}

/** Returns the faults of an update of a binding: its roleRef must not change. */
export function validateRoleRefUpdate(next: RoleRef, old: RoleRef): readonly FieldError[] {
  if (next.apiGroup === old.apiGroup && next.kind === old.kind && next.name === old.name) return []
  return [
    invalid(
      'roleRef',
      { APIGroup: next.apiGroup, Kind: next.kind, Name: next.name },
      'cannot change roleRef',
    ),
  ]
}
