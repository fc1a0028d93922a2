import { requirementMatches } from '../../api/selectors/labels.js'
import type { Direction, Peer, PolicyModel, RuleMatch, Selector } from '../model.js'
import { resolveOptions, type ResolvedOptions } from '../options.js'
import { peersField } from '../read/network-policy.js'
import type { PolicySource } from '../world-of.js'
import { SearchBudget } from './budget.js'
import { sideClauses, type Origin, pathsOfRules, type VerdictPath } from './clauses.js'
import { readPolicies, type CompareOptions } from './compare.js'
import { SymbolicConnection, connectionShapes } from './symbolic-connection.js'
import { PolicySearch } from './search.js'
import { outside, within, type Region, type Space } from './space.js'
import { originPath, policyTitle } from './describe.js'
import {
  UNMENTIONED,
  networkPoliciesOf,
  vocabularyOf,
  clusterPoliciesOf,
  type PolicySet,
} from './vocabulary.js'

/** A policy or, with a path, one of its rules or selectors. */
export interface PolicyPart {
  /** `NetworkPolicy default/web` */
  readonly policy: string
  readonly path?: string
}

/** The findings of {@link analysePolicies}, each in the order of the policies. */
export interface PolicyAnalysis {
  /**
   * Policies that can be removed without changing any verdict in any cluster. Of two equivalent policies,
   * both are listed.
   */
  readonly redundantPolicies: readonly PolicyPart[]
  /** The same for rules; rules of redundant policies are left out. */
  readonly redundantRules: readonly PolicyPart[]
  /** Rules that can match but never decide, because earlier ones always do. */
  readonly shadowedRules: readonly PolicyPart[]
  /** Rules that cannot match in any cluster. */
  readonly vacuousRules: readonly PolicyPart[]
  /** Selectors that no labels can meet. */
  readonly vacuousSelectors: readonly PolicyPart[]
}

const directions: readonly Direction[] = ['ingress', 'egress']

const all = (set: PolicySet): readonly PolicyModel[] => [...clusterPoliciesOf(set), ...networkPoliciesOf(set)]

/** Returns the policy set with one policy replaced, or removed if `by` is undefined. */
function replaced(set: PolicySet, policy: PolicyModel, by: PolicyModel | undefined): PolicySet {
  const swap = <T extends PolicyModel>(list: readonly T[]): readonly T[] =>
    list.flatMap((each) => (each === policy ? ((by as T | undefined) ?? []) : [each]))
  return {
    admin: swap(set.admin),
    baseline: swap(set.baseline),
    networkPolicies: new Map([...set.networkPolicies].map(([namespace, list]) => [namespace, swap(list)])),
  }
}

function isSame(a: PolicySet, b: PolicySet, options: ResolvedOptions, budget: SearchBudget): boolean {
  const search = new PolicySearch(a, b, options, budget)
  return !search.isAny('opened') && !search.isAny('closed')
}

const keyOf = ({ policy, path }: Pick<PlacedRule, 'policy' | 'path'>): string =>
  `${policyTitle(policy)} ${path}`
const partOf = ({ policy, path }: Pick<PlacedRule, 'policy' | 'path'>): PolicyPart => ({
  policy: policyTitle(policy),
  path,
})

/** A rule and its location. */
interface PlacedRule {
  readonly policy: PolicyModel
  readonly path: string
  readonly direction: Direction
  readonly peers: RuleMatch['peers']
  /** The policy without the rule. */
  readonly rest: PolicyModel
}

const rulesOf = (policy: PolicyModel): readonly PlacedRule[] =>
  directions.flatMap((direction) => {
    const rules: readonly RuleMatch[] = policy[direction] ?? []
    return rules.map((rule, at) => ({
      policy,
      direction,
      path: originPath({ policy, direction, rule: at }),
      peers: rule.peers,
      rest: { ...policy, [direction]: rules.toSpliced(at, 1) },
    }))
  })

/** Which rules can match, and which can decide, by title and path. */
class RuleCoverage {
  readonly matching = new Set<string>()
  readonly deciding = new Set<string>()
  readonly #budget: SearchBudget

  constructor(set: PolicySet, options: ResolvedOptions, budget: SearchBudget) {
    this.#budget = budget
    const vocabulary = vocabularyOf([set])
    for (const shape of connectionShapes(options)) {
      const symbolic = new SymbolicConnection(shape, vocabulary)
      const never = symbolic.never()
      for (const direction of directions) {
        const clauses = sideClauses(symbolic, direction, set, options)
        this.#addSatisfiable(
          [...clauses.admin, ...clauses.allows, ...clauses.baseline].map((clause) => ({
            ...clause,
            avoid: never,
          })),
          symbolic.space,
          this.matching,
        )
        this.#addSatisfiable(
          pathsOfRules(clauses).map((path) => ({ ...path, avoid: [...never, ...path.avoid] })),
          symbolic.space,
          this.deciding,
        )
      }
    }
  }

  /** Adds the origins of the paths that are satisfiable. */
  #addSatisfiable(paths: readonly VerdictPath<Origin>[], space: Space, known: Set<string>): void {
    for (const { cube, avoid, origin } of paths) {
      const key = keyOf({ policy: origin.policy, path: originPath(origin) })
      if (origin.rule === undefined || known.has(key)) continue
      const region = within(space.whole(), cube) as Region
      if (outside(space, region, avoid, { below: Infinity, any: true, budget: this.#budget }) !== undefined)
        known.add(key)
    }
  }
}

/** Returns whether no labels at all meet a selector: its requirements on one key contradict each other. */
function isVacuous({ requirements }: Selector): boolean {
  return requirements.some(({ key }) => {
    const own = requirements.filter((each) => each.key === key)
    const values = [undefined, UNMENTIONED, ...own.flatMap((each) => each.values)]
    return !values.some((value) =>
      own.every((each) => requirementMatches(each, value === undefined ? {} : { [key]: value })),
    )
  })
}

type SelectorAt = readonly [path: string, selector: Selector | undefined]

/** Returns the selectors of a peer with their paths. */
function selectorsIn(peer: Peer, path: string): readonly SelectorAt[] {
  if (peer.kind === 'nodes') return [[`${path}.nodes`, peer.nodes]]
  if (peer.kind !== 'pods') return []
  const head = peer.field === 'pods' ? `${path}.pods` : path
  return [
    [peer.field === 'namespaces' ? `${path}.namespaces` : `${head}.namespaceSelector`, peer.namespaces],
    [`${head}.podSelector`, peer.pods],
  ]
}

/** Returns the selectors of a policy with their paths. */
function selectorsOf(policy: PolicyModel): readonly SelectorAt[] {
  const own: readonly SelectorAt[] =
    policy.kind === 'NetworkPolicy'
      ? [['spec.podSelector', policy.pods]]
      : [
          ['spec.subject', policy.namespaces],
          ['spec.subject.pods.podSelector', policy.pods],
        ]
  return [
    ...own,
    ...rulesOf(policy).flatMap(
      ({ path, peers, direction }) =>
        peers?.flatMap((peer, at) => selectorsIn(peer, `${path}.${peersField[direction]}[${at}]`)) ?? [],
    ),
  ]
}

/**
 * Finds the policies, rules and selectors that have no effect in any possible cluster (as {@link compare}).
 * Each finding stands alone: of two equivalent policies both are reported, but removing one makes the other
 * necessary. `maxSteps` bounds the whole analysis.
 * @throws WorldError if a policy is invalid
 * @throws StepLimitError
 * @example analysePolicies(cluster).redundantPolicies
 */
export function analysePolicies(
  policies: PolicySource,
  { maxSteps, ...options }: CompareOptions = {},
): PolicyAnalysis {
  const budget = new SearchBudget(maxSteps)
  const resolved = resolveOptions(options)
  const set = readPolicies(policies, resolved)
  const redundant = all(set).filter((policy) =>
    isSame(set, replaced(set, policy, undefined), resolved, budget),
  )
  const rules = all(set).flatMap(rulesOf)
  const reach = new RuleCoverage(set, resolved, budget)
  const isRedundant = ({ policy, rest }: PlacedRule): boolean => {
    const without = replaced(set, policy, rest)
    // removing a NetworkPolicy rule can only close connections, so one direction of the search is enough
    return policy.kind === 'NetworkPolicy'
      ? !new PolicySearch(set, without, resolved, budget).isAny('closed')
      : isSame(set, without, resolved, budget)
  }
  const isMatching = (rule: PlacedRule): boolean => reach.matching.has(keyOf(rule))
  return {
    redundantPolicies: redundant.map((policy) => ({ policy: policyTitle(policy) })),
    redundantRules: rules.filter((rule) => !redundant.includes(rule.policy) && isRedundant(rule)).map(partOf),
    shadowedRules: rules.filter((rule) => isMatching(rule) && !reach.deciding.has(keyOf(rule))).map(partOf),
    vacuousRules: rules.filter((rule) => !isMatching(rule)).map(partOf),
    vacuousSelectors: all(set).flatMap((policy) =>
      selectorsOf(policy)
        .filter(([, selector]) => selector !== undefined && isVacuous(selector))
        .map(([path]) => partOf({ policy, path })),
    ),
  }
}
