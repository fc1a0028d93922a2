import type { Arbitrary } from 'fast-check'
import type { SimCluster } from '../cluster/sim-cluster.js'
import type { FastCheck } from '../testing/rbac/arbitraries.js'
import { Execution } from './execution/execution.js'
import { stepName } from './execution/steps.js'
import { checkAct, checkSchedules } from './inputs.js'
import type { ExploreOptions } from './options.js'
import { Properties } from './properties/properties.js'
import { scopeOf } from './scope.js'

/** One order in which a cluster can run, see {@link exploration}. */
export interface Schedule {
  /**
   * Runs a fork of the cluster in this order until it comes to rest, and returns it. `act` is what the user
   * does before the first step; of the `actions`, those `at: 'any'` come at any time.
   * @throws what a component throws
   */
  run(act?: (cluster: SimCluster) => unknown): SimCluster
  /**
   * Which of the ready steps runs at each decision, counted from 0; the number after the last step stands for
   * the next action. At decisions beyond, the first step runs.
   */
  readonly picks: readonly number[]
  /** What its last run did out of turn, as fast-check prints it. */
  toString(): string
}

/**
 * Returns an arbitrary of the orders in which a cluster can run, for fast-check. A schedule shrinks to few
 * steps out of turn; fast-check prints which.
 *
 * ```ts
 * import * as fc from 'fast-check'
 * import { exploration } from 'simcluster/explore'
 *
 * fc.assert(
 *   fc.property(fc.nat(5), exploration(fc, cluster), (replicas, schedule) => {
 *     const end = schedule.run((c) => c.kubectl(`scale deployment web --replicas=${replicas}`))
 *     return end.list('pods').items.length === replicas
 *   }),
 * )
 * ```
 * @example fc.assert(fc.property(exploration(fc, cluster), (schedule) => schedule.run() !== undefined))
 */
export function exploration(
  fc: FastCheck,
  cluster: SimCluster,
  options: Pick<ExploreOptions, 'actions' | 'time'> = {},
): Arbitrary<Schedule> {
  checkSchedules([fc, cluster, options])
  return fc
    .array(fc.nat({ max: 9 }), { maxLength: 60 })
    .map((picks): Schedule => new PickedSchedule(cluster, options, picks))
}

class PickedSchedule implements Schedule {
  readonly picks: readonly number[]
  readonly #cluster: SimCluster
  readonly #options: Pick<ExploreOptions, 'actions' | 'time'>
  /** The steps that the last run took out of turn. */
  #outOfTurn: readonly string[] = []

  constructor(
    cluster: SimCluster,
    options: Pick<ExploreOptions, 'actions' | 'time'>,
    picks: readonly number[],
  ) {
    this.#cluster = cluster
    this.#options = options
    this.picks = picks
  }

  run(act: (cluster: SimCluster) => unknown = () => undefined): SimCluster {
    checkAct([act])
    const { actions = [], ...rest } = this.#options
    const first = { name: 'act', do: act }
    const scope = scopeOf(this.#cluster, { ...rest, actions: [first, ...actions] })
    const execution = Execution.begin(scope, true)
    const deadline = this.#cluster.now() + new Properties(scope).horizon
    const outOfTurn: string[] = []
    this.#outOfTurn = outOfTurn
    for (let nth = 0; ; nth++) {
      const ready = execution.next(deadline, true)
      if (ready === undefined) {
        if (execution.act() === undefined) return execution.cluster
        continue
      }
      const ways = ready.length + (execution.actions[0]?.at === 'any' ? 1 : 0)
      const pick = (this.picks[nth] ?? 0) % ways
      const step = ready[pick]
      if (step === undefined) {
        outOfTurn.push(`${execution.decisions}: the user does: ${execution.act()?.name ?? ''}`)
        continue
      }
      if (pick > 0) outOfTurn.push(`${execution.decisions}: ${stepName(step)} runs first`)
      execution.run(step)
    }
  }

  toString(): string {
    return this.#outOfTurn.length === 0 ? 'in turn' : this.#outOfTurn.join('; ')
  }
}
