import { expect, test } from 'vitest'
import { SimCluster, defineController, keyOf } from 'simcluster'

const identity = { name: 'widget-controller', groups: ['system:masters'] }

const crd = (plural: string): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.example.com` },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural, kind: plural === 'widgets' ? 'Widget' : 'Gadget' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
})

/** A controller that makes a ConfigMap for each widget. */
const controller = defineController({
  name: 'widget-controller',
  identity,
  informers: { widgets: { resource: 'widgets.example.com' } },
  setup: ({ host }) => ({
    on: { widgets: ({ object }) => [keyOf(object)] },
    reconcile: (key) => {
      const [namespace = '', name = ''] = key.split('/')
      host.client.create('configmaps', { metadata: { namespace, name } })
    },
  }),
})

const widget = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'one' } }

test('settle() waits for the informers of a kind that has just been served', () => {
  const cluster = new SimCluster({ nodes: 0, components: [controller] })
  cluster.advance('10m')
  cluster.apply(crd('widgets'))
  cluster.settle()
  cluster.apply(widget)
  cluster.settle()
  expect(cluster.get('configmaps', 'one').metadata.name).toBe('one')
  expect(cluster.summary()).not.toContain('waits for')
})

test('an object that is created with its kind is seen before settle() returns', () => {
  const cluster = new SimCluster({ nodes: 0, components: [controller] })
  const fork = cluster.fork()
  for (const each of [cluster, fork]) {
    each.apply(crd('widgets'))
    each.until((one) => one.kubectl('get widgets').exitCode === 0)
    each.apply(widget)
    each.settle()
    expect(each.get('configmaps', 'one').metadata.name).toBe('one')
  }
  expect(fork.state.traceHash()).toBe(cluster.state.traceHash())
})

test('a copy that is read from JSON while the kind is missing waits as its original', () => {
  const cluster = new SimCluster({ nodes: 0, components: [controller] })
  cluster.advance('1m')
  const copy = SimCluster.fromJSON(cluster.toJSON(), { components: [controller] })
  expect(copy.summary()).toContain('waits for widgets.example.com')
  copy.apply(crd('widgets'))
  copy.settle()
  copy.apply(widget)
  copy.settle()
  expect(copy.get('configmaps', 'one').metadata.name).toBe('one')
})

test('the summary names who waits for a kind, and the kind that was meant', () => {
  const cluster = new SimCluster({ nodes: 0, components: [controller] })
  expect(cluster.summary()).toContain(
    'waits for widgets.example.com, which is not served: apply its CustomResourceDefinition',
  )
  cluster.apply(crd('widgts'))
  cluster.settle()
  expect(cluster.summary()).toContain('did you mean widgts.example.com?')
  expect(() => cluster.until(() => false, { timeout: '1m' })).toThrow('waits for widgets.example.com')
})
