import { SimCluster } from 'simcluster'
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/kind/definition.js'

const cluster = new SimCluster({ nodes: 0 })
cluster.settle()

/** `manager operation [subresource]` of each entry, in order. */
const managersOf = ({ metadata }: KubeObject): readonly string[] =>
  (metadata.managedFields ?? []).map(({ manager = '', operation = '', subresource = '' }) =>
    `${manager} ${operation} ${subresource}`.trim(),
  )

describe('the objects of a new cluster', () => {
  test.each([
    ['namespaces', 'default', ['kube-apiserver Update']],
    ['priorityclasses', 'system-node-critical', ['kube-apiserver Update']],
    ['clusterroles', 'cluster-admin', ['kube-apiserver Update']],
    ['clusterrolebindings', 'cluster-admin', ['kube-apiserver Update']],
    ['clusterrolebindings', 'kubeadm:get-nodes', ['kubeadm Update']],
    ['roles', 'kube-system/extension-apiserver-authentication-reader', ['kube-apiserver Update']],
    ['clusterroles', 'admin', ['clusterrole-aggregation-controller Apply', 'kube-apiserver Update']],
    ['ipaddresses', '10.96.0.1', ['kube-apiserver Update']],
    ['servicecidrs', 'kubernetes', ['service-cidr-controller Apply status', 'kube-apiserver Update']],
    ['apiservices', 'v1.apps', ['kube-apiserver Update', 'kube-apiserver Update status']],
    ['prioritylevelconfigurations', 'exempt', ['api-priority-and-fairness-config-producer-v1 Update']],
    [
      'flowschemas',
      'exempt',
      [
        'api-priority-and-fairness-config-consumer-v1 Apply status',
        'api-priority-and-fairness-config-producer-v1 Update',
      ],
    ],
  ] as const)('%s %s has the managers that make it in a real one', (resource, name, managers) => {
    expect(managersOf(cluster.get(resource, name) as KubeObject)).toEqual(managers)
  })

  test('all have a manager, except those without fields of their own', () => {
    const bare = (['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings', 'flowschemas'] as const)
      .flatMap((resource): readonly KubeObject[] => cluster.list(resource).items)
      .filter((object) => managersOf(object).length === 0)
    expect(bare).toEqual([])
  })

  test('have entries that name their own fields', () => {
    const [applied, created] = cluster.get('clusterroles', 'edit').metadata.managedFields ?? []
    expect(applied?.fieldsV1).toEqual({ 'f:rules': {} })
    expect(created?.fieldsV1).toMatchObject({ 'f:aggregationRule': { 'f:clusterRoleSelectors': {} } })
    const address = cluster.get('ipaddresses', '10.96.0.1')
    expect(address.metadata.managedFields?.[0]).toMatchObject({
      time: address.metadata.creationTimestamp,
      fieldsV1: { 'f:spec': { 'f:parentRef': { 'f:name': {}, 'f:namespace': {}, 'f:resource': {} } } },
    })
  })

  test('have none where fields are not tracked', () => {
    const { metadata } = new SimCluster({ nodes: 0, disable: ['managedFields'] }).get('clusterroles', 'admin')
    expect(metadata).not.toHaveProperty('managedFields')
  })
})

describe('the rules of an aggregated ClusterRole', () => {
  const role = (name: string, labels: Record<string, string>, resources: readonly string[]): KubeObject =>
    ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name, labels },
      rules: [{ apiGroups: ['example.com'], resources, verbs: ['get'] }],
    }) as KubeObject

  test('are applied by the controller, and those of others stay where it has none', () => {
    const own = cluster.fork()
    own.apply([
      role('part', { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' }, ['things']),
      {
        ...role('whole', {}, ['others']),
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: 'of-whole' } }] },
      },
    ])
    own.settle()
    const resourcesOf = (name: string): unknown =>
      own.get('clusterroles', name).rules?.flatMap(({ resources = [] }) => resources)
    expect(managersOf(own.get('clusterroles', 'view'))).toEqual([
      'clusterrole-aggregation-controller Apply',
      'kube-apiserver Update',
    ])
    expect(resourcesOf('view')).toContain('things')
    expect(resourcesOf('whole')).toEqual(['others'])
    own.apply([role('more', { part: 'of-whole' }, ['things'])])
    own.settle()
    expect(resourcesOf('whole')).toEqual(['things'])
    own.delete('clusterroles', 'more')
    own.settle()
    expect(own.get('clusterroles', 'whole').rules ?? []).toEqual([])
  })

  test('are filled in without server-side apply, too', () => {
    const plain = new SimCluster({ nodes: 0, disable: ['managedFields'] })
    plain.apply([role('part', { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' }, ['things'])])
    plain.settle()
    const rules = plain.get('clusterroles', 'view').rules ?? []
    expect(rules.flatMap(({ resources = [] }) => resources)).toContain('things')
  })
})
