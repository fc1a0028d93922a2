import type { ComponentHost } from '../../apiserver/client/component.js'
import type { WorkQueue, WorkQueueOptions } from '../../sim/work-queue.js'

/** How often a controller looks whether its informers have their first lists, in ms. Source: client-go cache.WaitForCacheSync. */
const SYNC_POLL = 100

/**
 * A controller's work queue: keys wait until all informers have their first list, a failed sync is retried with back-off, and
 * a success ends the back-off. Source: the worker loop that every controller of kube-controller-manager has.
 */
export function reconcileQueue(
  host: ComponentHost,
  informers: readonly { readonly synced: boolean }[],
  sync: (key: string) => void,
  options?: WorkQueueOptions,
): WorkQueue {
  const queue: WorkQueue = host.workQueue(
    'queue',
    (key) => {
      if (!informers.every((informer) => informer.synced)) return queue.addAfter(key, SYNC_POLL)
      sync(key)
      queue.forget(key)
    },
    options,
  )
  return queue
}
