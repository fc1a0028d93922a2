import { formatTime } from '../lang/go/time.js'
import type { KernelEvents } from '../sim/event-bus.js'
import type { FoundObject, Violation } from './invariant.js'

/** Where and when a violation occurred. */
export interface ViolationPlace {
  /** Virtual ms. */
  readonly time: number
  /** The handler call in which it occurred; undefined if a call from outside caused it. */
  readonly step?: KernelEvents['step']
}

/**
 * Thrown if a cluster violates an invariant. The message says which, when and in which step, and names the
 * objects.
 */
export class InvariantError extends Error {
  readonly violations: readonly Violation[]
  /** Virtual ms. */
  readonly time: number
  readonly step: KernelEvents['step'] | undefined

  constructor(violations: readonly Violation[], { time, step }: ViolationPlace) {
    const what = violations.length === 1 ? 'an invariant is' : 'invariants are'
    super([`${what} broken at ${place(time, step)}`, ...violations.map(violationLine)].join('\n'))
    this.name = 'InvariantError'
    this.violations = violations
    this.time = time
    this.step = step
  }
}

function place(time: number, step: KernelEvents['step'] | undefined): string {
  const by = step ? `in step ${step.owner}/${step.topic} "${step.key}"` : 'outside any step'
  return `${formatTime(time)}, ${by}:`
}

/** Returns the line about a violation: the invariant, the objects if there are any, and what is wrong. */
export function violationLine({ invariant, message, objects }: Violation): string {
  const names = objects.map(nameOf).join(', ')
  return `  ${[invariant, names, message].filter(Boolean).join(': ')}`
}

function nameOf({ resource, namespace, name, resourceVersion }: FoundObject): string {
  return (
    `${resource} ${namespace === undefined ? '' : `${namespace}/`}${name} (resourceVersion ` +
    `${resourceVersion})`
  )
}
