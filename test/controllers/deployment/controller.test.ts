import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDeploymentController } from '../../../src/controllers/deployment/controller.js'
import { createReplicaSetController } from '../../../src/controllers/replicaset/controller.js'
import { workloadCluster } from '../shared/clusters.js'
import {
  condition,
  createDeployment,
  deploymentD,
  patch,
  pods,
  setImage,
  sets,
  template,
} from '../shared/workloads.js'

const nowhere = { nodeSelector: { 'kubernetes.io/hostname': 'nowhere' } }

describe('a Deployment', () => {
  it('is waited for by settle(), minReadySeconds included', () => {
    const cluster = workloadCluster()
    createDeployment(cluster, { replicas: 2, minReadySeconds: 20 })
    const before = cluster.now
    cluster.sim.settle()
    expect(deploymentD(cluster).status).toMatchObject({ availableReplicas: 2, readyReplicas: 2 })
    expect(condition(cluster, 'Progressing')).toBe('True NewReplicaSetAvailable')
    expect(cluster.now - before).toBeGreaterThanOrEqual(20)
    expect(cluster.now - before).toBeLessThan(23)
  })

  it('misses its deadline when no pod becomes ready; settle() does not wait for that', () => {
    const cluster = workloadCluster()
    createDeployment(cluster, {
      replicas: 2,
      progressDeadlineSeconds: 60,
      template: template('img:1', nowhere),
    })
    const begin = cluster.now
    cluster.sim.settle()
    expect(cluster.now - begin).toBeLessThan(1)
    cluster.advance(59)
    expect(condition(cluster, 'Progressing')).toBe('True ReplicaSetUpdated')
    cluster.advance(4)
    expect(condition(cluster, 'Progressing')).toBe('False ProgressDeadlineExceeded')
    patch(cluster, 'deployments', { template: { spec: { nodeSelector: null } } })
    cluster.sim.settle()
    expect(condition(cluster, 'Progressing')).toBe('True NewReplicaSetAvailable')
    expect(condition(cluster, 'Available')).toBe('True MinimumReplicasAvailable')
  })

  it(
    'keeps as many old ReplicaSets as revisionHistoryLimit says, and renumbers the one that it goes ' +
      'back to',
    () => {
      const cluster = workloadCluster()
      createDeployment(cluster, { replicas: 1, revisionHistoryLimit: 2 })
      for (const image of ['img:2', 'img:3', 'img:4', 'img:2']) {
        cluster.sim.settle()
        setImage(cluster, 'deployments', image)
      }
      cluster.sim.settle()
      cluster.advance(30)
      const revisions = sets(cluster).map(({ spec, metadata: { annotations = {} } }) => {
        const short = (name: string): string | undefined => annotations[`deployment.kubernetes.io/${name}`]
        return [
          spec.template.spec.containers[0]?.image,
          spec.replicas,
          short('revision'),
          short('revision-history'),
        ]
      })
      expect(revisions).toHaveLength(3)
      expect(revisions).toEqual(
        expect.arrayContaining([
          ['img:2', 1, '5', '2'],
          ['img:3', 0, '3', undefined],
          ['img:4', 0, '4', undefined],
        ]),
      )
      expect(deploymentD(cluster).metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '5' })
    },
  )

  it('finds another name when a stranger has the one that it wants', () => {
    const cluster = workloadCluster()
    createDeployment(cluster, { replicas: 1 })
    cluster.sim.settle()
    const [own] = sets(cluster)
    const name = own?.metadata.name as string
    cluster.client.delete('deployments', { namespace: 'default', name: 'd' }, { propagationPolicy: 'Orphan' })
    cluster.sim.settle()
    const foreign = {
      ownerReferences: [
        {
          apiVersion: 'v1',
          kind: 'Node',
          name: 'n1',
          uid: cluster.client.get('nodes', { name: 'n1' }).metadata.uid as string,
          controller: true,
        },
      ],
    }
    cluster.client.patch(
      'replicasets',
      { namespace: 'default', name },
      { type: 'merge', body: { metadata: foreign } },
    )
    createDeployment(cluster, { replicas: 1 })
    cluster.sim.settle()
    expect(deploymentD(cluster).status).toMatchObject({ collisionCount: 1, availableReplicas: 1 })
    expect(sets(cluster)).toHaveLength(2)
  })

  it('takes its orphaned ReplicaSets back', () => {
    const cluster = workloadCluster()
    createDeployment(cluster, { replicas: 2 })
    cluster.sim.settle()
    const before = pods(cluster).map(({ metadata }) => metadata.name)
    cluster.client.delete('deployments', { namespace: 'default', name: 'd' }, { propagationPolicy: 'Orphan' })
    cluster.sim.settle()
    expect(sets(cluster)[0]?.metadata.ownerReferences ?? []).toEqual([])
    createDeployment(cluster, { replicas: 2 })
    cluster.sim.settle()
    expect(sets(cluster)[0]?.metadata.ownerReferences).toMatchObject([
      { kind: 'Deployment', name: 'd', controller: true, uid: deploymentD(cluster).metadata.uid },
    ])
    expect(pods(cluster).map(({ metadata }) => metadata.name)).toEqual(before)
    expect(deploymentD(cluster).status.availableReplicas).toBe(2)
  })

  it('reports terminating replicas from v1.35 on', () => {
    const cluster = workloadCluster(0, 'v1.35')
    createDeployment(cluster, { replicas: 3 })
    cluster.sim.settle()
    expect(deploymentD(cluster).status.terminatingReplicas).toBe(0)
    patch(cluster, 'deployments', { replicas: 1 })
    cluster.advance(0.5)
    expect(deploymentD(cluster).status).toMatchObject({ replicas: 1, terminatingReplicas: 2 })
    cluster.sim.settle()
    expect(deploymentD(cluster).status).toMatchObject({ replicas: 1, terminatingReplicas: 0 })
  })
})

describe('forks and interleavings', () => {
  it('a fork in the midst of a rollout has the same future, and leaves the original alone', () => {
    const cluster = workloadCluster()
    createDeployment(cluster, { replicas: 6 })
    cluster.sim.settle()
    setImage(cluster, 'deployments', 'img:2')
    for (const steps of [1, 7, 20, 45]) {
      for (let step = 0; step < steps; step++) cluster.sim.step()
      const fork = cluster.fork()
      const other = cluster.fork()
      patch(other, 'deployments', { replicas: 1 })
      other.advance(30)
      fork.advance(30)
      const original = cluster.fork()
      original.advance(30)
      expect(fork.sim.trace.state()).toEqual(original.sim.trace.state())
      expect(fork.client.list('pods').items).toEqual(original.client.list('pods').items)
      expect(fork.events).toEqual(original.events)
      cluster.advance(0.3)
    }
    cluster.advance(30)
    expect(deploymentD(cluster).status).toMatchObject({
      replicas: 6,
      updatedReplicas: 6,
      availableReplicas: 6,
    })
  })

  it('comes to the same end, whatever is done to it and in which order its controllers run', () => {
    const action = fc.oneof(
      fc.nat(6).map((replicas) => ({ kind: 'scale' as const, replicas })),
      fc.integer({ min: 1, max: 3 }).map((image) => ({ kind: 'image' as const, image: `img:${image}` })),
      fc.nat(5).map((which) => ({ kind: 'delete' as const, which })),
      fc.integer({ min: 0, max: 2500 }).map((ms) => ({ kind: 'wait' as const, ms })),
      fc.constantFrom('deployment', 'replicaset').map((which) => ({ kind: 'restart' as const, which })),
    )
    fc.assert(
      fc.property(fc.array(action, { maxLength: 8 }), fc.integer({ min: 1, max: 1000 }), (actions, seed) => {
        const cluster = workloadCluster(0, 'v1.35', { seed, interleaving: 'seeded' })
        createDeployment(cluster, { replicas: 3 })
        for (const each of actions) {
          if (each.kind === 'scale') patch(cluster, 'deployments', { replicas: each.replicas })
          else if (each.kind === 'image') setImage(cluster, 'deployments', each.image)
          else if (each.kind === 'wait') cluster.advance(each.ms / 1000)
          else if (each.kind === 'delete') {
            const pod = pods(cluster)[each.which]
            if (pod) cluster.client.delete('pods', pod.metadata)
          } else {
            const component =
              each.which === 'deployment' ? createDeploymentController() : createReplicaSetController()
            cluster.sim.remove(component.name)
            cluster.add(component)
          }
        }
        cluster.advance(60)
        const { spec, status } = deploymentD(cluster)
        const replicas = spec.replicas ?? 0
        expect(status.updatedReplicas ?? 0).toBe(replicas)
        expect(status.availableReplicas ?? 0).toBe(replicas)
        expect(status.unavailableReplicas).toBeUndefined()
        expect(pods(cluster).map(({ spec: { containers } }) => containers[0]?.image)).toEqual(
          Array.from({ length: replicas }, () => spec.template.spec.containers[0]?.image),
        )
        expect(condition(cluster, 'Progressing')).toBe('True NewReplicaSetAvailable')
      }),
      { seed: 7, numRuns: 40 },
    )
  })
})
