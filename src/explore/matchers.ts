import { InputError } from '../lang/input-error.js'
import { SimCluster } from '../cluster/sim-cluster.js'
import { type MatcherResult, result } from '../testing/matchers/result.js'
import { type ExploreClientsOptions, isOfClients } from './clients/options.js'
import { explore } from './explore.js'
import type { ExploreOptions } from './options.js'
import type { ClientExplorationResult, ExplorationResult } from './result.js'

/** The matcher on `expect(cluster)` that explores it. */
export interface ExplorationMatchers<R> {
  /**
   * Expects that no run within the bounds of the options violates a property. The failure prints the run. A
   * search that says nothing of the properties, or runs out of its budget, fails, too; one that samples
   * passes if it finds nothing. With `clients`, await it.
   * @example expect(cluster).toHoldUnder({ actions, always, search: { delays: 2 } })
   */
  toHoldUnder(options: ExploreOptions | ExploreClientsOptions): R
}

type Result = ExplorationResult | ClientExplorationResult

const boundsOf = ({ schedules, states, coverage }: Result): string =>
  `${schedules} runs, ${states} states, at most ${coverage.decisions} decisions in a run`

function judged(found: Result): MatcherResult {
  const { verdict, counterExample, coverage, reason, story = '', warnings } = found
  const failure = (): string => {
    if (verdict === 'vacuous') return `the exploration says nothing: ${reason} (${boundsOf(found)})`
    if (counterExample === undefined)
      return `the budget was used up: ${coverage.cut} (${boundsOf(found)}); raise \`budget\`, or allow less`
    const { property, message } = counterExample
    const notes = warnings.map((warning) => `\n\nnote: ${warning}`).join('')
    return `expected "${property}" to hold, but ${message}\n\n${story}${notes}`
  }
  return result(
    verdict === 'holds' || verdict === 'sampled',
    failure,
    () => `expected a property to be violated; the verdict is "${verdict}" (${boundsOf(found)})`,
  )
}

function toHoldUnder(
  received: unknown,
  options: ExploreOptions | ExploreClientsOptions,
): MatcherResult | Promise<MatcherResult> {
  if (!(received instanceof SimCluster)) throw new InputError('expected a SimCluster')
  return isOfClients(options) ? explore(received, options).then(judged) : judged(explore(received, options))
}

/** The matchers of `simcluster/explore`, for `expect.extend`; `simcluster/vitest` has them. */
export const explorationMatchers: {
  readonly toHoldUnder: (
    received: unknown,
    options: ExploreOptions | ExploreClientsOptions,
  ) => MatcherResult | Promise<MatcherResult>
} = { toHoldUnder }
