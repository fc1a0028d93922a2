/** What came of a {@link slowStart}. */
export interface SlowStartResult {
  readonly succeeded: number
  /** The first error of the batch that ended it. */
  readonly error?: unknown
}

/**
 * Calls `create` up to `count` times in batches of 1, 2, 4, 8, ... A batch is carried through to its end, but
 * a batch with an error is the last one: a quota that refuses one pod is not asked for a thousand. Source:
 * pkg/controller/replicaset/replica_set.go slowStartBatch.
 */
export function slowStart(count: number, create: (index: number) => void): SlowStartResult {
  let succeeded = 0
  let at = 0
  for (let size = 1; at < count; size *= 2) {
    const end = Math.min(at + size, count)
    const errors: unknown[] = []
    for (; at < end; at++) {
      try {
        create(at)
        succeeded++
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) return { succeeded, error: errors[0] }
  }
  return { succeeded }
}
