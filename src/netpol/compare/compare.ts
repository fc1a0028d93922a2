import { evaluateModel } from '../evaluate.js'
import { resolveOptions, type NetpolOptions, type ResolvedOptions } from '../options.js'
import type { Verdict } from '../proof.js'
import { readWorld } from '../read/world.js'
import type { Connection, World, WorldPolicy } from '../world.js'
import { Budget, type StepOptions } from './budget.js'
import { Arena, type Finding } from './search.js'
import type { PolicySet } from './vocabulary.js'
import { witnessOf } from './witness.js'

/**
 * A cluster (without policies) and a connection in it on which two sets of policies do not agree, with both
 * verdicts.
 */
export interface CounterExample {
  readonly world: World
  readonly connection: Connection
  readonly a: Verdict
  readonly b: Verdict
}

/**
 * How two sets of policies lie to each other, in all clusters that there could be: `a-allows-less`: b allows
 * all that a allows, and more; `a-allows-more`: the other way round; `neither`: each allows something that
 * the other does not.
 */
export type Relation = 'equal' | 'a-allows-less' | 'a-allows-more' | 'neither'

/** How {@link compare} and what stands on it look at policies, and how far. */
export type CompareOptions = NetpolOptions & StepOptions

/** What {@link compare} finds. */
export interface Comparison {
  readonly relation: Relation
  /** A simplest connection that only the first set allows. */
  readonly onlyA?: CounterExample
  /** A simplest connection that only the second set allows. */
  readonly onlyB?: CounterExample
}

/** Reads policies without a world. @throws WorldError as `readWorld`. */
export function readPolicies(policies: readonly WorldPolicy[], options: NetpolOptions): PolicySet {
  const { networkPolicies, admin, baseline } = readWorld({ policies }, options)
  return { networkPolicies, admin, baseline }
}

/**
 * Makes the world of a finding, and asks the evaluator: were it not of the same opinion, that would be our
 * mistake.
 */
export function exampleOf(
  finding: Finding,
  a: PolicySet,
  b: PolicySet,
  options: ResolvedOptions,
): CounterExample {
  const { world, connection } = witnessOf(finding.scene, finding.region)
  const model = readWorld(world, options)
  const [first, second] = [a, b].map((set) => evaluateModel({ ...model, ...set }, connection)) as [
    Verdict,
    Verdict,
  ]
  // Stryker disable next-line all: it never is so
  if (first.allowed === second.allowed)
    throw new Error(`bug in compare: no difference in ${JSON.stringify({ world, connection })}`)
  return { world, connection, a: first, b: second }
}

/** As {@link compare}, for policies that have been read. */
function compareSets(a: PolicySet, b: PolicySet, options: ResolvedOptions, budget: Budget): Comparison {
  const arena = new Arena(a, b, options, budget)
  const [closed, opened] = [arena.simplest('closed'), arena.simplest('opened')]
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
 * Compares two sets of policies, exactly and for every cluster that there could be: all namespaces, pods,
 * nodes, labels, addresses and ports. That is finite, since policies can only tell apart what they mention.
 * Where the sets differ, the answer has a cluster and a connection, as simple as there is (fewest objects,
 * then fewest labels), which `evaluate` has judged.
 *
 * Of connections, those count whose ends have addresses, of one family, and each its own; a pod on the host's
 * network (where an option lets NetworkPolicy see it) has its node's. Deciding this is hard in principle (it
 * is co-NP-complete); for policies as people write them it takes milliseconds, and `maxSteps` is the bound.
 * @throws WorldError for a policy that cannot be read, StepLimitError where the bound is not enough.
 */
export function compare(
  a: readonly WorldPolicy[],
  b: readonly WorldPolicy[],
  { maxSteps, ...options }: CompareOptions = {},
): Comparison {
  const resolved = resolveOptions(options)
  return compareSets(readPolicies(a, resolved), readPolicies(b, resolved), resolved, new Budget(maxSteps))
}
