import { describe, expect, it } from 'vitest'
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../../src/api/apps/generated.js'
import {
  deploymentStatus,
  isComplete,
  newCondition,
  nextDeadlineCheck,
  pauseCondition,
  rolloutStatus,
  setCondition,
} from '../../../src/controllers/deployment/status.js'
import { deployment, replicaSet } from '../shared/objects.js'

const progressing = (status: string, reason: string, at: number) =>
  newCondition('Progressing', status, reason, 'before', at)
const withStatus = (d: Deployment, status: DeploymentStatus): Deployment => ({ ...d, status })
const statusOf = (d: Deployment, newSet: ReplicaSet, old: ReplicaSet[], now: number): DeploymentStatus =>
  rolloutStatus(d, deploymentStatus(d, newSet, old, true, now), newSet, old, now)
const lines = ({ conditions = [] }: DeploymentStatus): string[] =>
  conditions.map((c) => `${c.type}=${c.status} ${c.reason ?? ''}: ${c.message ?? ''}`)

const available = 'Available=True MinimumReplicasAvailable: Deployment has minimum availability.'
const unavailable =
  'Available=False MinimumReplicasUnavailable: Deployment does not have minimum availability.'

describe('setCondition', () => {
  const first = newCondition('A', 'True', 'One', 'm', 1000)
  it(
    'leaves an equal one alone, keeps the transition time of an equal status, and moves what changes to ' +
      'the end',
    () => {
      const conditions = [first, newCondition('B', 'True', 'x', '', 1000)]
      expect(setCondition(conditions, newCondition('A', 'True', 'One', 'other', 5000))).toBe(conditions)
      const next = setCondition(conditions, newCondition('A', 'True', 'Two', 'm', 5000))
      expect(next.map(({ type }) => type)).toEqual(['B', 'A'])
      expect(next[1]).toMatchObject({
        lastTransitionTime: '1970-01-01T00:00:01Z',
        lastUpdateTime: '1970-01-01T00:00:05Z',
      })
      expect(
        setCondition(conditions, newCondition('A', 'False', 'Two', 'm', 5000))[1]?.lastTransitionTime,
      ).toBe('1970-01-01T00:00:05Z')
    },
  )
})

describe('deploymentStatus', () => {
  it('sums up the sets and leaves zeros out', () => {
    const status = deploymentStatus(
      deployment({ replicas: 4 }),
      replicaSet('new', 2, { available: 1 }),
      [replicaSet('old', 3)],
      false,
      0,
    )
    expect(status).toMatchObject({
      replicas: 5,
      updatedReplicas: 2,
      readyReplicas: 4,
      availableReplicas: 4,
      unavailableReplicas: 1,
    })
    const none = deploymentStatus(deployment({ replicas: 0 }), undefined, [], false, 0)
    expect(Object.keys(none)).toEqual(['conditions', 'observedGeneration'])
  })

  it('reports terminatingReplicas once every set does', () => {
    const reporting = (set: ReplicaSet, terminatingReplicas: number): ReplicaSet => ({
      ...set,
      status: { ...set.status, terminatingReplicas },
    })
    const [a, b] = [reporting(replicaSet('a', 1), 2), reporting(replicaSet('b', 1), 0)]
    expect(deploymentStatus(deployment(), a, [b], true, 0).terminatingReplicas).toBe(2)
    expect(deploymentStatus(deployment(), a, [replicaSet('c', 1)], true, 0)).not.toHaveProperty(
      'terminatingReplicas',
    )
    expect(deploymentStatus(deployment(), a, [b], false, 0)).not.toHaveProperty('terminatingReplicas')
  })
})

describe('rolloutStatus', () => {
  it('is complete when all replicas are new and available', () => {
    const status = statusOf(deployment(), replicaSet('new', 3), [replicaSet('old', 0)], 0)
    expect(isComplete(deployment(), status)).toBe(true)
    expect(lines(status)).toEqual([
      available,
      'Progressing=True NewReplicaSetAvailable: ReplicaSet "new" has successfully progressed.',
    ])
  })

  it('progresses with each new, ready or available replica, and renews lastUpdateTime for it', () => {
    const d = withStatus(deployment(), {
      observedGeneration: 1,
      replicas: 4,
      updatedReplicas: 1,
      readyReplicas: 3,
      availableReplicas: 3,
      conditions: [progressing('True', 'ReplicaSetUpdated', 1000)],
    })
    const moved = statusOf(d, replicaSet('new', 1), [replicaSet('old', 3)], 9000)
    expect(lines(moved)).toEqual([
      available,
      'Progressing=True ReplicaSetUpdated: ReplicaSet "new" is progressing.',
    ])
    expect(moved.conditions?.[1]).toMatchObject({
      lastTransitionTime: '1970-01-01T00:00:01Z',
      lastUpdateTime: '1970-01-01T00:00:09Z',
    })
    const still = statusOf(d, replicaSet('new', 1, { available: 0 }), [replicaSet('old', 3)], 9000)
    expect(still.conditions?.[0]).toMatchObject({ lastUpdateTime: '1970-01-01T00:00:01Z' })
  })

  it.each([
    [600_000, 'True', 'ReplicaSetUpdated'],
    [601_000, 'True', 'ReplicaSetUpdated'],
    [601_001, 'False', 'ProgressDeadlineExceeded'],
  ])('without progress since 1 s, at %d ms Progressing is %s %s', (now, status, reason) => {
    const before = {
      observedGeneration: 1,
      replicas: 1,
      updatedReplicas: 1,
      conditions: [progressing('True', 'ReplicaSetUpdated', 1000)],
    }
    const after = statusOf(
      withStatus(deployment({ replicas: 1 }), before),
      replicaSet('new', 1, { available: 0 }),
      [],
      now,
    )
    expect(after.conditions?.find(({ type }) => type === 'Progressing')).toMatchObject({ status, reason })
    if (reason === 'ProgressDeadlineExceeded')
      expect(lines(after)).toContain(
        'Progressing=False ProgressDeadlineExceeded: ReplicaSet "new" has timed out progressing.',
      )
  })

  it('does not start over once complete: a lost replica is no rollout', () => {
    const before = {
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      conditions: [progressing('True', 'NewReplicaSetAvailable', 1000)],
    }
    const after = statusOf(
      withStatus(deployment({ replicas: 3 }), before),
      replicaSet('new', 3, { available: 1 }),
      [],
      2_000_000,
    )
    expect(lines(after)).toEqual(['Progressing=True NewReplicaSetAvailable: before', unavailable])
  })

  it('has no Progressing condition without a deadline', () => {
    const d = withStatus(deployment({ progressDeadlineSeconds: 2147483647 }), {
      conditions: [progressing('True', 'ReplicaSetUpdated', 0)],
    })
    expect(lines(statusOf(d, replicaSet('new', 3), [], 0))).toEqual([available])
  })

  it('copies the failure of a set, the new one first, and drops it afterwards', () => {
    const failing = (set: ReplicaSet, message: string): ReplicaSet => ({
      ...set,
      status: {
        ...set.status,
        conditions: [
          {
            type: 'ReplicaFailure',
            status: 'True',
            reason: 'FailedCreate',
            message,
            lastTransitionTime: '1970-01-01T00:00:01Z',
          },
        ],
      },
    })
    const failed = statusOf(
      deployment(),
      failing(replicaSet('new', 3), 'of new'),
      [failing(replicaSet('old', 1), 'of old')],
      0,
    )
    expect(lines(failed)).toContain('ReplicaFailure=True FailedCreate: of new')
    expect(
      lines(statusOf(withStatus(deployment(), failed), replicaSet('new', 3), [], 0)).join(),
    ).not.toContain('ReplicaFailure')
  })
})

describe('nextDeadlineCheck', () => {
  const stuck = (reason: string): Deployment =>
    withStatus(deployment({ progressDeadlineSeconds: 10 }), {
      observedGeneration: 1,
      replicas: 1,
      conditions: [progressing('True', reason, 5000)],
    })
  it('is a second after the deadline', () => {
    expect(nextDeadlineCheck(stuck('ReplicaSetUpdated'), stuck('').status, 6000)).toBe(10_000)
    expect(nextDeadlineCheck(stuck('ReplicaSetUpdated'), stuck('').status, 60_000)).toBe(1000)
  })
  it('is nothing when there is nothing to miss', () => {
    for (const reason of ['ProgressDeadlineExceeded', 'NewReplicaSetAvailable'])
      expect(nextDeadlineCheck(stuck(reason), stuck('').status, 6000)).toBeUndefined()
    expect(nextDeadlineCheck(deployment({ progressDeadlineSeconds: 2147483647 }), {}, 6000)).toBeUndefined()
  })
})

describe('pauseCondition', () => {
  const paused = (isPaused: boolean, reason?: string): string | undefined => {
    const conditions = reason === undefined ? [] : [progressing('Unknown', reason, 0)]
    const condition = pauseCondition(withStatus(deployment({ paused: isPaused }), { conditions }), 0)
    return condition && `${condition.status} ${condition.reason ?? ''}: ${condition.message ?? ''}`
  }
  it.each([
    [true, undefined, 'Unknown DeploymentPaused: Deployment is paused'],
    [true, 'DeploymentPaused', undefined],
    [false, 'DeploymentPaused', 'Unknown DeploymentResumed: Deployment is resumed'],
    [false, undefined, undefined],
    [true, 'ProgressDeadlineExceeded', undefined],
  ])('paused %s after %s', (isPaused, reason, expected) => {
    expect(paused(isPaused, reason)).toBe(expected)
  })
})
