import { checkNetpol, checkWorld } from '../inputs.js'
import type { Arbitrary } from 'fast-check'
import type { Labels } from '../../api/selectors/labels.js'
import {
  resolveOptions,
  type PolicyQuery,
  type NetpolOptions,
  type World,
  type WorldPolicy,
} from '../../netpol/index.js'
import type { FastCheck } from '../rbac/arbitraries.js'
import { printedAs } from './manifest.js'
import { clusterPolicyIn, networkPolicyIn } from './policies.js'
import { netpolVocabulary, type NetpolVocabulary } from './vocabulary.js'
import { wordsOf } from './words.js'
import { namedPolicies, connectionRecipes, worldIn } from './worlds.js'

/** A world, options, and a connection to judge. */
export interface NetpolCase {
  readonly world: World
  readonly options: NetpolOptions
  readonly connection: PolicyQuery
}

/**
 * Arbitraries for network policy. Their values can be read by `readWorld`, shrink to few objects with few and
 * simple fields, and are printed by fast-check as a YAML manifest.
 */
export interface NetpolArbitraries {
  readonly labels: Arbitrary<Labels>
  /** A LabelSelector, often empty. */
  readonly selector: Arbitrary<object>
  /** A NetworkPolicy without a name. */
  readonly networkPolicy: Arbitrary<WorldPolicy>
  /** A policy of any cluster-wide kind, without a name. */
  readonly clusterPolicy: Arbitrary<WorldPolicy>
  /** Up to five policies of all kinds, each with a name of its own. */
  readonly policies: Arbitrary<readonly WorldPolicy[]>
  /** A small world whose parts often match: few labels, addresses and ports, policies of every kind. */
  readonly world: Arbitrary<World>
  /** A choice for everything that Kubernetes leaves open. */
  readonly options: Arbitrary<NetpolOptions>
  /** A connection in that world. */
  readonly connectionIn: (world: World) => Arbitrary<PolicyQuery>
  /** A world, options and a connection. */
  readonly scenario: Arbitrary<NetpolCase>
}

/** Options of {@link netpolArbitraries}. */
export interface NetpolArbitraryOptions {
  /** @defaultValue {@link netpolVocabulary} */
  readonly vocabulary?: Partial<NetpolVocabulary>
  /**
   * Whether to include entries without a known field, because of which rules fail closed.
   * @defaultValue true
   */
  readonly unknownEntries?: boolean
}

/** Removes choices that equal the default. */
function choicesOf(options: NetpolOptions): NetpolOptions {
  const defaults = resolveOptions()
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== defaults[name as keyof NetpolOptions]),
  )
}

/**
 * Creates arbitraries over a vocabulary with the fast-check that you pass, so that this package does not
 * depend on it.
 *
 * ```ts
 * const { scenario } = netpolArbitraries(fc)
 * fc.assert(fc.property(scenario, ({ world, connection, options }) => proofErrors(world, connection,
 * evaluate(world, connection, options)).length === 0))
 * ```
 */
export function netpolArbitraries(fc: FastCheck, options: NetpolArbitraryOptions = {}): NetpolArbitraries {
  checkNetpol([fc, options])
  const { vocabulary, unknownEntries = true } = options
  const words = wordsOf(fc, { ...netpolVocabulary, ...vocabulary }, unknownEntries)
  const { some } = words
  const printed = <T extends object>(arbitrary: Arbitrary<T>): Arbitrary<T> =>
    arbitrary.map((each) => printedAs(fc, each))
  const networkPolicy = networkPolicyIn(words)
  const clusterPolicy = clusterPolicyIn(words)
  const world = worldIn(words, networkPolicy, clusterPolicy)
  const wish = connectionRecipes(words)
  const choices: Arbitrary<NetpolOptions> = fc
    .record({
      hostNetwork: some(['node', 'pod'] as const),
      ownNode: some(['both', 'ingress', 'none'] as const),
      finishedPods: some(['ignored', 'selected'] as const),
      ipBlockPods: some(['match', 'ignore'] as const),
      equalPriority: some(['name', 'creation'] as const),
    })
    .map(choicesOf)
  return {
    labels: words.labels,
    selector: words.selector,
    networkPolicy: printed(networkPolicy),
    clusterPolicy: printed(clusterPolicy),
    policies: printed(
      fc
        .array(fc.oneof({ weight: 2, arbitrary: networkPolicy }, { weight: 1, arbitrary: clusterPolicy }), {
          maxLength: 5,
        })
        .map(namedPolicies),
    ),
    world: printed(world),
    options: choices,
    connectionIn: (where) => {
      checkWorld([where])
      return wish.map((ask) => ask(where))
    },
    scenario: printed(
      fc
        .tuple(world, choices, wish)
        .map(([where, choice, ask]) => ({ world: where, options: choice, connection: ask(where) })),
    ),
  }
}
