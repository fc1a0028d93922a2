import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { Failure } from './failure.js'
import { type StepRecord, textOf } from './records.js'
import type { ExploreScope } from '../scope.js'

/** Name of the property that no key fails for ever. */
export const NOTHING_FAILS = 'no failure is left in a queue at rest'

/** Name of the property that a queue does not write the same again and again. */
export const NO_IDLE_WRITE = 'no write without a change'

/** As many writes in a row that change nothing, of one object by one queue, are too many. */
const MOST_IDLE = 2

/** The slices in which work queues count failures: `queue/failures`. */
const FAILURES = /^(.+)\/failures$/

/** Whether the handler of a topic is a work queue. */
const isQueue = (cluster: SimCluster, owner: string, topic: string): boolean =>
  cluster.internals.slices().get(owner)?.has(`${topic}/failures`) === true

/** A key of a queue that has failed since the root. */
interface Failing {
  readonly owner: string
  readonly topic: string
  readonly key: string
  readonly failures: number
}

/** As many keys are waited for. */
const MOST_RETRIES = 20

/**
 * Returns what holds for every controller and does not hold at rest: a queue of a component under test in
 * which a key still fails, or whose back-off was never forgotten. A key that is tried again later has that
 * time: what it waits for may have come about without an event.
 */
export function leftover(cluster: SimCluster, scope: ExploreScope): Failure | undefined {
  if (!cluster.state.atRest) return undefined
  for (let nth = 0; nth < MOST_RETRIES; nth += 1) {
    const failing = firstFailing(cluster, scope)
    if (failing === undefined) return undefined
    const due = dueOf(cluster, failing)
    const hasRun = (): boolean => failuresOf(cluster, failing) !== failing.failures
    if (due === undefined || !cluster.internals.until(hasRun, due - cluster.now() + 1))
      return left(failing, due)
    const now = failuresOf(cluster, failing)
    if (now !== undefined) return left({ ...failing, failures: now }, due)
  }
  return undefined
}

function firstFailing(cluster: SimCluster, { underTest, root }: ExploreScope): Failing | undefined {
  const slices = cluster.internals.slices()
  const before = root.internals.slices()
  for (const owner of underTest)
    for (const [name, value] of slices.get(owner) ?? []) {
      const topic = FAILURES.exec(name)?.[1]
      if (topic === undefined || !(value instanceof Map)) continue
      const known = before.get(owner)?.get(name)
      for (const [key, failures] of value as ReadonlyMap<string, number>)
        if (!(known instanceof Map && known.get(key) === failures)) return { owner, topic, key, failures }
    }
  return undefined
}

function failuresOf(cluster: SimCluster, { owner, topic, key }: Failing): number | undefined {
  const value = cluster.internals.slices().get(owner)?.get(`${topic}/failures`)
  return value instanceof Map ? (value as ReadonlyMap<string, number>).get(key) : undefined
}

/** Returns when a key is tried again, in virtual ms. */
const dueOf = (cluster: SimCluster, { owner, topic, key }: Failing): number | undefined =>
  cluster.internals
    .pending()
    .timers.find((timer) => timer.owner === owner && timer.topic === topic && timer.key === key)?.due

function left({ owner, topic, key, failures }: Failing, due: number | undefined): Failure {
  const what = `${owner}/${topic} "${key}" has failed ${failures === 1 ? 'once' : `${failures} times`}`
  const works =
    'and works, but nobody has called forget(): its next failure waits as long as one more of them'
  const message =
    due === undefined ? `${what} ${works}` : `${what}, and is tried again with ever longer delays`
  return { property: NOTHING_FAILS, message }
}

/** Notes the writes of a step of a component under test that changed nothing: how often, in a row. */
export function noteIdle(
  {
    scope,
    cluster,
    idleWrites,
  }: { readonly scope: ExploreScope; readonly cluster: SimCluster; readonly idleWrites: Map<string, number> },
  { owner, requests }: StepRecord,
  topic: string,
): void {
  if (!scope.underTest.includes(owner) || !isQueue(cluster, owner, topic)) return
  for (const sent of requests) {
    if (sent.verb !== 'update' && sent.verb !== 'patch') continue
    const write = `${owner}: ${textOf(sent)}`
    if (sent.idle === true) idleWrites.set(write, (idleWrites.get(write) ?? 0) + 1)
    else if (sent.failed === undefined) idleWrites.delete(write)
  }
}

/**
 * Returns the failure of an undisturbed run in which a queue wrote what was there already, again and again,
 * though its cache showed that: such writes cost as much as others, and come with each reconcile.
 */
export function idleWrite({
  idleWrites,
}: {
  readonly idleWrites: ReadonlyMap<string, number>
}): Failure | undefined {
  for (const [write, times] of idleWrites) {
    if (times <= MOST_IDLE) continue
    const message = `${write} was sent ${times} times in a row and changed nothing`
    return { property: NO_IDLE_WRITE, message }
  }
  return undefined
}
