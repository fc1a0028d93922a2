import { InputError } from '../../lang/input-error.js'
import type { CanOptions } from '../../cluster/access/can.js'
import type { Identity } from '../../cluster/access/identities.js'
import { SimCluster } from '../../cluster/sim-cluster.js'
import { formatProof } from '../../rbac/index.js'
import { toText, viewOfConnection } from '../../view/index.js'
import { type MatcherResult, result } from './result.js'

/** A connection to try; see `cluster.network.connect`. */
export type ConnectionAttempt = Parameters<SimCluster['network']['connect']>[0]

/** The matchers on `expect(cluster)` about what is possible in it. */
export interface ReachMatchers<R> {
  /**
   * Expects a connection to succeed. The failure tells each hop.
   * @example expect(cluster).toConnect({ from: 'shop/web', to: 'shop/db', port: 6379 })
   */
  toConnect(connection: ConnectionAttempt): R
  /**
   * Expects a user to have a right. The failure is the proof.
   * @example expect(cluster).toLet('jane', 'list', 'pods', { namespace: 'shop' })
   */
  toLet(identity: Identity, verb: string, what: string, options?: CanOptions): R
}

function clusterOf(received: unknown): SimCluster {
  if (received instanceof SimCluster) return received
  throw new InputError('expected a SimCluster')
}

const endText = (end: unknown): string => (typeof end === 'string' ? end : JSON.stringify(end))

function toConnect(received: unknown, attempt: ConnectionAttempt): MatcherResult {
  const connection = clusterOf(received).network.connect(attempt)
  const { from, to, port, protocol = 'TCP' } = attempt
  const ends = `${endText(from)} %s ${endText(to)} on ${port ?? 'its port'}/${protocol}`
  const hops = (): string => toText(viewOfConnection(connection))
  return result(
    connection.connected,
    () => `expected ${ends.replace('%s', 'to reach')}; the outcome is ${connection.outcome}\n\n${hops()}`,
    () => `expected ${ends.replace('%s', 'not to reach')}\n\n${hops()}`,
  )
}

function toLet(
  received: unknown,
  identity: Identity,
  verb: string,
  what: string,
  options: CanOptions = {},
): MatcherResult {
  const verdict = clusterOf(received).can(identity, verb, what, options)
  const who = typeof identity === 'string' ? identity : JSON.stringify(identity)
  const where = options.namespace === undefined ? '' : ` in ${options.namespace}`
  const proof = (): string => formatProof(verdict)
  return result(
    verdict.allowed,
    () => `expected ${who} to be allowed to ${verb} ${what}${where}\n\n${proof()}`,
    () => `expected ${who} not to be allowed to ${verb} ${what}${where}\n\n${proof()}`,
  )
}

/** The matchers about connections and rights. */
export const reachMatchers: {
  readonly [Name in keyof ReachMatchers<MatcherResult>]: (
    received: unknown,
    ...args: Parameters<ReachMatchers<MatcherResult>[Name]>
  ) => MatcherResult
} = { toConnect, toLet }
