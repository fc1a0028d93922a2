import { expect, test } from 'vitest'
import { SimCluster } from '../../src/cluster/sim-cluster.js'

test('keys that selectors take from the pod are written into the selectors at creation, once', () => {
  const cluster = new SimCluster({ nodes: 0 })
  const labelSelector = { matchLabels: { app: 'a' } }
  const term = {
    labelSelector,
    topologyKey: 'zone',
    matchLabelKeys: ['rev', 'absent'],
    mismatchLabelKeys: ['tenant'],
  }
  cluster.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', labels: { app: 'a', rev: '1', tenant: 't' } },
    spec: {
      containers: [{ name: 'c', image: 'i' }],
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'zone',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector,
          matchLabelKeys: ['rev'],
        },
      ],
      affinity: {
        podAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }],
        },
        podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] },
      },
    },
  })
  const read = () => cluster.get('pods', { namespace: 'default', name: 'p' }).spec
  const rev = { key: 'rev', operator: 'In', values: ['1'] }
  const both = {
    matchLabels: { app: 'a' },
    matchExpressions: [rev, { key: 'tenant', operator: 'NotIn', values: ['t'] }],
  }
  const { affinity, topologySpreadConstraints } = read()
  expect(topologySpreadConstraints?.[0]?.labelSelector).toEqual({
    matchLabels: { app: 'a' },
    matchExpressions: [rev],
  })
  expect(affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.[0]).toEqual({
    ...term,
    labelSelector: both,
  })
  expect(
    affinity?.podAffinity?.preferredDuringSchedulingIgnoredDuringExecution?.[0]?.podAffinityTerm
      .labelSelector,
  ).toEqual(both)
  cluster.patch(
    'pods',
    { namespace: 'default', name: 'p' },
    { type: 'merge', body: { metadata: { labels: { rev: '2' } } } },
  )
  expect(read().topologySpreadConstraints?.[0]?.labelSelector?.matchExpressions).toEqual([rev])
})
