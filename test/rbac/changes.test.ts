import { describe, expect, test } from 'vitest'
import { accessChanges, whoCan, withDefaultRoles } from 'simcluster/rbac'
import type { ClusterRole, ClusterRoleBinding, PolicyRule, RoleBinding } from 'simcluster/rbac'

const apiGroup = 'rbac.authorization.k8s.io'
const jane = { kind: 'User', name: 'jane', apiGroup }
const role = (name: string, ...rules: readonly PolicyRule[]): ClusterRole => ({
  apiVersion: `${apiGroup}/v1`,
  kind: 'ClusterRole',
  metadata: { name },
  rules,
})
const everywhere = (name: string): ClusterRoleBinding => ({
  apiVersion: `${apiGroup}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup, kind: 'ClusterRole', name },
  subjects: [jane],
})
const inOffice = (name: string): RoleBinding => ({
  ...everywhere(name),
  kind: 'RoleBinding',
  metadata: { name, namespace: 'office' },
})
const pods = (...verbs: readonly string[]): PolicyRule => ({ verbs, apiGroups: [''], resources: ['pods'] })

describe('accessChanges', () => {
  const texts = (...[before, after]: Parameters<typeof accessChanges>): readonly string[] =>
    accessChanges(before, after).map(({ text }) => text)
  const bound = [role('reader', pods('get', 'list')), inOffice('reader')]

  test('names each right that a subject gains or loses', () => {
    const changed = [role('reader', pods('get', 'watch')), inOffice('reader')]
    expect(texts(bound, changed)).toEqual([
      '- User jane in office: list pods',
      '+ User jane in office: watch pods',
    ])
    expect(texts(bound, bound)).toEqual([])
    expect(texts(bound, [])).toEqual(['- User jane in office: get pods', '- User jane in office: list pods'])
  })

  test('does not name what another rule or binding still allows', () => {
    const wide = [role('all', { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }), everywhere('all')]
    expect(texts(bound, wide)).toEqual(['+ User jane: * *.*'])
    expect(texts([...bound, ...wide], wide)).toEqual([])
  })

  test('tells names and paths apart, and drops paths in a namespace', () => {
    const named = role(
      'named',
      { verbs: ['get'], apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web'] },
      { verbs: ['get'], nonResourceURLs: ['/healthz'] },
    )
    expect(texts([], [named, everywhere('named')])).toEqual([
      '+ User jane: get deployments.apps web',
      '+ User jane: get /healthz',
    ])
    expect(texts([], [named, inOffice('named')])).toEqual(['+ User jane in office: get deployments.apps web'])
  })
})

test('withDefaultRoles lets manifests bind view, to which their own roles add', () => {
  const extra = {
    ...role('widgets', { verbs: ['get'], apiGroups: ['example.com'], resources: ['widgets'] }),
    metadata: { name: 'widgets', labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
  }
  const objects = withDefaultRoles([extra, everywhere('view')])
  const names = (resource: string, group: string): readonly string[] =>
    whoCan(objects, { verb: 'get', apiGroup: group, resource }).map(({ subject }) => subject.name)
  expect(names('pods', '')).toEqual(['jane'])
  expect(names('widgets', 'example.com')).toEqual(['jane'])
  expect(names('secrets', '')).toEqual([])
})
