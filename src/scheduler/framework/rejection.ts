/**
 * Why a plugin turned a pod down. `Unschedulable`: removing other pods could help (preemption is tried);
 * `UnschedulableAndUnresolvable`: it could not; `Pending`: the plugin waits for something and wants the pod
 * back at once. Source: staging/src/k8s.io/kube-scheduler/framework Code.
 */
export type RejectionCode = 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Pending'

/** A plugin's refusal, with the texts that end up in the FailedScheduling event. */
export interface Rejection {
  readonly code: RejectionCode
  readonly reasons: readonly string[]
}

/** A refusal and who said it. */
export interface PluginRejection {
  readonly plugin: string
  readonly rejection: Rejection
}

/** A refusal that removing other pods may resolve. */
export function unschedulable(...reasons: readonly string[]): Rejection {
  return { code: 'Unschedulable', reasons }
}

/** A refusal that removing other pods cannot resolve. */
export function unresolvable(...reasons: readonly string[]): Rejection {
  return { code: 'UnschedulableAndUnresolvable', reasons }
}

/**
 * A scheduling cycle that failed for a cause other than "does not fit": the pod gets condition reason
 * `SchedulerError` and is retried with back-off.
 */
export class CycleError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CycleError'
  }
}
