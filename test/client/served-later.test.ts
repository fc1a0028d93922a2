import { expect, test } from 'vitest'
import { defineController, keyOf, SimCluster } from '../../src/index.js'

const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gadgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
}

test.each([false, true])(
  'a controller whose kind comes later sees it when that is served; in a fork: %s',
  (isFork) => {
    const seen = defineController({
      name: 'seen',
      identity: { name: 'seen', groups: ['system:masters'] },
      informers: { gadgets: { resource: 'gadgets.example.com' } },
      setup: ({ host }) => ({
        on: { gadgets: ({ object }) => [keyOf(object)] },
        reconcile: () =>
          void host.client.create('configmaps', { metadata: { name: 'seen', namespace: 'default' } }),
      }),
    })
    const first = new SimCluster({ nodes: 0, components: [seen] })
    const cluster = isFork ? first.settle().fork() : first
    cluster.apply([crd])
    cluster.settle()
    cluster.apply([
      { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'g', namespace: 'default' } },
    ])
    const before = cluster.now()
    cluster.settle()
    expect(cluster.get('configmaps', 'seen').metadata.name).toBe('seen')
    expect(cluster.now() - before).toBeLessThan(1_000)
  },
)
