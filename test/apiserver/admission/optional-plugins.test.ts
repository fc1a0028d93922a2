import type { PodInput, PodSpecInput } from '../../../src/api/core/inputs.js'
import type { ResourceInputs } from '../../../src/client/built-in-kinds.js'
import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'

const rbac = 'rbac.authorization.k8s.io'
const pod = (name: string, spec: Partial<PodSpecInput> = {}): PodInput => ({
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'c', image: 'nginx:1' }], ...spec },
})

test('AlwaysPullImages: every image is asked for at its registry; off by default', () => {
  const spec = { initContainers: [{ name: 'i', image: 'busybox:1', imagePullPolicy: 'Never' }] } as const
  const policies = (cluster: SimCluster): readonly unknown[] => {
    const { spec: made } = cluster.create('pods', pod('p', spec), { dryRun: true })
    return [...(made.initContainers ?? []), ...made.containers].map(({ imagePullPolicy }) => imagePullPolicy)
  }
  expect(policies(new SimCluster({ nodes: 0 }).settle())).toEqual(['Never', 'IfNotPresent'])
  expect(
    policies(new SimCluster({ nodes: 0, admission: { enable: ['AlwaysPullImages'] } }).settle()),
  ).toEqual(['Always', 'Always'])
})

test(
  'OwnerReferencesPermissionEnforcement: owners only of what one may delete, blocking only owners whose ' +
    'finalizers one may set',
  () => {
    const cluster = new SimCluster({
      nodes: 0,
      admission: { enable: ['OwnerReferencesPermissionEnforcement'] },
    })
    const grant = (name: string, rules: ResourceInputs['clusterroles']['rules']): void => {
      cluster.apply([
        { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules },
        {
          apiVersion: `${rbac}/v1`,
          kind: 'ClusterRoleBinding',
          metadata: { name },
          roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
          subjects: [{ apiGroup: rbac, kind: 'User', name: 'jane' }],
        },
      ])
    }
    grant('a', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'get', 'update', 'patch'] }])
    cluster.settle()
    const jane = cluster.as({ user: 'jane' })
    const owned =
      (owner: object): (() => unknown) =>
      () =>
        jane.create(
          'configmaps',
          {
            metadata: {
              name: 'x',
              namespace: 'default',
              ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'd', uid: 'u', ...owner }],
            },
          },
          { dryRun: true },
        )
    const configmaps = 'configmaps "x" is forbidden: '
    expect(() =>
      jane.create('configmaps', { metadata: { name: 'x', namespace: 'default' } }, { dryRun: true }),
    ).not.toThrow()
    expect(owned({})).toThrow(`${configmaps}cannot set an ownerRef on a resource you can't delete: , <nil>`)
    grant('b', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['delete'] }])
    expect(owned({})).not.toThrow()
    expect(owned({ blockOwnerDeletion: true })).toThrow(
      `${configmaps}cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't ` +
        'set finalizers on: , <nil>',
    )
    expect(owned({ blockOwnerDeletion: true, kind: 'Nope' })).toThrow(
      `${configmaps}cannot set blockOwnerDeletion in this case because cannot find RESTMapping for ` +
        'APIVersion apps/v1 Kind Nope: no matches for kind "Nope" in version "apps/v1"',
    )
    grant('c', [{ apiGroups: ['apps'], resources: ['deployments/finalizers'], verbs: ['update'] }])
    expect(owned({ blockOwnerDeletion: true })).not.toThrow()
    expect(() =>
      new SimCluster({ nodes: 0 }).as({ user: 'jane', groups: ['system:masters'] }).list('pods'),
    ).not.toThrow()
  },
)

test('plugins are turned off by name; names that there are not are refused', () => {
  const cluster = new SimCluster({ nodes: 1, disable: ['NodeRestriction', 'ServiceAccount'] })
  expect(cluster.create('pods', pod('p'), { dryRun: true }).spec.serviceAccountName ?? '').toBe('')
  expect(() => new SimCluster({ admission: { enable: ['Nope'] } })).toThrow(
    'there is no admission plugin "Nope"',
  )
})
