import type { WaitingPlugin } from './framework/framework.js'
import type { QueuedPod } from './queue/queued-pod.js'

/** A pod on its way to its node that a PreBind plugin holds up. Plain data. */
export interface WaitingPod extends WaitingPlugin {
  /** Its record in the queue, for the case that it has to go back. */
  readonly queued: QueuedPod
  readonly node: string
}
