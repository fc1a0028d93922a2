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
import { reachMatchers } from './connections.js'
import { policyMatchers } from './policies.js'

/** All matchers, for `expect.extend`. */
export const matchers: typeof clusterMatchers & typeof policyMatchers & typeof reachMatchers = {
  ...clusterMatchers,
  ...reachMatchers,
  ...policyMatchers,
}

export { clusterMatchers } from './clusters.js'
export type { ClusterMatchers, AccessScope, WantedEvent } from './clusters.js'
export { reachMatchers } from './connections.js'
export type { ConnectionAttempt, ReachMatchers } from './connections.js'
export { policyMatchers } from './policies.js'
export type { PolicyMatchers, PolicySubject } from './policies.js'
export type { MatcherResult } from './result.js'
