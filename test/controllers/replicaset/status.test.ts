import { describe, expect, it } from 'vitest'
import type { ReplicaSet } from '../../../src/api/apps/generated.js'
import type { Pod } from '../../../src/api/core/generated.js'
import type { PodTally } from '../../../src/controllers/replicaset/pod-tally.js'
import { PodTallies } from '../../../src/controllers/replicaset/pod-tally.js'
import { replicaSetStatus } from '../../../src/controllers/replicaset/status.js'
import { pod, replicaSet } from '../shared/objects.js'

const observed = { reportsTerminating: false, failure: undefined, now: 100_000 }

const tallyOf = (set: ReplicaSet, pods: readonly Pod[]): PodTally => new PodTallies().of(set, pods)

describe('replicaSetStatus', () => {
  it('counts labelled, ready and available pods, and leaves zeros out', () => {
    const set = {
      ...replicaSet('s', 3),
      spec: { ...replicaSet('s', 3).spec, selector: {}, minReadySeconds: 10 },
    }
    const active = [
      pod('a', { readySince: 90_000 }),
      pod('b', { readySince: 90_001, labels: { other: 'y' } }),
      pod('c'),
    ]
    expect(
      replicaSetStatus(set, { ...observed, tally: tallyOf(set, active), reportsTerminating: true }),
    ).toEqual({
      replicas: 3,
      fullyLabeledReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 1,
      terminatingReplicas: 0,
      observedGeneration: 1,
    })
    expect(replicaSetStatus(set, { ...observed, tally: tallyOf(set, []) })).toEqual({
      replicas: 0,
      observedGeneration: 1,
    })
  })

  it('reports a failure once, by what was being done, and drops it when it is over', () => {
    const set = replicaSet('s', 3)
    const failed = replicaSetStatus(set, { ...observed, tally: tallyOf(set, []), failure: 'quota' })
    const condition = {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message: 'quota',
      lastTransitionTime: '1970-01-01T00:01:40Z',
    }
    expect(failed.conditions).toEqual([condition])
    const none = { ...observed, tally: tallyOf(set, []) }
    const again = replicaSetStatus({ ...set, status: failed }, { ...none, failure: 'other', now: 200_000 })
    expect(again.conditions).toEqual([condition])
    expect(replicaSetStatus({ ...set, status: failed }, none)).not.toHaveProperty('conditions')
    const tooMany = [1, 2, 3, 4].map((at) => pod(`p${at}`))
    const surplus = replicaSetStatus(set, { ...observed, tally: tallyOf(set, tooMany), failure: 'no' })
    expect(surplus.conditions?.[0]?.reason).toBe('FailedDelete')
  })
})
