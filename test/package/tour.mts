import assert from 'node:assert/strict'
import fc from 'fast-check'
import { defineImage, isApiError, LivelockError, SimCluster, type StoredOf } from 'simcluster'
import type { DeploymentInput } from 'simcluster/types'
import { escalationPaths } from 'simcluster/rbac'
import { evaluate, worldOf } from 'simcluster/netpol'
import { arbitraries, checkInvariants } from 'simcluster/testing'

const shop = defineImage({ name: 'shop', ports: [8080], behavior: { start: () => ({ log: ['up'] }) } })
const cluster = new SimCluster({ nodes: 3, seed: 7, images: { shop }, users: [{ name: 'jane', token: 't' }] })

// objects: what is required, defaults in what comes back, names as text
const spec: DeploymentInput['spec'] = {
  selector: { matchLabels: { app: 'web' } },
  template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'shop' }] } },
}
const web: StoredOf<'deployments'> = cluster.create('deployments', { metadata: { name: 'web' }, spec })
assert.equal(web.spec.replicas, 1)
cluster.edit('deployments', 'web', (draft) => void (draft.spec.replicas = 3))
cluster.apply({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { ports: [{ port: 8080 }], selector: { app: 'web' } },
})
cluster.settle()
assert.equal(cluster.list('pods', { labelSelector: 'app=web' }).items.length, 3)
assert.ok(
  cluster.patch('services', 'default/web', { type: 'merge', body: { metadata: { labels: { a: 'b' } } } })
    .metadata.labels?.['a'],
)

// another namespace, custom resources
cluster.create('namespaces', { metadata: { name: 'office' } })
cluster.in('office').create('configmaps', { metadata: { name: 'c' }, data: { a: '1' } })
assert.equal(cluster.get('configmaps', 'office/c').data?.['a'], '1')
cluster.apply(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, kind: Widget}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]`)
cluster.settle()
const widgets = cluster.resource<{ readonly spec: { readonly size: number } }>('widgets.example.com')
assert.equal(widgets.create({ metadata: { name: 'w' }, spec: { size: 2 } }).spec.size, 2)

// commands, streams, access, network, placement
assert.match(cluster.kubectl('get deployment web').stdout, /3\/3/)
const [pod] = cluster.list('pods', { labelSelector: 'app=web' }).items
assert.ok(
  pod &&
    cluster.exec(pod.metadata, 'echo $((1 + 1))').stdout === '2\n' &&
    cluster.logs(pod.metadata) === 'up\n',
)
assert.equal(cluster.can({ user: 'jane' }, 'list', 'pods', { namespace: 'default' }).allowed, false)
assert.throws(
  () => cluster.as({ user: 'jane' }).list('pods'),
  (error) => isApiError(error, 'Forbidden'),
)
assert.equal(
  cluster.network.connect({ from: { node: 'node-1' }, to: 'default/web', port: 8080 }).outcome,
  'connected',
)
assert.equal(cluster.explainScheduling(pod).nodes.length, 3)

// time, faults, forks, state
const before = cluster.snapshot()
const fork = cluster.fork()
fork.node('node-2').crash()
fork.advance('7m')
assert.notEqual(fork.state.traceHash(), cluster.state.traceHash())
cluster.component('kube-scheduler').stop().start()
cluster.apiserver.stop().start()
assert.ok(
  cluster.until(() => cluster.get('deployments', 'web').status.readyReplicas === 3, { timeout: '5m' }),
)
cluster.rewind(before)
assert.equal(SimCluster.fromJSON(cluster.toJSON()).state.traceHash(), cluster.state.traceHash())
assert.ok(cluster.internals.etcd.revision > 0 && cluster.versions.components().length > 3 && LivelockError)
assert.equal((await cluster.http.fetch('/api/v1/nodes')).status, 200)
assert.deepEqual(checkInvariants(cluster), [])
assert.deepEqual(escalationPaths(cluster, { user: 'jane' }), [])
assert.ok(
  evaluate(worldOf(cluster), {
    from: '203.0.113.9',
    to: { namespace: 'default', pod: pod.metadata.name },
    port: 8080,
  }).allowed,
)
fc.assert(
  fc.property(arbitraries(fc).netpol().scenario, ({ world }) => (world.pods ?? []).length >= 0),
  { numRuns: 5 },
)
console.log('toured')
