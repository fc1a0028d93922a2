import type { RoleBinding, Subject } from '../../api/rbac/generated.js'
import type { Call } from '../call.js'
import { KubectlError } from '../errors.js'
import { setSelected } from './changes.js'

const GROUP = 'rbac.authorization.k8s.io'

/**
 * `kubectl set subject rolebinding/NAME --user --group --serviceaccount`: adds those that are missing.
 * Source: kubectl pkg/cmd/set/set_subject.go.
 */
export function setSubject(call: Call): void {
  const { flags, args } = call
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new KubectlError('cannot set --all and --selector at the same time')
  const [users, groups, accounts] = [
    flags.strings('user'),
    flags.strings('group'),
    flags.strings('serviceaccount'),
  ]
  if (users.length === 0 && groups.length === 0 && accounts.length === 0) {
    throw new KubectlError('you must specify at least one value of user, group or serviceaccount')
  }
  for (const text of accounts) checkAccount(text)
  setSelected(
    call,
    args,
    { done: 'subjects updated', failure: 'failed to patch subjects to rolebinding:' },
    ({ definition, object, namespace }) => {
      if (definition.kind !== 'RoleBinding' && definition.kind !== 'ClusterRoleBinding')
        throw new KubectlError('setting subjects is only supported for RoleBinding/ClusterRoleBinding')
      const wanted: readonly Subject[] = [
        ...[...users].sort().map((name) => ({ kind: 'User', apiGroup: GROUP, name })),
        ...[...groups].sort().map((name) => ({ kind: 'Group', apiGroup: GROUP, name })),
        ...[...accounts].sort().map((text) => accountOf(text, namespace)),
      ]
      const known = (object as RoleBinding).subjects ?? []
      const added = wanted.filter((one) => !known.some((other) => sameSubject(one, other)))
      return { ...object, subjects: [...known, ...added] } as unknown as RoleBinding
    },
  )
}

function checkAccount(text: string): void {
  const [, name = '', ...more] = text.split(':')
  if (name === '' || more.length > 0) throw new KubectlError('serviceaccount must be <namespace>:<name>')
}

function accountOf(text: string, fallback: string | undefined): Subject {
  const [namespace = '', name = ''] = text.split(':')
  if (namespace === '' && fallback === undefined)
    throw new KubectlError('serviceaccount must be <namespace>:<name>, namespace must be specified')
  return { kind: 'ServiceAccount', name, namespace: namespace || (fallback as string) }
}

const sameSubject = (a: Subject, b: Subject): boolean =>
  a.kind === b.kind &&
  a.name === b.name &&
  (a.apiGroup ?? '') === (b.apiGroup ?? '') &&
  (a.namespace ?? '') === (b.namespace ?? '')
