/**
 * `simcluster/vitest`: importing it extends vitest's `expect` with the matchers of `simcluster/matchers` and
 * `simcluster/explore`, and `test` has a cluster for each test.
 *
 * ```ts
 * import { expect } from 'vitest'
 * import { clusterTest } from 'simcluster/vitest'
 *
 * const test = clusterTest({ nodes: 3 }, (cluster) => cluster.apply(manifest))
 * test('web is there', ({ cluster }) => expect(cluster).toBeReady('deployments', 'web'))
 * ```
 */
import * as vitest from 'vitest'
import { expect, test, type TestAPI } from 'vitest'
// by their names: vitest is an ES module, and what a test imports beside it must be the same library
import { explorationMatchers } from 'simcluster/explore'
import { matchers } from 'simcluster/matchers'
import { failureReport, preparedCluster } from 'simcluster/testing'
import type { ClusterOptions } from './cluster/compose/options.js'
import type { SimCluster } from './cluster/sim-cluster.js'
import type { ExplorationMatchers } from './explore/matchers.js'
import type { ClusterMatchers, PolicyMatchers, ReachMatchers } from './testing/matchers/index.js'

declare module 'vitest' {
  // the type parameter must be declared as in vitest
  interface Matchers<T>
    extends PolicyMatchers<T>, ClusterMatchers<T>, ReachMatchers<T>, ExplorationMatchers<T> {}
}

/** The part of a test's time-out that a search may take, so that the test can say where it stopped. */
const SHARE = 0.7

/** Vitest's runner, since 4.1. */
interface Runner {
  readonly TestRunner?: { getCurrentTest?(): { readonly timeout?: number } | undefined }
}

/** Explores for no longer than the test may take, unless the options have a budget. */
const toHoldUnder: typeof explorationMatchers.toHoldUnder = (received, options) => {
  const timeout = (vitest as Runner).TestRunner?.getCurrentTest?.()?.timeout ?? Infinity
  const isFree = options?.budget === undefined && Number.isFinite(timeout) && timeout > 0
  const budget = { time: Math.round(timeout * SHARE) }
  return explorationMatchers.toHoldUnder(received, isFree ? { ...options, budget } : options)
}

expect.extend({ ...matchers, toHoldUnder })

/**
 * Makes a `test` whose context has a `cluster`: a copy of one that is made and prepared once, so that no test
 * sees what another did. When a test fails, its error ends with a {@link
 * failureReport}: seed, causes, events.
 * @example
 * const test = clusterTest({ nodes: 3 })
 * test('web rolls out', ({ cluster }) => { cluster.apply(text) })
 */
export function clusterTest(
  options: ClusterOptions = {},
  prepare: (cluster: SimCluster) => unknown = () => undefined,
): TestAPI<{ cluster: SimCluster }> {
  const copy = preparedCluster(options, prepare)
  return test.extend<{ cluster: SimCluster }>({
    // vitest reads the names of the fixtures that are used from the pattern
    cluster: async ({ onTestFailed }, use) => {
      const cluster = copy()
      onTestFailed(({ task }) => {
        for (const error of task.result?.errors ?? []) error.message += `\n\n${failureReport(cluster)}`
      })
      await use(cluster)
    },
  })
}

export { matchers, policyMatchers } from 'simcluster/matchers'
export type {
  ClusterMatchers,
  MatcherResult,
  PolicyMatchers,
  PolicySubject,
} from './testing/matchers/index.js'
export type { StoredSource } from './netpol/index.js'
