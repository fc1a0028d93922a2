import type { Finding, Invariant } from '../invariant.js'
import { referenceTo } from '../invariant.js'
import { controllerOf } from './pods.js'

const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking'

/** What the counting of pods by finalizers must not leave behind: pods that nobody can delete. */
export const endedJobsLetGo: Invariant = {
  name: 'ended-jobs-let-go',
  rule: 'At rest, only pods of jobs that have not ended are kept by the finalizer of the job controller, unless it does not run.',
  onlyAtRest: true,
  check: (_cluster, stored) => {
    const tracked = stored.list('pods').filter(({ metadata }) => metadata.finalizers?.includes(TRACKING_FINALIZER) === true)
    if (tracked.length === 0 || !stored.isAtWork('job-controller')) return []
    const running = new Set(stored.list('jobs').filter(({ status }) => !hasEnded(status)).map(({ metadata }) => metadata.uid))
    return tracked.flatMap((pod): Finding[] =>
      (running.has(controllerOf(pod)) ? [] : [{ message: 'its job has ended or is gone, and it is still to be counted', objects: [referenceTo('pods', pod)] }]))
  },
}

function hasEnded({ conditions }: { readonly conditions?: readonly { readonly type: string, readonly status: string }[] }): boolean {
  return conditions?.some(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True') === true
}
