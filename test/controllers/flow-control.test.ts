import { expect, test } from 'vitest'
import type { FlowSchema } from '../../src/api/flowcontrol/generated.js'
import { SimCluster } from '../../src/index.js'

const dangling = (cluster: SimCluster): object | undefined => {
  cluster.settle()
  return (cluster.get('flowschemas', { name: 'f' }) as FlowSchema).status.conditions?.[0]
}

test('a FlowSchema says whether its priority level exists, without controller manager', () => {
  const cluster = new SimCluster({
    version: 'v1.34',
    nodes: 0,
    disable: ['kube-scheduler', 'kube-controller-manager'],
  })
  cluster.create('flowschemas', {
    metadata: { name: 'f' },
    spec: { priorityLevelConfiguration: { name: 'p' }, matchingPrecedence: 500 },
  })
  const start = 'This FlowSchema references the PriorityLevelConfiguration object named "p"'
  expect(dangling(cluster)).toMatchObject({
    type: 'Dangling',
    status: 'True',
    reason: 'NotFound',
    message: `${start} but there is no such object`,
  })
  cluster.create('prioritylevelconfigurations', {
    metadata: { name: 'p' },
    spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } },
  })
  expect(dangling(cluster)).toMatchObject({
    status: 'False',
    reason: 'Found',
    message: `${start} and it exists`,
  })
  cluster.delete('prioritylevelconfigurations', { name: 'p' })
  expect(dangling(cluster)).toMatchObject({ status: 'True', reason: 'NotFound' })
  expect(cluster.get('flowschemas', { name: 'f' }).metadata.managedFields).toContainEqual(
    expect.objectContaining({
      manager: 'api-priority-and-fairness-config-consumer-v1',
      operation: 'Apply',
      subresource: 'status',
    }),
  )
})

const OWN = 'apf.kubernetes.io/autoupdate-spec'
const fresh = (): SimCluster => new SimCluster({ nodes: 0, disable: ['kube-controller-manager'] })
const names = (cluster: SimCluster): readonly string[] =>
  cluster.list('flowschemas').items.map(({ metadata }) => metadata.name ?? '')

const precedence = (cluster: SimCluster, name: string): number =>
  (cluster.get('flowschemas', name) as FlowSchema).spec.matchingPrecedence

const change = (cluster: SimCluster, name: string, matchingPrecedence: number): void =>
  void cluster.patch('flowschemas', name, { type: 'merge', body: { spec: { matchingPrecedence } } })

test('default objects that have been deleted are there again at the next full minute', () => {
  const cluster = fresh()
  const all = names(cluster)
  cluster.delete('flowschemas', 'probes')
  cluster.delete('flowschemas', 'exempt')
  cluster.delete('prioritylevelconfigurations', 'system')
  cluster.settle()
  expect(names(cluster)).toHaveLength(all.length - 2)
  cluster.advance('1m')
  expect(names(cluster)).toEqual(all)
  const again = cluster.get('flowschemas', 'probes')
  expect(again.metadata.managedFields?.map(({ manager }) => manager)).toContain(
    'api-priority-and-fairness-config-producer-v1',
  )
  expect(cluster.explainFlow({ user: 'n', groups: ['system:nodes'] }, 'get', 'pods').priorityLevel).toBe(
    'system',
  )
})

test('a changed one is restored, unless its annotation says that it is somebody else’s', () => {
  const cluster = fresh()
  change(cluster, 'probes', 7)
  change(cluster, 'global-default', 8000)
  cluster.kubectl(`annotate flowschema global-default ${OWN}=false --overwrite`)
  cluster.advance('1m')
  expect([precedence(cluster, 'probes'), precedence(cluster, 'global-default')]).toEqual([2, 8000])
})

test('without an annotation it is somebody else’s once its spec has been changed', () => {
  const cluster = fresh()
  cluster.kubectl(`annotate flowschema probes service-accounts ${OWN}-`)
  change(cluster, 'probes', 7)
  cluster.advance('1m')
  expect(precedence(cluster, 'probes')).toBe(7)
  const annotation = (name: string): string | undefined =>
    cluster.get('flowschemas', name).metadata.annotations?.[OWN]
  expect([annotation('probes'), annotation('service-accounts')]).toEqual(['false', 'true'])
})

test('one that claims to be a default object and is none is deleted', () => {
  const cluster = fresh()
  const spec = { priorityLevelConfiguration: { name: 'system' }, matchingPrecedence: 500 }
  cluster.create('flowschemas', { metadata: { name: 'old', annotations: { [OWN]: 'true' } }, spec })
  cluster.create('flowschemas', { metadata: { name: 'mine' }, spec })
  cluster.advance('1m')
  expect(names(cluster)).toContain('mine')
  expect(names(cluster)).not.toContain('old')
})
