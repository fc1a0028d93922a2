import { describe, expect, it } from 'vitest'
import { ApiError } from '../../../src/client/api-error.js'
import type { Pod } from '../../../src/api/core/generated.js'
import { workloadCluster } from '../shared/clusters.js'
import { createReplicaSet, pods, sets, template } from '../shared/workloads.js'

const barePod = (name: string, labels: Record<string, string>): Pod =>
  ({ metadata: { name, namespace: 'default', labels }, spec: template('img:1').spec }) as Pod

describe('a ReplicaSet', () => {
  it('adopts orphans that it selects, and makes only what is missing', () => {
    const cluster = workloadCluster()
    cluster.client.create('pods', barePod('mine', { app: 'x' }))
    cluster.client.create('pods', barePod('other', { app: 'y' }))
    cluster.sim.settle()
    const set = createReplicaSet(cluster, 's', { replicas: 3 })
    cluster.sim.settle()
    const owners = Object.fromEntries(
      pods(cluster).map(({ metadata }) => [metadata.name as string, metadata.ownerReferences?.[0]]),
    )
    expect(owners.mine).toEqual({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      name: 's',
      uid: set.metadata.uid,
      controller: true,
      blockOwnerDeletion: true,
    })
    expect(owners.other).toBeUndefined()
    expect(Object.keys(owners)).toHaveLength(4)
    expect(cluster.eventLines('replicaset-controller')).toHaveLength(2)
  })

  it('deletes an orphan that makes it one too many', () => {
    const cluster = workloadCluster()
    createReplicaSet(cluster, 's', { replicas: 2 })
    cluster.sim.settle()
    cluster.client.create('pods', barePod('late', { app: 'x' }))
    cluster.sim.settle()
    expect(pods(cluster)).toHaveLength(2)
    expect(cluster.eventLines('replicaset-controller').at(-1)).toBe(
      'ReplicaSet/s SuccessfulDelete: Deleted pod: late',
    )
  })

  it('releases a pod whose labels no longer match, and replaces it', () => {
    const cluster = workloadCluster()
    createReplicaSet(cluster, 's', { replicas: 2 })
    cluster.sim.settle()
    const [lost] = pods(cluster)
    cluster.client.patch('pods', (lost as Pod).metadata, {
      type: 'merge',
      body: { metadata: { labels: { app: 'debug' } } },
    })
    cluster.sim.settle()
    expect(pods(cluster)).toHaveLength(3)
    const released = cluster.client.get('pods', (lost as Pod).metadata)
    expect(released.metadata.ownerReferences ?? []).toEqual([])
    expect(sets(cluster)[0]?.status).toMatchObject({ replicas: 2, availableReplicas: 2 })
  })

  it('replaces pods that have ended, and does not delete them', () => {
    const cluster = workloadCluster()
    createReplicaSet(cluster, 's', { replicas: 1 })
    cluster.sim.settle()
    const [ended] = pods(cluster) as [Pod]
    cluster.client.updateStatus('pods', { ...ended, status: { ...ended.status, phase: 'Failed' } })
    cluster.sim.settle()
    expect(new Set(pods(cluster).map(({ status }) => status.phase))).toEqual(new Set(['Failed', 'Running']))
  })

  it('makes 500 pods in a burst, and the next when its client rate allows it', () => {
    const cluster = workloadCluster()
    createReplicaSet(cluster, 's', { replicas: 501 })
    const counts = new Set<number>()
    const end = cluster.sim.onStep(() =>
      counts.add(
        cluster.writes.filter(({ resource, type }) => resource === 'pods' && type === 'ADDED').length,
      ),
    )
    for (let step = 0; step < 30; step++) cluster.sim.step()
    expect([...counts].filter((count) => count > 0)).toEqual([500])
    cluster.advance(0.1)
    end()
    expect([...counts].filter((count) => count > 0)).toEqual([500, 501])
  })

  it('says why it cannot create pods, starts slowly, tries again, and recovers', () => {
    const cluster = workloadCluster()
    let refusals = 0
    refuse(cluster.server, () => cluster.now < 12 && ++refusals > 0)
    createReplicaSet(cluster, 's', { replicas: 10 })
    cluster.advance(1)
    const { status } = sets(cluster)[0] as ReturnType<typeof createReplicaSet>
    expect(status.conditions).toMatchObject([
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'quota says no' },
    ])
    expect(cluster.eventLines('replicaset-controller')[0]).toBe(
      'ReplicaSet/s FailedCreate: Error creating: quota says no',
    )
    // one attempt in each sync: a batch that fails is the last one, and the back-off doubles from 5 ms
    expect(refusals).toBeGreaterThanOrEqual(8)
    expect(refusals).toBeLessThanOrEqual(10)
    cluster.advance(5)
    expect(sets(cluster)[0]?.status).toEqual({
      replicas: 10,
      fullyLabeledReplicas: 10,
      readyReplicas: 10,
      availableReplicas: 10,
      observedGeneration: 1,
    })
  })

  it('does not keep settle() waiting for a failure that stays', () => {
    const cluster = workloadCluster()
    let isRefused = true
    refuse(cluster.server, () => isRefused)
    createReplicaSet(cluster, 's', { replicas: 1 })
    const begin = cluster.now
    cluster.sim.settle()
    expect(cluster.now - begin).toBeLessThan(2)
    expect(sets(cluster)[0]?.status.conditions?.[0]?.message).toBe('quota says no')
    isRefused = false
    cluster.advance(5)
    expect(sets(cluster)[0]?.status).toMatchObject({ availableReplicas: 1 })
  })
})

/** Makes the server refuse pod creations as a quota would, while `when` holds. */
function refuse(server: object, when: () => boolean): void {
  const target = server as {
    execute(request: { verb: string; resource: string; subresource?: string }): unknown
  }
  const original = target.execute.bind(target)
  target.execute = (request) => {
    const isCreation =
      request.verb === 'create' && request.resource === 'pods' && request.subresource === undefined
    if (isCreation && when()) throw new ApiError(403, 'Forbidden', 'quota says no')
    return original(request)
  }
}
