import type { Pod } from '../../api/core/generated.js'
import { finishedAt, indexFailures } from './pods.js'

const FIRST = 10_000
const LONGEST = 10 * 60_000

/** Failures of a job's pods since the last success. */
export interface BackOffRecord {
  readonly failures: number
  /** Virtual ms of the last failure; 0 if there was none. */
  readonly lastFailure: number
}

/** Records by the job's key: plain data in a slice of the component's state. */
export type BackOffState = Map<string, BackOffRecord>

export const NO_FAILURES: BackOffRecord = { failures: 0, lastFailure: 0 }

/**
 * The record after more pods have ended: a success ends the count of the failures before it. Source:
 * newBackoffRecord.
 */
export function backOffAfter(
  record: BackOffRecord,
  succeeded: readonly Pod[],
  failed: readonly Pod[],
): BackOffRecord {
  const failures = failed.map(finishedAt)
  if (succeeded.length > 0) {
    const lastSuccess = Math.max(...succeeded.map(finishedAt))
    const later = failures.filter((time) => time > lastSuccess)
    return later.length === 0 ? NO_FAILURES : { failures: later.length, lastFailure: Math.max(...later) }
  }
  return failures.length === 0
    ? record
    : { failures: record.failures + failures.length, lastFailure: Math.max(...failures) }
}

/**
 * How many ms are left until another pod may be created: 10 s after the first failure, doubled with each, at
 * most 10 min.
 */
export function remainingBackOff({ failures, lastFailure }: BackOffRecord, now: number): number {
  if (failures === 0) return 0
  const wait = Math.min(FIRST * 2 ** (failures - 1), LONGEST)
  return Math.max(0, lastFailure + wait - now)
}

/** The same for the index of the pod that failed last. Source: getRemainingTimePerIndex. */
export function remainingIndexBackOff(lastFailed: Pod | undefined, now: number): number {
  if (!lastFailed) return 0
  const { counted, ignored } = indexFailures(lastFailed)
  return remainingBackOff({ failures: counted + ignored + 1, lastFailure: finishedAt(lastFailed) }, now)
}
