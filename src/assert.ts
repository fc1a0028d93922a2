/**
 * `simcluster/assert`: assertions in one line for every runner (node:test, mocha, bun, Deno). A failure says
 * why: what is not as wanted, each hop of a connection, the proof of a right, the run that breaks a property.
 *
 * ```ts
 * import test from 'node:test'
 * import { SimCluster } from 'simcluster'
 * import { assertRolledOut } from 'simcluster/assert'
 *
 * test('web rolls out', () => {
 *   const cluster = new SimCluster({ nodes: 2 })
 *   cluster.apply(manifest)
 *   cluster.settle()
 *   assertRolledOut(cluster, 'web')
 * })
 * ```
 */
import type { CanOptions } from './cluster/access/can.js'
import type { Identity } from './cluster/access/identities.js'
import type { NamespacedName } from './cluster/object-name.js'
import type { SimCluster } from './cluster/sim-cluster.js'
import type { ExploreClientsOptions } from './explore/clients/options.js'
import { explorationMatchers } from './explore/matchers.js'
import type { ExploreOptions } from './explore/options.js'
import { isThenable } from './lang/synchronous.js'
import type { CompareOptions, PolicySource, ReachClaim } from './netpol/index.js'
import type { ConnectionAttempt } from './testing/matchers/connections.js'
import { type MatcherResult, matchers } from './testing/matchers/index.js'

/** An assertion does not hold. Runners know it by its name and code. */
export class AssertionError extends Error {
  override readonly name: string = 'AssertionError'
  readonly code: string = 'ERR_ASSERTION'
}

function check({ pass, message }: MatcherResult, caller: (...args: never[]) => unknown): void {
  if (pass) return
  const error = new AssertionError(message())
  // only V8 and newer browsers have it; the test's own line comes first then
  ;(Error as Partial<ErrorConstructor>).captureStackTrace?.(error, caller)
  throw error
}

/**
 * Asserts that a Deployment, or another workload, is available in its latest revision.
 * @throws AssertionError with what is not as wanted, as `cluster.why()` says it
 * @example assertRolledOut(cluster, 'office/web')
 */
export function assertRolledOut(
  cluster: SimCluster,
  name: NamespacedName,
  resource: 'deployments' | 'statefulsets' | 'daemonsets' = 'deployments',
): void {
  check(matchers.toHaveRolledOut(cluster, name, resource), assertRolledOut)
}

/**
 * Asserts that a connection succeeds.
 * @example assertConnects(cluster, { from: 'shop/web', to: 'shop/db', port: 6379 })
 * @throws AssertionError with each hop of the connection: DNS, kube-proxy, routes, policies, listener
 */
export function assertConnects(cluster: SimCluster, connection: ConnectionAttempt): void {
  check(matchers.toConnect(cluster, connection), assertConnects)
}

/**
 * Asserts that only `claim.from` reaches the pods of a claim, whatever else is in the cluster; see
 * `checkReachedOnlyBy` of `simcluster/netpol`.
 * @throws AssertionError with a counter-example: who else reaches them, and the smallest objects for it
 * @example assertReachedOnlyBy(cluster, { podSelector: {}, from: [] })
 */
export function assertReachedOnlyBy(
  policies: PolicySource,
  claim: ReachClaim,
  options: CompareOptions = {},
): void {
  check(matchers.toBeReachedOnlyBy(policies, claim, options), assertReachedOnlyBy)
}

/**
 * Asserts that a user may do something: `assertCan(cluster, 'jane', 'list', 'pods', { namespace: 'shop' })`.
 * @throws AssertionError with the proof: what the user may do instead, and the rule that is missing
 * @throws ApiError 404 if the resource is not served
 * @example assertCan(cluster, { user: 'jane' }, 'list', 'pods', { namespace: 'office' })
 */
export function assertCan(
  cluster: SimCluster,
  identity: Identity,
  verb: string,
  what: string,
  options: CanOptions = {},
): void {
  check(matchers.toLet(cluster, identity, verb, what, options), assertCan)
}

/**
 * Asserts that no run within the bounds of the options violates a property; see `explore` of
 * `simcluster/explore`. A search that says nothing fails. With `clients`, await it.
 * @throws AssertionError with the run that violates a property
 * @example await assertHolds(cluster, { clients: { controller }, always })
 */
export function assertHolds(cluster: SimCluster, options: ExploreOptions): void
export function assertHolds(cluster: SimCluster, options: ExploreClientsOptions): Promise<void>
export function assertHolds(
  cluster: SimCluster,
  options: ExploreOptions | ExploreClientsOptions,
): void | Promise<void> {
  const judged = explorationMatchers.toHoldUnder(cluster, options)
  if (isThenable(judged)) return Promise.resolve(judged).then((found) => check(found, assertHolds))
  check(judged, assertHolds)
}

export type { ConnectionAttempt } from './testing/matchers/connections.js'
