import { expect, test } from 'vitest'
import { ApiError, ApplyError, SimCluster } from 'simcluster'

const errorOf = (call: () => unknown): Error => {
  try {
    call()
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

const text = `
apiVersion: v1
kind: ConfigMap
metadata: {name: first}
---
# a comment
apiVersion: apps/v1
kind: Deploment
metadata: {name: web}
---
apiVersion: v1
kind: Pod
metadata: {name: db}
spec: {containers: []}
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: last}
- apiVersion: v1
  kind: Secret
  metadata: {name: key}
  dataa: {}
`

test('apply() goes on after a failure, and one error names each object that failed', () => {
  const cluster = new SimCluster({ nodes: 0 })
  const error = errorOf(() => cluster.apply(text))
  expect(error).toBeInstanceOf(ApplyError)
  const { errors, applied } = error as ApplyError
  expect(applied.map(({ object }) => object.metadata.name)).toEqual(['first', 'last'])
  expect(errors).toHaveLength(3)
  expect(error.message).toContain('3 of 5 objects could not be applied')
  expect(error.message).toContain(
    'document 2, line 7: Deploment "web": no matches for kind "Deploment" in version "apps/v1": ' +
      'did you mean Deployment of apps/v1?',
  )
  expect(error.message).toContain('document 3, line 11: Pod "db": Pod "db" is invalid: spec.containers')
  expect(error.message).toMatch(/document 4, line 22, item 2: Secret "key": .*unknown field "dataa"/)
  expect(cluster.get('configmaps', 'last').metadata.name).toBe('last')
})

test('one failure keeps its class, and says where it is', () => {
  const cluster = new SimCluster({ nodes: 0 })
  const error = errorOf(() =>
    cluster.apply([
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b', namespace: 'shop' } },
    ]),
  )
  expect(error).toBeInstanceOf(ApiError)
  expect((error as ApiError).code).toBe(404)
  expect(error.message).toBe('manifest 2: ConfigMap "shop/b": namespaces "shop" not found')
})

const hints: readonly (readonly [apiVersion: string, kind: string, version: string, says: string])[] = [
  ['extensions/v1beta1', 'Deployment', 'v1.16', 'was removed in v1.16: use apps/v1'],
  ['extensions/v1beta1', 'NetworkPolicy', 'v1.35', 'was removed in v1.16: use networking.k8s.io/v1'],
  ['apps/v1beta2', 'StatefulSet', 'v1.35', 'was removed in v1.16: use apps/v1'],
  ['extensions/v1beta1', 'Ingress', 'v1.22', 'was removed in v1.22: use networking.k8s.io/v1'],
  [
    'rbac.authorization.k8s.io/v1beta1',
    'Role',
    'v1.35',
    'removed in v1.22: use rbac.authorization.k8s.io/v1',
  ],
  [
    'apiextensions.k8s.io/v1beta1',
    'CustomResourceDefinition',
    'v1.35',
    'removed in v1.22: use apiextensions',
  ],
  ['batch/v1beta1', 'CronJob', 'v1.25', 'was removed in v1.25: use batch/v1'],
  ['batch/v2alpha1', 'CronJob', 'v1.35', 'was removed in v1.21: use batch/v1'],
  ['policy/v1beta1', 'PodDisruptionBudget', 'v1.35', 'was removed in v1.25: use policy/v1'],
  ['policy/v1beta1', 'PodSecurityPolicy', 'v1.35', 'removed in v1.25: label namespaces for Pod Security'],
  ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', 'v1.26', 'was removed in v1.26: use autoscaling/v'],
  ['storage.k8s.io/v1beta1', 'CSIStorageCapacity', 'v1.27', 'was removed in v1.27: use storage.k8s.io/v1'],
  ['flowcontrol.apiserver.k8s.io/v1beta2', 'FlowSchema', 'v1.29', 'was removed in v1.29: use flowcontrol'],
  ['flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema', 'v1.36', 'was removed in v1.32: use flowcontrol'],
  ['settings.k8s.io/v1alpha1', 'PodPreset', 'v1.35', 'was removed in v1.20: set the fields in the pods'],
  ['policy/v1', 'PodDisruptionBudget', 'v1.18', 'since v1.21, and this cluster is v1.18: use policy/v1beta1'],
  ['batch/v1', 'CronJob', 'v1.20', 'since v1.21, and this cluster is v1.20: use batch/v1beta1'],
  ['v1', 'Deployment', 'v1.35', 'there is no v1 Deployment: use apps/v1'],
  ['app/v1', 'Deployment', 'v1.35', 'there is no app/v1 Deployment: use apps/v1'],
  ['networking.k8s.io/v1alpha1', 'IPAddress', 'v1.35', 'not served by default: use networking.k8s.io/v1'],
  ['apps/v1', 'deployment', 'v1.35', 'did you mean Deployment of apps/v1?'],
  ['v1', 'Servcie', 'v1.35', 'did you mean Service of v1?'],
  ['example.com/v1', 'Widget', 'v1.35', 'apply the CustomResourceDefinition of Widget first'],
]

test.each(hints)('%s %s in %s says %s', (apiVersion, kind, version, says) => {
  const cluster = new SimCluster({ nodes: 0, version })
  expect(() => cluster.apply({ apiVersion, kind, metadata: { name: 'x' } } as object)).toThrow(says)
})

test('manifests without a type are refused before anything is applied, with what they have', () => {
  const cluster = new SimCluster({ nodes: 0 })
  const call = (): unknown =>
    cluster.apply('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\nkind: Pod')
  expect(call).toThrow(
    'document 2, line 5: a manifest must say its apiVersion and kind; apiVersion is missing',
  )
  expect(
    cluster.list('configmaps', { namespace: 'default' }).items.map(({ metadata }) => metadata.name),
  ).not.toContain('a')
})
