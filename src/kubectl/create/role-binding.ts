import type { Call, Command } from '../call.js'
import { KubectlError } from '../errors.js'
import { createGenerated, nameOf, optional, unique } from './generate.js'

const GROUP = 'rbac.authorization.k8s.io'
const API_VERSION = `${GROUP}/v1`

/**
 * `kubectl create rolebinding NAME --role=R | --clusterrole=R --user --group --serviceaccount`. Source:
 * kubectl pkg/cmd/create/create_rolebinding.go.
 */
export const rolebinding: Command = {
  name: 'rolebinding',
  run(call) {
    const name = nameOf(call)
    const [role, clusterRole] = [call.flags.string('role'), call.flags.string('clusterrole')]
    if ((role === '') === (clusterRole === ''))
      throw new KubectlError('exactly one of clusterrole or role must be specified')
    const roleRef =
      role === ''
        ? { apiGroup: GROUP, kind: 'ClusterRole', name: clusterRole }
        : { apiGroup: GROUP, kind: 'Role', name: role }
    createGenerated(
      call,
      {
        kind: 'RoleBinding',
        apiVersion: API_VERSION,
        metadata: { name },
        ...optional('subjects', subjectsOf(call)),
        roleRef,
      },
      'failed to create rolebinding:',
    )
  },
}

/**
 * `kubectl create clusterrolebinding NAME --clusterrole=R`. Source: kubectl
 * pkg/cmd/create/create_clusterrolebinding.go.
 */
export const clusterrolebinding: Command = {
  name: 'clusterrolebinding',
  run(call) {
    const name = nameOf(call)
    const roleRef = { apiGroup: GROUP, kind: 'ClusterRole', name: call.flags.string('clusterrole') }
    createGenerated(
      call,
      {
        kind: 'ClusterRoleBinding',
        apiVersion: API_VERSION,
        metadata: { name },
        ...optional('subjects', subjectsOf(call)),
        roleRef,
      },
      'failed to create clusterrolebinding:',
    )
  },
}

function subjectsOf({ flags }: Call): readonly object[] {
  const named =
    (kind: string) =>
    (name: string): object => ({ kind, apiGroup: GROUP, name })
  const accounts = unique(flags.strings('serviceaccount')).map((text) => {
    const [namespace = '', name = '', ...more] = text.split(':')
    if (namespace === '' || name === '' || more.length > 0)
      throw new KubectlError('serviceaccount must be <namespace>:<name>')
    return { kind: 'ServiceAccount', name, namespace }
  })
  return [
    ...unique(flags.strings('user')).map(named('User')),
    ...unique(flags.strings('group')).map(named('Group')),
    ...accounts,
  ]
}
