/**
 * `simcluster/vitest`: matchers for network policy. Importing it extends vitest's `expect`.
 *
 * ```ts
 * import 'simcluster/vitest'
 * expect(cluster).toAllow('default/web -> default/db:6379/TCP')
 * expect(cluster).toDeny('default/other -> default/db:6379/TCP')
 * expect(newPolicies).toBeEquivalentTo(oldPolicies)
 * ```
 */
import { expect } from 'vitest'
import { policyMatchers, type PolicyMatchers } from './matchers.js'

declare module 'vitest' {
  // the type parameter must be declared as in vitest
  interface Matchers<T> extends PolicyMatchers<T> {}
}

expect.extend({ ...policyMatchers })

export { policyMatchers } from './matchers.js'
export type { MatcherResult, PolicyMatchers } from './matchers.js'
export type { Lister } from '../../netpol/index.js'
export type { PolicySubject } from './subject.js'
