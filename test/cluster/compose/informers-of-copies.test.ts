import { expect, test } from 'vitest'
import { type Component, SimCluster } from '../../../src/index.js'

const byApp = (pod: { metadata: { labels?: Readonly<Record<string, string>> } }): readonly string[] => [
  pod.metadata.labels?.['app'] ?? '',
]

/** Writes what it sees into a ConfigMap each minute. */
const reader: Component = {
  name: 'reader',
  identity: { name: 'reader', groups: ['system:masters'] },
  setup(host) {
    const pods = host.informer('pods', { indexers: { byApp } })
    const nodes = host.informer('nodes')
    const topic = host.handle('look', () => {
      const looks = ['web', 'db', 'none'].map((app) => pods.byIndex('byApp', app).length)
      const seen = [...looks, pods.size, pods.list().length, pods.get('default/b')?.spec.nodeName ?? '-']
      const heard = nodes.list().map(({ status }) => status?.conditions?.at(-1)?.lastHeartbeatTime)
      const name = `look-${host.clock.now()}`
      host.client.create('configmaps', {
        metadata: { name, namespace: 'default' },
        data: { seen: seen.join(' '), heard: heard.join(' ') },
      })
      topic.wakeAfter('', '1m', { class: 'watchdog' })
    })
    if (topic.dueAt('') === undefined) topic.wakeAfter('', '1m', { class: 'watchdog' })
  },
}

const pod = (name: string, app: string) => ({
  metadata: { name, labels: { app } },
  spec: { containers: [{ name: 'c', image: 'nginx:1.27' }] },
})

function newCluster(): SimCluster {
  const cluster = new SimCluster({ nodes: 2, components: [reader] })
  for (const [name, app] of [
    ['a', 'web'],
    ['b', 'web'],
    ['c', 'db'],
  ] as const)
    cluster.create('pods', pod(name, app))
  cluster.settle()
  return cluster
}

const looksOf = (cluster: SimCluster): readonly unknown[] => [
  ...cluster.list('configmaps').items,
  ...cluster.list('pods').items,
]

const ACTIONS: Readonly<Record<string, (cluster: SimCluster) => unknown>> = {
  'nothing happens': () => undefined,
  'an object comes': (cluster) => cluster.create('pods', pod('d', 'db')),
  'an object goes': (cluster) => cluster.delete('pods', 'b', { gracePeriodSeconds: 0 }),
  'an object changes its place in an index': (cluster) =>
    cluster.patch('pods', 'a', { type: 'merge', body: { metadata: { labels: { app: 'db' } } } }),
  'heartbeats come first': (cluster) => cluster.advance('7m').create('pods', pod('d', 'web')),
  'its component restarts': (cluster) => cluster.component('reader').restart(),
  'its component stops for a while': (cluster) => {
    cluster.component('reader').stop()
    cluster.create('pods', pod('d', 'web'))
    cluster.component('reader').start()
  },
  'a node is cut off while an object goes': (cluster) => {
    cluster.node('node-1').partition()
    cluster.delete('pods', 'c')
    cluster.advance('3m')
    cluster.node('node-1').repair()
  },
  'the apiserver is away before an object goes': (cluster) => {
    cluster.process('kube-apiserver').stop()
    cluster.advance('3m')
    cluster.process('kube-apiserver').start()
    cluster.delete('pods', 'c')
  },
  'history is compacted first': (cluster) => cluster.advance('20m').delete('pods', 'a'),
}

test.each(Object.entries(ACTIONS))('informers of a copy see what those of its original see: %s', (_, act) => {
  const original = newCluster()
  const copies = [original.fork(), original.fork().fork(), original.fork().advance('90s')]
  for (const cluster of [original, ...copies.slice(0, 2)]) {
    act(cluster)
    cluster.advance('3m')
  }
  expect(looksOf(original).length).toBeGreaterThan(0)
  for (const copy of copies.slice(0, 2)) expect(looksOf(copy)).toEqual(looksOf(original))
  // a copy that has read begins another
  const later = copies[2] as SimCluster
  const both = [later.fork(), later]
  for (const cluster of both) {
    act(cluster)
    cluster.advance('3m')
  }
  expect(looksOf(both[0] as SimCluster)).toEqual(looksOf(later))
})
