import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'

test('what is applied with its namespace, or with its own kind, finds what controllers make of that', () => {
  const cluster = new SimCluster({ nodes: 1 })
  cluster.apply([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'office' } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'office' },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    },
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'cats.x.io' },
      spec: {
        group: 'x.io',
        scope: 'Namespaced',
        names: { plural: 'cats', singular: 'cat', kind: 'Cat' },
        versions: [
          { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
        ],
      },
    },
    { apiVersion: 'x.io/v1', kind: 'Cat', metadata: { name: 'tom', namespace: 'office' } },
  ])
  expect(cluster.settle().kubectl('get pods,cats -n office -o name').stdout).toBe('pod/p\ncat.x.io/tom\n')
})
