import { SimCluster } from 'simcluster'
import { expect, test } from 'vitest'

test('state.changedSince() returns each object as it was and is, in the order of keys', () => {
  const cluster = new SimCluster({ nodes: 0 })
  for (const name of ['changed', 'gone', 'kept']) cluster.create('configmaps', { metadata: { name } })
  const { revision } = cluster.internals.etcd
  cluster.create('configmaps', { metadata: { name: 'brief' } })
  cluster.delete('configmaps', 'brief')
  cluster.create('configmaps', { metadata: { name: 'added' } })
  for (const value of ['1', '2']) cluster.kubectl(`annotate configmap changed --overwrite times=${value}`)
  cluster.delete('configmaps', 'gone')
  const times = (object?: { metadata: { annotations?: Readonly<Record<string, string>> } }): unknown =>
    object && (object.metadata.annotations?.times ?? 'none')
  const changes = [...cluster.state.changedSince(revision)].map(([key, { was, is }]) => [
    key.replace('/registry/configmaps/default/', ''),
    times(was),
    times(is),
  ])
  expect(changes).toEqual([
    ['added', undefined, 'none'],
    ['brief', undefined, undefined],
    ['changed', 'none', '2'],
    ['gone', 'none', undefined],
  ])
  cluster.internals.etcd.compact({ revision: cluster.internals.etcd.revision })
  expect(() => cluster.state.changedSince(revision)).toThrow(/compacted/)
})
