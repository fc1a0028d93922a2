import { checkSource } from '../inputs.js'
import { evaluateModel } from '../evaluate.js'
import { resolveOptions, type NetpolOptions, type ResolvedOptions } from '../options.js'
import type { ConnectionVerdict } from '../proof.js'
import { readWorld, refuseStrangers } from '../read/world.js'
import type { PolicyQuery, World } from '../world.js'
import { policiesIn, type PolicySource } from '../world-of.js'
import { SearchBudget, type StepOptions } from './budget.js'
import { PolicySearch, type DifferingRegion } from './search.js'
import type { PolicySet } from './vocabulary.js'
import { witnessOf } from './witness.js'

/** A cluster without policies and a connection on which two sets of policies disagree, with both verdicts. */
export interface CounterConnection {
  readonly world: World
  readonly connection: PolicyQuery
  readonly a: ConnectionVerdict
  readonly b: ConnectionVerdict
}

/**
 * How two sets of policies compare over all possible clusters. `a-allows-less`: b allows everything that a
 * allows, and more; `a-allows-more` is the reverse; `neither`: each allows something that the other does not.
 */
export type Relation = 'equal' | 'a-allows-less' | 'a-allows-more' | 'neither'

/** Options of {@link compare} and of the functions built on it. */
export type CompareOptions = NetpolOptions & StepOptions

/** The result of {@link compare}. */
export interface Comparison {
  readonly relation: Relation
  /** A simplest connection that only the first set allows. */
  readonly onlyA?: CounterConnection
  /** A simplest connection that only the second set allows. */
  readonly onlyB?: CounterConnection
}

/**
 * Reads policies without a world.
 * @throws WorldError as `readWorld` does
 */
export function readPolicies(source: PolicySource, options: NetpolOptions): PolicySet {
  checkSource(source)
  if (typeof source === 'object' && !Array.isArray(source) && !('state' in source)) refuseStrangers(source)
  const { networkPolicies, admin, baseline } = readWorld({ policies: policiesIn(source) }, options)
  return { networkPolicies, admin, baseline }
}

/**
 * Builds the example of a finding and confirms it with the evaluator; a disagreement would be a bug in the
 * search.
 */
export function exampleOf(
  finding: DifferingRegion,
  a: PolicySet,
  b: PolicySet,
  options: ResolvedOptions,
): CounterConnection {
  const { world, connection } = witnessOf(finding.symbolic, finding.region)
  const model = readWorld(world, options)
  const [first, second] = [a, b].map((set) => evaluateModel({ ...model, ...set }, connection)) as [
    ConnectionVerdict,
    ConnectionVerdict,
  ]
  // Stryker disable next-line all: unreachable unless the search is wrong
  if (first.allowed === second.allowed)
    throw new Error(`bug in compare: no difference in ${JSON.stringify({ world, connection })}`)
  return { world, connection, a: first, b: second }
}

/** Compares two sets of policies that have been read already; see {@link compare}. */
function compareSets(a: PolicySet, b: PolicySet, options: ResolvedOptions, budget: SearchBudget): Comparison {
  const search = new PolicySearch(a, b, options, budget)
  const [closed, opened] = [search.simplest('closed'), search.simplest('opened')]
  return {
    relation:
      closed === undefined
        ? opened === undefined
          ? 'equal'
          : 'a-allows-less'
        : opened === undefined
          ? 'a-allows-more'
          : 'neither',
    ...(closed === undefined ? {} : { onlyA: exampleOf(closed, a, b, options) }),
    ...(opened === undefined ? {} : { onlyB: exampleOf(opened, a, b, options) }),
  }
}

/**
 * Compares two sets of policies (lists, YAML texts, or a cluster's) exactly, over every possible cluster: all
 * namespaces, pods, nodes, labels, addresses and ports. The space is finite because policies can only
 * distinguish what they mention. Where the sets differ, the result has an example cluster and connection, as
 * simple as possible (fewest objects, then fewest labels), confirmed by `evaluate`.
 *
 * Only connections between distinct addresses of one family are considered; a pod on the host's network
 * (where an option lets NetworkPolicy select it) has its node's address. The problem is co-NP-complete. Real
 * policies take milliseconds, and `maxSteps` is the bound.
 * @throws WorldError if a policy is invalid
 * @throws StepLimitError if the bound is not enough
 * @example compare(before, after).relation // 'equal'
 */
export function compare(
  a: PolicySource,
  b: PolicySource,
  { maxSteps, ...options }: CompareOptions = {},
): Comparison {
  const resolved = resolveOptions(options)
  return compareSets(
    readPolicies(a, resolved),
    readPolicies(b, resolved),
    resolved,
    new SearchBudget(maxSteps),
  )
}
