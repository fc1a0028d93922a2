import { expect, it } from 'vitest'
import type { FlowSchema } from '../../src/api/flowcontrol/generated.js'
import { SimCluster } from '../../src/index.js'

const dangling = (cluster: SimCluster): object | undefined => {
  cluster.settle()
  return (cluster.get('flowschemas', { name: 'f' }) as FlowSchema).status.conditions?.[0]
}

it('a FlowSchema says whether its priority level exists, without controller manager', () => {
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
