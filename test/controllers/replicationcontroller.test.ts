import { describe, expect, it } from 'vitest'
import type { ReplicationController } from '../../src/api/core/generated.js'
import { createGarbageCollector } from '../../src/controllers/garbage-collector/controller.js'
import { createNodeLifecycleController } from '../../src/controllers/node-lifecycle/controller.js'
import { createReplicationController } from '../../src/controllers/replicationcontroller.js'
import { ControllerCluster } from './shared/controller-cluster.js'
import { fakeKubelet } from '../support/fake-kubelet.js'
import { fakeScheduler } from './shared/fake-scheduler.js'
import { pods, template } from './shared/workloads.js'

const key = { namespace: 'default', name: 'rc' }

function cluster(): ControllerCluster {
  const made = new ControllerCluster((resources) => [
    createReplicationController(),
    createGarbageCollector({ resources }),
    createNodeLifecycleController(),
    fakeScheduler(),
    fakeKubelet('n1'),
  ])
  made.advance(10)
  const object = { metadata: key, spec: { replicas: 2, template: template('img:1') } }
  made.client.create('replicationcontrollers', object as ReplicationController)
  made.sim.settle()
  return made
}

describe('a ReplicationController', () => {
  it('has its pods, its status and its events, as a ReplicaSet has', () => {
    const made = cluster()
    const controller = made.client.get('replicationcontrollers', key)
    expect(controller.status).toEqual({
      replicas: 2,
      fullyLabeledReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      observedGeneration: 1,
    })
    expect(controller.spec.selector).toEqual({ app: 'x' })
    const [first] = pods(made)
    expect(first?.metadata.ownerReferences).toEqual([
      {
        apiVersion: 'v1',
        kind: 'ReplicationController',
        name: 'rc',
        uid: controller.metadata.uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ])
    const names = pods(made).map(({ metadata }) => metadata.name as string)
    const lines = names.map((name) => `ReplicationController/rc SuccessfulCreate: Created pod: ${name}`)
    expect(made.eventLines('replication-controller').toSorted()).toEqual(lines.toSorted())
  })

  it('scales, and replaces what it has lost, in a copy of the cluster too', () => {
    const made = cluster()
    made.client.patch('replicationcontrollers', key, { type: 'merge', body: { spec: { replicas: 3 } } })
    const copy = made.fork()
    for (const each of [made, copy]) {
      each.sim.settle()
      expect(pods(each)).toHaveLength(3)
      each.client.delete('pods', pods(each)[0]?.metadata ?? {}, { gracePeriodSeconds: 0 })
      each.sim.settle()
      expect(each.client.get('replicationcontrollers', key).status).toMatchObject({
        replicas: 3,
        availableReplicas: 3,
      })
    }
  })
})
