import { InputError } from '../../lang/input-error.js'
import { checkAble, checkCondition, checkEvent, checkScheduledOn } from '../inputs.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { Pod } from '../../api/core/generated.js'
import { ignoreNotFound } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { BuiltInName, CustomName } from '../../client/resources.js'
import { shortfall } from '../../cluster/diagnosis/shortfall.js'
import type { NameOf, NamespacedName } from '../../cluster/object-name.js'
import { SimCluster } from '../../cluster/sim-cluster.js'
import { LivelockError } from '../../sim/livelock.js'
import { checkInvariants, type InvariantOptions } from '../check-invariants.js'
import { violationLine } from '../invariant-error.js'
import { aboutObject, insteadOf, titleOf } from './lookup.js'
import { type MatcherResult, result } from './result.js'

/** What an event must be like; what is left out does not matter. */
export interface WantedEvent {
  readonly reason?: string
  readonly type?: 'Normal' | 'Warning'
  /** Text that the message contains, or a pattern. */
  readonly message?: string | RegExp
  /** Name of the object, or `namespace/name`. */
  readonly about?: string
}

/** Options of {@link ClusterMatchers.toBeAbleTo}. */
export interface AccessScope {
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
}

/** The matchers on `expect(cluster)`, and one on `expect(cluster.as(user))`. */
export interface ClusterMatchers<R> {
  /**
   * Expects an object to exist.
   * @example expect(cluster).toExist('deploy', 'office/web')
   */
  toExist<T extends BuiltInName | CustomName>(resource: T, name: NameOf<T>): R
  /**
   * Expects an object to be as wanted: a workload available in its latest revision, a pod or node Ready, a
   * claim Bound, a job complete. The failure says why it is not.
   * @example expect(cluster).toBeReady('pods', 'office/web')
   */
  toBeReady<T extends BuiltInName | CustomName>(resource: T, name: NameOf<T>): R
  /**
   * As {@link toBeReady}, of a Deployment, or of another workload: `'statefulsets'`.
   * @example expect(cluster).toHaveRolledOut('office/web')
   */
  toHaveRolledOut(name: NamespacedName, resource?: 'deployments' | 'statefulsets' | 'daemonsets'): R
  /**
   * Expects a condition in the status, by default `True`.
   * @example expect(cluster).toHaveCondition('nodes', 'node-1', 'Ready')
   */
  toHaveCondition<T extends BuiltInName | CustomName>(
    resource: T,
    name: NameOf<T>,
    type: string,
    status?: 'True' | 'False' | 'Unknown',
  ): R
  /**
   * Expects an event. The failure lists the newest ones.
   * @example expect(cluster).toHaveEvent({ reason: 'FailedScheduling' })
   */
  toHaveEvent(event: WantedEvent): R
  /**
   * Expects a pod to be on a node. The failure has the scheduler's verdict.
   * @example expect(cluster).toBeScheduledOn('office/web', 'node-2')
   */
  toBeScheduledOn(pod: NamespacedName, node: string): R
  /**
   * Expects that `settle()` comes to rest, and lets it.
   * @example expect(cluster).toSettle()
   */
  toSettle(): R
  /**
   * Expects that no invariant is broken; see `checkInvariants`.
   * @example expect(cluster).toHoldInvariants()
   */
  toHoldInvariants(options?: InvariantOptions): R
  /**
   * Expects the user of a client to have a right.
   * @example expect(cluster.as({ user: 'jane' })).toBeAbleTo('list', 'pods')
   */
  toBeAbleTo(verb: string, resource: string, scope?: AccessScope): R
}

function clusterOf(received: unknown): SimCluster {
  if (received instanceof SimCluster) return received
  throw new InputError('expected a SimCluster')
}

function toExist<T extends BuiltInName | CustomName>(
  received: unknown,
  resource: T,
  name: NameOf<T>,
): MatcherResult {
  const cluster = clusterOf(received)
  const found = ignoreNotFound(() => cluster.get(resource as BuiltInName, name))
  // at once: an unknown resource is an error, whatever is expected of it
  const instead = found === undefined ? insteadOf(cluster, resource, name) : ''
  return result(
    found !== undefined,
    () => `expected ${titleOf(resource, name)} to exist; ${instead}`,
    () => `expected ${titleOf(resource, name)} not to exist`,
  )
}

/** What `expect` tells a matcher: whether its opposite is expected. */
interface Expectation {
  readonly isNot?: boolean
}

function toBeReady<T extends BuiltInName | CustomName>(
  this: Expectation | void,
  received: unknown,
  resource: T,
  name: NameOf<T>,
): MatcherResult {
  return toBeAsWanted(clusterOf(received), resource, name, 'be ready', isOpposite(this))
}

const isOpposite = (expectation: Expectation | void): boolean => expectation?.isNot === true

function toBeAsWanted<T extends BuiltInName | CustomName>(
  cluster: SimCluster,
  resource: T,
  name: NameOf<T>,
  wanted: string,
  isNot: boolean,
): MatcherResult {
  const judge = (object: unknown): MatcherResult =>
    result(
      shortfall(object as KubeObject) === undefined,
      () =>
        `expected ${titleOf(resource, name)} to ${wanted}\n\n${cluster.why(resource as BuiltInName, name)}`,
      () => `expected ${titleOf(resource, name)} not to ${wanted}`,
    )
  return aboutObject(cluster, resource, name, judge, isNot)
}

function toHaveRolledOut(
  this: Expectation | void,
  received: unknown,
  name: NamespacedName,
  resource: 'deployments' | 'statefulsets' | 'daemonsets' = 'deployments',
): MatcherResult {
  return toBeAsWanted(clusterOf(received), resource, name, 'have rolled out', isOpposite(this))
}

function toHaveCondition<T extends BuiltInName | CustomName>(
  this: Expectation | void,
  received: unknown,
  resource: T,
  name: NameOf<T>,
  type: string,
  status = 'True',
): MatcherResult {
  checkCondition([type, status])
  const judge = (object: unknown): MatcherResult => {
    const { status: had } = object as { readonly status?: { readonly conditions?: readonly Condition[] } }
    const conditions = had?.conditions ?? []
    const texts = conditions.map((condition) => `  ${JSON.stringify(condition)}`).join('\n')
    return result(
      conditions.some((condition) => condition.type === type && condition.status === status),
      () => `expected ${titleOf(resource, name)} to have condition ${type}=${status}; it has:\n${texts}`,
      () => `expected ${titleOf(resource, name)} not to have condition ${type}=${status}`,
    )
  }
  return aboutObject(clusterOf(received), resource, name, judge, isOpposite(this))
}

interface Condition {
  readonly type: string
  readonly status: string
}

function toHaveEvent(received: unknown, wanted: WantedEvent): MatcherResult {
  checkEvent([wanted])
  const { items } = clusterOf(received).list('events')
  const found = items.some(({ type, reason, message = '', involvedObject: { namespace, name } }) => {
    const { about, message: text } = wanted
    return (
      (wanted.reason === undefined || reason === wanted.reason) &&
      (wanted.type === undefined || type === wanted.type) &&
      (text === undefined || (typeof text === 'string' ? message.includes(text) : text.test(message))) &&
      (about === undefined || about === name || about === `${namespace ?? ''}/${name ?? ''}`)
    )
  })
  const newest = items.slice(-10).map(({ type, reason, message, involvedObject }) => {
    return `  ${type ?? ''} ${reason ?? ''} ${involvedObject.name ?? ''}: ${message ?? ''}`
  })
  return result(
    found,
    () => `expected an event like ${JSON.stringify(wanted)}; some of them:\n${newest.join('\n')}`,
    () => `expected no event like ${JSON.stringify(wanted)}`,
  )
}

function toBeScheduledOn(
  this: Expectation | void,
  received: unknown,
  pod: NamespacedName,
  node: string,
): MatcherResult {
  checkScheduledOn([node])
  const cluster = clusterOf(received)
  const verdict = (): string => {
    const { nodes } = cluster.explainScheduling(pod)
    const found = nodes.find((each) => each.node === node)
    if (found === undefined) return `; there is no node ${node}, ${insteadOf(cluster, 'nodes', node)}`
    return found?.rejected === undefined ? '' : `\n${node}: ${found.rejected.reasons.join(', ')}`
  }
  const judge = ({ spec: { nodeName } }: Pod): MatcherResult =>
    result(
      nodeName === node,
      () =>
        `expected ${titleOf('pods', pod)} to be on ${node}; it is on ${nodeName ?? 'no node'}${verdict()}`,
      () => `expected ${titleOf('pods', pod)} not to be on ${node}`,
    )
  return aboutObject(cluster, 'pods', pod, judge, isOpposite(this))
}

function toSettle(received: unknown): MatcherResult {
  let fault: string | undefined
  try {
    clusterOf(received).settle()
  } catch (error) {
    if (!(error instanceof LivelockError)) throw error
    fault = error.message
  }
  return result(
    fault === undefined,
    () => `expected the cluster to come to rest\n\n${fault ?? ''}`,
    () => 'expected the cluster not to come to rest',
  )
}

function toHoldInvariants(received: unknown, options?: InvariantOptions): MatcherResult {
  const violations = checkInvariants(clusterOf(received), options)
  return result(
    violations.length === 0,
    () => `expected all invariants to hold\n${violations.map(violationLine).join('\n')}`,
    () => 'expected an invariant to be broken',
  )
}

function toBeAbleTo(received: unknown, verb: string, what: string, scope: AccessScope = {}): MatcherResult {
  checkAble([verb, what, scope])
  const client = received as Client
  if (
    typeof client !== 'object' ||
    typeof (client as Partial<Client> | null)?.createSubresource !== 'function'
  )
    throw new InputError("expected a client: expect(cluster.as({ user: 'jane' }))")
  const [name = '', part = scope.subresource] = what.split('/')
  const [resource = '', ...group] = name.split('.')
  const resourceAttributes = {
    verb,
    resource,
    group: group.join('.'),
    ...scope,
    ...(part === undefined ? {} : { subresource: part }),
  }
  const path = what.startsWith('/') ? { nonResourceAttributes: { verb, path: what } } : { resourceAttributes }
  const { status } = client.create('selfsubjectaccessreviews', { metadata: {}, spec: path }) as KubeObject & {
    readonly status?: { readonly allowed?: boolean; readonly reason?: string }
  }
  const who = `${client.user.name} to be allowed to ${verb} ${what}`
  const where = scope.namespace === undefined ? '' : ` in ${scope.namespace}`
  const reason = status?.reason === undefined ? '' : `: ${status.reason}`
  return result(
    status?.allowed === true,
    () => `expected ${who}${where}${reason}`,
    () => `expected ${client.user.name} not to be allowed to ${verb} ${what}${where}${reason}`,
  )
}

/** The matchers for clusters. */
export const clusterMatchers: {
  readonly [Name in keyof ClusterMatchers<MatcherResult>]: (
    received: unknown,
    ...args: Parameters<ClusterMatchers<MatcherResult>[Name]>
  ) => MatcherResult
} = {
  toExist,
  toBeReady,
  toHaveRolledOut,
  toHaveCondition,
  toHaveEvent,
  toBeScheduledOn,
  toSettle,
  toHoldInvariants,
  toBeAbleTo,
}
