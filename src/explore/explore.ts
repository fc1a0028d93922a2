import type { SimCluster } from '../cluster/sim-cluster.js'
import { type ExploreClientsOptions, isOfClients, type WithoutClients } from './clients/options.js'
import { programsOf } from './clients/programs-of.js'
import { exploration, type ExplorationOutcome } from './exploration.js'
import { checkExplore } from './inputs.js'
import type { ExploreOptions } from './options.js'
import type { RunRecord } from './execution/records.js'
import { checkRepeated, played } from './search/repeat.js'
import type { ClientExplorationResult, ExplorationResult } from './result.js'
import { finished, finishedWith, type Playing } from './search/run.js'
import { scopeOf } from './scope.js'
import type { ViolatingRun } from './search/shrink.js'

/**
 * Searches the runs that are possible from here for one that violates a property: other orders of what is
 * ready, stale caches, lagging components, lost and failed requests, crashes. The cluster itself does not
 * change.
 *
 * With `clients`, which are asynchronous controllers such as those written with @kubernetes/client-node, it
 * returns a promise: each of their requests and each delivery of watch events is a step, and every run begins
 * with a fork of the cluster in which the clients start and come to rest. @throws InputError if an option is
 * unknown or wrong, or there is nothing to check; ActionFailed if an action fails in the undisturbed run;
 * SharedState if a component keeps state outside of its setup; what the start of a client throws
 * @example
 * ```ts
 * const { verdict, story } = explore(cluster, {
 *   actions: [{ name: 'resize', do: (c) => c.kubectl('scale deployment web --replicas=3') }],
 *   search: { delays: 1 },
 *   faults: { crash: 1 },
 *   always: [{ name: 'at most 4 pods', holds: (c) => c.list('pods').items.length <= 4 }],
 * })
 * ```
 */
export function explore(cluster: SimCluster, options: ExploreClientsOptions): Promise<ClientExplorationResult>
export function explore(cluster: SimCluster, options: ExploreOptions & WithoutClients): ExplorationResult
export function explore(
  cluster: SimCluster,
  options: ExploreOptions | ExploreClientsOptions,
): ExplorationResult | Promise<ClientExplorationResult> {
  checkExplore(cluster, options)
  if (!isOfClients(options)) {
    const outcome = finished(exploration(scopeOf(cluster, options)))
    return { ...resultOf(outcome), replay: () => finished(replayed(outcome.violation)) }
  }
  const { clients, quiet, faults, ...rest } = options
  const programs = programsOf({ clients, quiet })
  const given = { ...rest, faults: { of: programs.names, ...faults } }
  const wait = (): Promise<void> => programs.quiet()
  const toEnd = <T>(playing: Playing<T>): Promise<T> =>
    finishedWith(playing, wait).finally(() => programs.dispose())
  return toEnd(exploration(scopeOf(cluster, given, programs))).then((outcome) => ({
    ...resultOf(outcome),
    replay: () => toEnd(replayed(outcome.violation)),
  }))
}

function resultOf({
  verdict,
  reason,
  warnings,
  schedules,
  states,
  coverage,
  counterExample,
  story,
}: ExplorationOutcome): Omit<ExplorationResult, 'replay'> {
  return {
    verdict,
    ...(reason === undefined ? {} : { reason }),
    warnings,
    schedules,
    states,
    coverage,
    ...(counterExample === undefined ? {} : { counterExample }),
    ...(story === undefined ? {} : { story }),
  }
}

/** @throws NotRepeated if the run does not do the same as when it was found */
function* replayed(violation: ViolatingRun | undefined): Playing<SimCluster> {
  if (violation === undefined) throw new Error('there is no counter-example to replay')
  const { scope, choices, failure } = violation
  const { property, cycle } = failure
  const records: RunRecord[] = []
  const again = yield* played(scope, { choices, cycle }, undefined, (record) => records.push(record))
  checkRepeated({ ...violation, property }, again, records)
  return again.execution.cluster
}
