import { SimCluster } from '../cluster/sim-cluster.js'
import { type MatcherResult, result } from '../testing/matchers/result.js'
import { explore } from './explore.js'
import type { ExploreOptions } from './options.js'
import { narrate } from './replays.js'
import type { ExplorationResult } from './result.js'

/** The matcher on `expect(cluster)` that explores it. */
export interface ExplorationMatchers<R> {
  /**
   * Expects that no run within the bounds of the options violates a property. The failure prints the run. A
   * search that runs out of its budget fails, too; one that samples passes if it finds nothing.
   */
  toHoldUnder(options: ExploreOptions): R
}

const boundsOf = ({ schedules, states, coverage }: ExplorationResult): string =>
  `${schedules} runs, ${states} states, at most ${coverage.decisions} decisions in a run`

function toHoldUnder(received: unknown, options: ExploreOptions): MatcherResult {
  if (!(received instanceof SimCluster)) throw new TypeError('expected a SimCluster')
  const found = explore(received, options)
  const { verdict, counterExample } = found
  const failure = (): string => {
    if (counterExample === undefined)
      return `the budget was used up after ${boundsOf(found)}: raise \`budget\`, or allow less`
    const { property, message } = counterExample
    const { components = [] } = received.internals.options
    const story = narrate(counterExample, { ...options, components })
    return `expected "${property}" to hold, but ${message}\n\n${story}`
  }
  return result(
    verdict === 'holds within bounds' || verdict === 'sampled',
    failure,
    () => `expected a property to be violated; it ${verdict} (${boundsOf(found)})`,
  )
}

/** The matchers of `simcluster/explore`, for `expect.extend`; `simcluster/vitest` has them. */
export const explorationMatchers: {
  readonly toHoldUnder: (received: unknown, options: ExploreOptions) => MatcherResult
} = { toHoldUnder }
