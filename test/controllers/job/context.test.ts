import { partial } from '../../support/typed.js'
import { describe, expect, it } from 'vitest'
import type { Job } from '../../../src/api/batch/generated.js'
import type { Pod } from '../../../src/api/core/generated.js'
import { NO_FAILURES, remainingBackOff } from '../../../src/controllers/job/pods.js'
import { contextOf } from '../../../src/controllers/job/context.js'
import { pod } from '../shared/objects.js'

const tracked = (name: string, phase: 'Succeeded' | 'Failed' | 'Running'): Pod => {
  const made = pod(name, { phase, created: 1000 })
  return { ...made, metadata: { ...made.metadata, finalizers: ['batch.kubernetes.io/job-tracking'] } }
}
const job = partial<Job>({
  metadata: { name: 'j', namespace: 'default' },
  spec: { completions: 5, template: { metadata: {}, spec: { containers: [] } } },
  status: {},
})

describe('what a sync of a job counts', () => {
  const pods = [
    tracked('a', 'Succeeded'),
    tracked('b', 'Failed'),
    tracked('c', 'Failed'),
    tracked('d', 'Running'),
    pod('e', { phase: 'Failed' }),
  ]
  const seen = { key: 'default/j', job, pods, now: 5000, backOffBefore: NO_FAILURES }

  it('is each pod that has its finalizer, as long as the controller has not taken that off itself', () => {
    const counts = (counted: readonly string[]): unknown => {
      const { succeeded, failed, active } = contextOf({ ...seen, counted: new Set(counted) })
      return [succeeded, failed, active.length]
    }
    expect(counts([])).toEqual([1, 2, 1])
    expect(counts(['a', 'b'])).toEqual([0, 1, 1])
  })

  it('is a pod of the lists in the status once', () => {
    const status = {
      succeeded: 3,
      failed: 1,
      uncountedTerminatedPods: { succeeded: ['a'], failed: ['b', 'gone'] },
    }
    const { succeeded, failed } = contextOf({ ...seen, job: { ...job, status }, counted: new Set() })
    expect([succeeded, failed]).toEqual([4, 4])
  })
})

describe('the back-off of a job', () => {
  it('doubles from 10 s up to 10 min', () => {
    const waits = [0, 1, 2, 3, 4, 7, 8, 100].map(
      (failures) => remainingBackOff({ failures, lastFailure: 1000 }, 1000) / 1000,
    )
    expect(waits).toEqual([0, 10, 20, 40, 80, 600, 600, 600])
    expect(remainingBackOff({ failures: 1, lastFailure: 1000 }, 12_000)).toBe(0)
  })
})
