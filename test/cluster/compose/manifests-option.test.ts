import { defineController, SimCluster } from 'simcluster'
import { expect, test } from 'vitest'

const CRD = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}`

const seen: string[] = []
const watcher = defineController({
  name: 'watcher',
  identity: { name: 'watcher', groups: ['system:masters'] },
  informers: { widgets: { resource: 'widgets.example.com' } },
  setup: () => ({
    on: { widgets: ({ object }) => [object.metadata.name ?? ''] },
    reconcile: (key) => void seen.push(key),
  }),
})

test('manifests are there before the components start, which see their kinds at once', () => {
  const cluster = new SimCluster({ nodes: 1, seed: 3, manifests: CRD, components: [watcher] })
  cluster.resource('widgets').create({ metadata: { name: 'a' } })
  cluster.settle()
  expect(seen).toEqual(['a'])
  expect(cluster.internals.options.seed).toBe(3)
})

test('copies do not apply them again', () => {
  const cluster = new SimCluster({ nodes: 1, manifests: CRD })
  cluster.delete('customresourcedefinitions', 'widgets.example.com')
  cluster.settle()
  expect(cluster.fork().list('customresourcedefinitions').items).toEqual([])
})

test('a mistake in them is an error of the constructor', () => {
  expect(() => new SimCluster({ manifests: 'a: [' })).toThrow('the manifest is not YAML')
  expect(() => new SimCluster({ manifests: { apiVersion: 'v1', kind: 'Nothing' } })).toThrow('no matches')
})
