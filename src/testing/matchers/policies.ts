import { InputError } from '../../lang/input-error.js'
import {
  compare,
  CompiledWorld,
  evaluate,
  formatProof,
  parseConnection,
  checkReachedOnlyBy,
  type ReachClaim,
  type CompareOptions,
  type ConnectionVerdict,
  type CounterConnection,
  type NetpolOptions,
  type PolicyQuery,
  type PolicySource,
  type WorldPolicy,
  WorldError,
  type WorldSource,
} from '../../netpol/index.js'
import { netpolManifest } from '../netpol/manifest.js'
import { choicesOf, policiesIn } from '../../netpol/world-of.js'
import { SimCluster } from '../../cluster/sim-cluster.js'
import { insteadOf } from './lookup.js'
import type { MatcherResult } from './result.js'

/**
 * The matchers on `expect(cluster)`, a world, a compiled world or (the last one) policies. For a cluster
 * created with `networkPolicy` options, those are the default.
 */
export interface PolicyMatchers<R> {
  /**
   * Expects the policies to allow the connection: `'default/web -> default/db:6379/TCP'`, or an object as for
   * `evaluate`. It does not matter whether anything listens. The failure prints the proof.
   * @throws WorldError if the connection is invalid
   * @example expect(policies).toAllow('shop/web -> shop/db:6379')
   */
  toAllow(connection: string | PolicyQuery, options?: NetpolOptions): R
  /**
   * Expects the policies to deny the connection. The failure prints the proof.
   * @throws WorldError if the connection is invalid
   * @example expect(policies).toDeny('external -> shop/db:6379')
   */
  toDeny(connection: string | PolicyQuery, options?: NetpolOptions): R
  /**
   * Expects both sets of policies to judge every connection alike in every possible cluster. The failure
   * prints a simplest cluster in which they do not.
   * @throws StepLimitError
   * @example expect(policies).toBeEquivalentTo(others)
   */
  toBeEquivalentTo(policies: PolicySubject, options?: CompareOptions): R
  /**
   * Expects that only `claim.from` reaches the pods of the claim, in every possible cluster; see
   * `checkReachedOnlyBy`. The failure tells who else does, with the smallest objects.
   * @throws StepLimitError
   * @example expect(policies).toBeReachedOnlyBy({ podSelector: {}, from: [] })
   */
  toBeReachedOnlyBy(claim: ReachClaim, options?: CompareOptions): R
}

/**
 * What expectations about policies apply to: a cluster, a world of plain objects, their YAML, a compiled
 * world, or policies alone.
 */
export type PolicySubject = PolicySource | WorldSource | CompiledWorld

/** Judges a connection. */
function verdictOf(subject: unknown, connection: PolicyQuery, options: NetpolOptions): ConnectionVerdict {
  if (subject instanceof CompiledWorld) return subject.evaluate(connection)
  if (typeof subject !== 'string' && (typeof subject !== 'object' || subject === null))
    throw new InputError('expected a cluster or a world')
  return evaluate(subject as WorldSource, connection, options)
}

/** Adds what there is instead, if the connection names a pod or node that the cluster does not have. */
function withNames(error: unknown, subject: unknown, connection: PolicyQuery): unknown {
  if (!(error instanceof WorldError && subject instanceof SimCluster)) return error
  const faults = error.faults.map((fault) => {
    const end = fault.field.startsWith('from') ? connection.from : connection.to
    const missing = fault.type === 'FieldValueNotFound' ? namedBy(end) : undefined
    if (missing === undefined) return fault
    return { ...fault, body: `${fault.body}; ${insteadOf(subject, missing.resource, missing.name)}` }
  })
  return new WorldError(error.object, faults)
}

/** What an end of a connection names. */
function namedBy(
  end: PolicyQuery['from'],
): { readonly resource: 'pods' | 'nodes'; readonly name: string } | undefined {
  if (typeof end === 'string') return { resource: 'pods', name: end }
  if ('node' in end) return { resource: 'nodes', name: end.node }
  return 'pod' in end ? { resource: 'pods', name: `${end.namespace ?? 'default'}/${end.pod}` } : undefined
}

function policiesOf(subject: unknown): readonly WorldPolicy[] {
  const isText = typeof subject === 'string'
  if (!isText && (typeof subject !== 'object' || subject === null || subject instanceof CompiledWorld))
    throw new InputError('expected policies, a cluster or a world')
  return policiesIn(subject as PolicySource)
}

function judged(allows: boolean) {
  return (
    received: unknown,
    connection: string | PolicyQuery,
    options: NetpolOptions = {},
  ): MatcherResult => {
    const query = typeof connection === 'string' ? parseConnection(connection) : connection
    let verdict: ConnectionVerdict
    try {
      verdict = verdictOf(received, query, options)
    } catch (error) {
      throw withNames(error, received, query)
    }
    return {
      pass: verdict.allowed === allows,
      message: () =>
        'expected the connection ' +
        `${verdict.allowed ? 'not to be allowed' : 'to be allowed'}\n\n${formatProof(verdict)}`,
    }
  }
}

function formatExample(who: string, { world, connection, a, b }: CounterConnection): string {
  return `only ${who} allow, in this cluster:\n\n${netpolManifest({ world, connection })}\n${[a, b]
    .filter(({ allowed }) => !allowed)
    .map((verdict) => formatProof(verdict))
    .join('\n')}`
}

function toBeEquivalentTo(
  received: unknown,
  policies: PolicySubject,
  options: CompareOptions = {},
): MatcherResult {
  const { relation, onlyA, onlyB } = compare(policiesOf(received), policiesOf(policies), {
    ...choicesOf(received),
    ...options,
  })
  const examples = [
    ...(onlyA === undefined ? [] : [formatExample('the received policies', onlyA)]),
    ...(onlyB === undefined ? [] : [formatExample('the expected policies', onlyB)]),
  ]
  return {
    pass: relation === 'equal',
    message: () =>
      relation === 'equal'
        ? 'expected the policies to differ, but they judge every connection alike in every cluster'
        : ['expected the policies to judge alike', ...examples].join('\n\n'),
  }
}

function toBeReachedOnlyBy(
  received: unknown,
  claim: ReachClaim,
  options: CompareOptions = {},
): MatcherResult {
  const verdict = checkReachedOnlyBy(policiesOf(received), claim, { ...choicesOf(received), ...options })
  return {
    pass: verdict.holds,
    message: () =>
      verdict.holds
        ? 'expected that others reach these pods, too, but no policy allows it in any cluster'
        : `expected that only those of the claim reach these pods, but:\n\n${verdict.story}`,
  }
}

/** The matchers for network policy. */
export const policyMatchers: {
  readonly toAllow: (
    received: unknown,
    connection: string | PolicyQuery,
    options?: NetpolOptions,
  ) => MatcherResult
  readonly toDeny: (
    received: unknown,
    connection: string | PolicyQuery,
    options?: NetpolOptions,
  ) => MatcherResult
  readonly toBeEquivalentTo: (
    received: unknown,
    policies: PolicySubject,
    options?: CompareOptions,
  ) => MatcherResult
  readonly toBeReachedOnlyBy: (
    received: unknown,
    claim: ReachClaim,
    options?: CompareOptions,
  ) => MatcherResult
} = { toAllow: judged(true), toDeny: judged(false), toBeEquivalentTo, toBeReachedOnlyBy }
