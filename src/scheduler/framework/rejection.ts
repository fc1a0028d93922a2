import { InputError } from '../../lang/input-error.js'
/**
 * Why a plugin rejected a pod. `Unschedulable`: removing other pods could help, so preemption is tried;
 * `UnschedulableAndUnresolvable`: it could not; `Pending`: the plugin waits for something and wants the pod
 * back immediately. Source: staging/src/k8s.io/kube-scheduler/framework Code.
 */
export type RejectionCode = 'Unschedulable' | 'UnschedulableAndUnresolvable' | 'Pending'

/** A rejection by a plugin, with the texts for the FailedScheduling event. */
export interface Rejection {
  readonly code: RejectionCode
  readonly reasons: readonly string[]
}

/** A rejection and the plugin that returned it. */
export interface PluginRejection {
  readonly plugin: string
  readonly rejection: Rejection
}

/**
 * Returns a rejection that removing other pods may resolve.
 * @example const filter = () => unschedulable('Insufficient licenses')
 */
export function unschedulable(...reasons: readonly string[]): Rejection {
  checkReasons('unschedulable()', reasons)
  return { code: 'Unschedulable', reasons }
}

/**
 * Returns a rejection that removing other pods cannot resolve.
 * @example const filter = () => unresolvable('node has no license') // no eviction of other pods helps
 */
export function unresolvable(...reasons: readonly string[]): Rejection {
  checkReasons('unresolvable()', reasons)
  return { code: 'UnschedulableAndUnresolvable', reasons }
}

/**
 * Thrown if a cycle fails for a reason other than "does not fit". The pod's condition gets the reason
 * `SchedulerError`, and the pod is retried with back-off.
 */
export class CycleError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CycleError'
  }
}

/** @throws InputError if a rejection does not say why: the pod's condition would say nothing */
function checkReasons(call: string, reasons: readonly unknown[]): void {
  if (reasons.length > 0 && reasons.every((reason) => typeof reason === 'string' && reason !== '')) return
  throw new InputError(
    `${call}: reasons must be texts, not ${JSON.stringify(reasons)}. Write for example: ` +
      `${call.slice(0, -1)}'node(s) had no free slot')`,
  )
}
