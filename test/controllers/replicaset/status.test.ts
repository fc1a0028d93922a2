import { describe, expect, it } from 'vitest'
import { replicaSetStatus } from '../../../src/controllers/replicaset/status.js'
import { pod, replicaSet } from '../shared/objects.js'

const observed = { terminating: undefined, failure: undefined, now: 100_000 }

describe('replicaSetStatus', () => {
  it('counts labelled, ready and available pods, and leaves zeros out', () => {
    const set = { ...replicaSet('s', 3), spec: { ...replicaSet('s', 3).spec, minReadySeconds: 10 } }
    const active = [pod('a', { readySince: 90_000 }), pod('b', { readySince: 90_001, labels: { other: 'y' } }), pod('c')]
    expect(replicaSetStatus(set, { ...observed, active, terminating: 0 })).toEqual({
      replicas: 3,
      fullyLabeledReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 1,
      terminatingReplicas: 0,
      observedGeneration: 1,
    })
    expect(replicaSetStatus(set, { ...observed, active: [] })).toEqual({ replicas: 0, observedGeneration: 1 })
  })

  it('reports a failure once, by what was being done, and drops it when it is over', () => {
    const set = replicaSet('s', 3)
    const failed = replicaSetStatus(set, { ...observed, active: [], failure: 'quota' })
    const condition = {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message: 'quota',
      lastTransitionTime: '1970-01-01T00:01:40Z',
    }
    expect(failed.conditions).toEqual([condition])
    const again = replicaSetStatus({ ...set, status: failed }, { ...observed, active: [], failure: 'other', now: 200_000 })
    expect(again.conditions).toEqual([condition])
    expect(replicaSetStatus({ ...set, status: failed }, { ...observed, active: [] })).not.toHaveProperty('conditions')
    const tooMany = [1, 2, 3, 4].map((at) => pod(`p${at}`))
    expect(replicaSetStatus(set, { ...observed, active: tooMany, failure: 'no' }).conditions?.[0]?.reason).toBe('FailedDelete')
  })
})
