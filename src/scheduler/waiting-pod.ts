import type { WaitingPlugin } from './framework/framework.js'
import type { QueuedPod } from './queue/queued-pod.js'

/** A pod whose binding waits for a PreBind plugin. Plain data. */
export interface WaitingPod extends WaitingPlugin {
  /** Its record in the queue, in case it has to go back. */
  readonly queued: QueuedPod
  readonly node: string
}
