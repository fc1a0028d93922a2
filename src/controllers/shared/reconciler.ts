import type { ComponentHost } from '../../client/component.js'
import type { WorkQueue, WorkQueueOptions } from '../../sim/work-queue.js'

/**
 * How often a controller looks whether its informers have their first lists, in ms. Source: client-go
 * cache.WaitForCacheSync.
 */
const SYNC_POLL = 100

/**
 * Retries in a row that `settle()` waits for: 5, 10, 20, ... ms, 1.3 s in all. What fails that often (a
 * quota, a policy) is not in flight but broken.
 */
const WORK_RETRIES = 8

/** What differs from the usual queue: its name (`queue`) and its back-off. */
export interface ReconcileOptions extends Pick<WorkQueueOptions, 'baseDelay' | 'maxDelay'> {
  readonly name?: string
}

/**
 * A controller's work queue: keys wait until all informers have their first list, a failed sync is retried
 * with back-off, and a success ends the back-off. Source: the worker loop that every controller of
 * kube-controller-manager has.
 */
export function reconcileQueue(
  host: ComponentHost,
  informers: readonly { readonly synced: boolean; readonly cutOff: boolean }[],
  sync: (key: string) => void,
  { name = 'queue', ...backOff }: ReconcileOptions = {},
): WorkQueue {
  // a list that cannot come is not in flight: nobody who settles waits for it
  const pollClass = (): 'work' | 'watchdog' =>
    informers.some((informer) => informer.cutOff) ? 'watchdog' : 'work'
  const queue: WorkQueue = host.workQueue(
    name,
    (key) => {
      if (!informers.every((informer) => informer.synced))
        return queue.addAfter(key, SYNC_POLL, { class: pollClass() })
      sync(key)
      queue.forget(key)
    },
    { workRetries: WORK_RETRIES, ...backOff },
  )
  return queue
}
