import type { SimCluster } from '../cluster/sim-cluster.js'
import type { Failure } from './failure.js'
import type { Scope } from './scope.js'

/** Name of the property that no key fails for ever. */
export const NOTHING_FAILS = 'no failure is left in a queue at rest'

/** The slices in which work queues count failures: `queue/failures`. */
const FAILURES = /^(.+)\/failures$/

/**
 * Returns what holds for every controller and does not hold at rest: a queue of a component under test in
 * which a key still fails, or whose back-off was never forgotten.
 */
export function leftover(cluster: SimCluster, { underTest, root }: Scope): Failure | undefined {
  if (!cluster.state.atRest) return undefined
  const slices = cluster.internals.slices()
  const before = root.internals.slices()
  for (const component of underTest)
    for (const [name, value] of slices.get(component) ?? []) {
      const queue = FAILURES.exec(name)?.[1]
      if (queue === undefined || !(value instanceof Map)) continue
      for (const [key, failures] of value as ReadonlyMap<string, number>) {
        const known = before.get(component)?.get(name)
        if (known instanceof Map && known.get(key) === failures) continue
        return { property: NOTHING_FAILS, message: messageOf(cluster, component, queue, key, failures) }
      }
    }
  return undefined
}

function messageOf(cluster: SimCluster, owner: string, topic: string, key: string, failures: number): string {
  const isPending = cluster.internals
    .pending()
    .timers.some((timer) => timer.owner === owner && timer.topic === topic && timer.key === key)
  const what = `${owner}/${topic} "${key}" has failed ${failures} times`
  return isPending
    ? `${what}, and is tried again with ever longer delays`
    : `${what} and works, but nobody has called forget(): its next failure waits as long as one more of them`
}
