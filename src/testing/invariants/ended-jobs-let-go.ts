import type { JobStatus } from '../../api/batch/generated.js'
import type { Finding, Invariant } from '../invariant.js'
import { referenceTo } from '../invariant.js'
import { controllerOf } from './pods.js'

const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking'

/** Tracking pods with finalizers must not leave behind pods that cannot be deleted. */
export const endedJobsLetGo: Invariant = {
  name: 'ended-jobs-let-go',
  rule:
    'At rest, only pods of jobs that have not ended are kept by the finalizer of the job controller, ' +
    'unless it does not run.',
  onlyAtRest: true,
  check: (_cluster, stored) => {
    const tracked = stored
      .list('pods')
      .filter(({ metadata }) => metadata.finalizers?.includes(TRACKING_FINALIZER) === true)
    if (tracked.length === 0 || !stored.isControllerRunning('job-controller')) return []
    const running = new Set<string | undefined>(
      stored
        .list('jobs')
        .filter(({ status }) => !hasEnded(status))
        .map(({ metadata }) => metadata.uid),
    )
    const message = 'its job has ended or is gone, and it is still to be counted'
    const kept = tracked.filter((pod) => !running.has(controllerOf(pod)))
    return kept.map((pod): Finding => ({ message, objects: [referenceTo('pods', pod)] }))
  },
}

function hasEnded({ conditions }: JobStatus): boolean {
  return (
    conditions?.some(
      ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
    ) === true
  )
}
