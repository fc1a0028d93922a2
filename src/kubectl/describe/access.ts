import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../api/rbac/generated.js'
import { compactRules, resourceText } from '../policy-rules.js'
import { writeAnnotations, writeLabels } from './metadata.js'
import type { DescriptionWriter } from './writer.js'

function writeMetadata(
  out: DescriptionWriter,
  { metadata }: Role | ClusterRole | RoleBinding | ClusterRoleBinding,
): void {
  out.line(0, `Name:\t${metadata.name ?? ''}`)
  writeLabels(out, 'Labels', metadata.labels)
  writeAnnotations(out, metadata.annotations)
}

/** `kubectl describe role`, `clusterrole`. Source: kubectl pkg/describe RoleDescriber. */
export function describeRole(out: DescriptionWriter, role: Role | ClusterRole): void {
  writeMetadata(out, role)
  out.line(0, 'PolicyRule:')
  out.line(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs')
  out.line(1, '---------\t-----------------\t--------------\t-----')
  for (const rule of compactRules(role.rules ?? [])) {
    const list = (values: readonly string[] | undefined): string => `[${(values ?? []).join(' ')}]`
    out.line(
      1,
      [resourceText(rule), list(rule.nonResourceURLs), list(rule.resourceNames), list(rule.verbs)].join('\t'),
    )
  }
}

/**
 * `kubectl describe rolebinding`, `clusterrolebinding`. Source: kubectl pkg/describe RoleBindingDescriber.
 */
export function describeRoleBinding(out: DescriptionWriter, binding: RoleBinding | ClusterRoleBinding): void {
  writeMetadata(out, binding)
  out.line(0, 'Role:')
  out.line(1, `Kind:\t${binding.roleRef.kind}`)
  out.line(1, `Name:\t${binding.roleRef.name}`)
  out.line(0, 'Subjects:')
  out.line(1, 'Kind\tName\tNamespace')
  out.line(1, '----\t----\t---------')
  for (const { kind, name, namespace = '' } of binding.subjects ?? [])
    out.line(1, `${kind}\t${name}\t${namespace}`)
}
