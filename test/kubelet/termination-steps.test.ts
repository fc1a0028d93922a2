import { SimCluster, type ClusterEvents } from 'simcluster'
import { expect, test } from 'vitest'
import type { StatefulSet } from '../../src/api/apps/generated.js'
import type { PodDisruptionBudget } from '../../src/api/policy/generated.js'
import { RECLAIM } from '../../src/kubelet/pods/pod-workers.js'

test('controllers and budgets show a pod that has ended until its kubelet has cleaned up after it', () => {
  const labels = { app: 'db' }
  const cluster = new SimCluster({ nodes: 2, seed: 1 })
  cluster.apply([
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db' },
      spec: {
        serviceName: 'db',
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'db' },
      spec: { minAvailable: 1, selector: { matchLabels: labels } },
    },
  ])
  cluster.settle()
  const began = cluster.now()
  const steps: string[] = []
  const note = ({ resource, object }: ClusterEvents['write']): void => {
    const at = cluster.now() - began
    if (resource === 'statefulsets') {
      const { replicas = 0, readyReplicas = 0 } = (object as StatefulSet).status
      steps.push(`${at} set ${replicas} of which ${readyReplicas} ready`)
    } else if (resource === 'poddisruptionbudgets') {
      const { expectedPods = 0, currentHealthy = 0 } = (object as PodDisruptionBudget).status
      steps.push(`${at} budget ${expectedPods} of which ${currentHealthy} healthy`)
    }
  }
  cluster.on('write', note)
  cluster.delete('pods', 'db-0')
  cluster.settle()
  // the program ends after 200 ms; its successor is ready 700 ms after it has gone, and 3 for its address
  expect(steps.filter((step, at) => step !== steps[at - 1])).toEqual([
    '0 budget 2 of which 1 healthy',
    '0 set 2 of which 2 ready',
    '200 set 2 of which 1 ready',
    `${200 + RECLAIM} budget 1 of which 1 healthy`,
    `${200 + RECLAIM} set 1 of which 1 ready`,
    `${200 + RECLAIM} budget 2 of which 1 healthy`,
    `${200 + RECLAIM} set 2 of which 1 ready`,
    `${903 + RECLAIM} budget 2 of which 2 healthy`,
    `${903 + RECLAIM} set 2 of which 2 ready`,
  ])
})
