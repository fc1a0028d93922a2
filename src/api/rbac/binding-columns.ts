import { ageColumn, column, nameColumn, wideColumn } from '../kind/define.js'
import type { KubeObject, PrinterColumn } from '../kind/definition.js'
import type { RoleRef, Subject } from './generated.js'

interface Binding extends KubeObject {
  readonly roleRef: RoleRef
  readonly subjects?: readonly Subject[]
}

const namesOf = ({ subjects = [] }: Binding, kind: string): string =>
  subjects
    .filter((subject) => subject.kind === kind)
    .map(({ name }) => name)
    .join(', ')

const accountsOf = ({ subjects = [] }: Binding): string =>
  subjects
    .filter(({ kind }) => kind === 'ServiceAccount')
    .map(({ name, namespace = '' }) => `${namespace}/${name}`)
    .join(', ')

/**
 * Columns of RoleBindings and ClusterRoleBindings. Source: pkg/printers/internalversion/printers.go
 * printRoleBinding.
 */
export function bindingColumns<T extends Binding>(): readonly PrinterColumn<T>[] {
  return [
    nameColumn(),
    column('Role', ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
    ageColumn(),
    wideColumn('Users', (binding) => namesOf(binding, 'User')),
    wideColumn('Groups', (binding) => namesOf(binding, 'Group')),
    wideColumn('ServiceAccounts', accountsOf),
  ]
}
