/**
 * `simcluster/matchers`: matchers for any framework with `expect.extend`: vitest (`simcluster/vitest` does
 * it), jest, bun.
 *
 * ```ts
 * import { expect } from '@jest/globals'
 * import { matchers } from 'simcluster/matchers'
 * expect.extend(matchers)
 * expect(cluster).toBeReady('deployments', 'web')
 * ```
 */
import { clusterMatchers } from './clusters.js'
import { policyMatchers } from './policies.js'

/** All matchers, for `expect.extend`. */
export const matchers: typeof clusterMatchers & typeof policyMatchers = {
  ...clusterMatchers,
  ...policyMatchers,
}

export { clusterMatchers } from './clusters.js'
export type { ClusterMatchers, Scope, WantedEvent } from './clusters.js'
export { policyMatchers } from './policies.js'
export type { PolicyMatchers, PolicySubject } from './policies.js'
export type { MatcherResult } from './result.js'
