import { isThenable } from '../lang/synchronous.js'
import { InputError } from '../lang/input-error.js'
import type { Duration } from '../sim/duration.js'
import type { SimulationState } from '../sim/state.js'

/** What a {@link TimeoutError} says. */
export interface Unmet {
  readonly timeout: Duration
  /** The source of the predicate. */
  readonly predicate: string
  readonly pending: Pick<SimulationState, 'timers' | 'ready'>
  readonly now: number
  readonly summary: string
}

/** Most timers that are named. */
const MOST = 5

/** `cluster.until()` has waited as long as it may, and its predicate does not hold. */
export class TimeoutError extends Error {
  readonly code: string = 'ETIMEDOUT'

  constructor({ timeout, predicate, pending: { timers, ready }, now, summary }: Unmet) {
    const waiting = [
      ...ready.map(({ owner, topic, key }) => `${owner}/${topic} ${key} is ready`),
      ...[...timers]
        .filter((timer) => timer.class === 'work')
        .sort((a, b) => a.due - b.due)
        .map(({ owner, topic, key, due }) => `${owner}/${topic} ${key} in ${due - now} ms`),
    ]
    const named = waiting.length === 0 ? ['none: the cluster is at rest'] : waiting.slice(0, MOST)
    const after = typeof timeout === 'number' ? `${timeout} ms` : timeout
    super(
      `until(): ${predicate} does not hold after ${after}\n` +
        `pending work: ${named.join('; ')}\n${summary}`,
    )
    this.name = 'TimeoutError'
  }
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value) : `a value of type ${typeof value}`

/**
 * Returns the verdict of a predicate.
 * @throws InputError if it is no boolean: a promise or a text would hold whatever it says
 */
export function judged(verdict: unknown): boolean {
  if (typeof verdict === 'boolean') return verdict
  const what = isThenable(verdict) ? 'a promise' : textOf(verdict)
  throw new InputError(
    `until(): the predicate must return true or false, not ${what}. Write for example: ` +
      "cluster.until((cluster) => cluster.node('node-1').ready)",
  )
}
