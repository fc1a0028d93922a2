import type { Job, JobCondition, JobStatus } from '../../api/batch/generated.js'

/** A job's status while a sync works it out. */
export interface StatusDraft {
  conditions: JobCondition[]
  startTime: string | undefined
  completionTime: string | undefined
  active: number
  ready: number | undefined
  terminating: number | undefined
  succeeded: number
  failed: number
  completedIndexes: string
  failedIndexes: string | undefined
  /** Uids of pods that have ended and still have their finalizer. */
  uncountedSucceeded: readonly string[]
  uncountedFailed: readonly string[]
}

/** The status as it was last written. */
export function draftOf({ status }: Job): StatusDraft {
  return {
    conditions: [...(status.conditions ?? [])],
    startTime: status.startTime,
    completionTime: status.completionTime,
    active: status.active ?? 0,
    ready: status.ready,
    terminating: status.terminating,
    succeeded: status.succeeded ?? 0,
    failed: status.failed ?? 0,
    completedIndexes: status.completedIndexes ?? '',
    failedIndexes: status.failedIndexes,
    uncountedSucceeded: status.uncountedTerminatedPods?.succeeded ?? [],
    uncountedFailed: status.uncountedTerminatedPods?.failed ?? [],
  }
}

/** The status to write: zeros are left out where the API leaves them out. */
export function statusOf(draft: StatusDraft): JobStatus {
  const { conditions, startTime, completionTime, active, ready, terminating, succeeded, failed } = draft
  const { completedIndexes, failedIndexes } = draft
  const uncountedTerminatedPods = {
    ...(draft.uncountedSucceeded.length > 0 ? { succeeded: draft.uncountedSucceeded } : {}),
    ...(draft.uncountedFailed.length > 0 ? { failed: draft.uncountedFailed } : {}),
  }
  return {
    ...(conditions.length > 0 ? { conditions } : {}),
    ...(startTime === undefined ? {} : { startTime }),
    ...(completionTime === undefined ? {} : { completionTime }),
    ...(active > 0 ? { active } : {}),
    ...(succeeded > 0 ? { succeeded } : {}),
    ...(failed > 0 ? { failed } : {}),
    ...(terminating === undefined ? {} : { terminating }),
    ...(completedIndexes === '' ? {} : { completedIndexes }),
    ...(failedIndexes === undefined ? {} : { failedIndexes }),
    uncountedTerminatedPods,
    ...(ready === undefined ? {} : { ready }),
  }
}
