import { requirementMatches } from '../../api/labels.js'
import type { Direction, PolicyModel, Selector } from '../model.js'
import { resolveOptions, type ResolvedOptions } from '../options.js'
import type { WorldPolicy } from '../world.js'
import { Budget } from './budget.js'
import { sideClauses, type Clause, type SideClauses } from './clauses.js'
import { readPolicies, type CompareOptions } from './compare.js'
import { Scene, sceneShapes } from './scene.js'
import { Arena } from './search.js'
import { openLiterals, outside, within, type Cube, type Space } from './space.js'
import { policyTitle } from './tell.js'
import { FRESH, narrowPolicies, vocabularyOf, widePolicies, type PolicySet } from './vocabulary.js'

/** A policy, or with a path a rule or selector of it. */
export interface PolicyPart {
  /** `NetworkPolicy default/web` */
  readonly policy: string
  readonly path?: string
}

/** What {@link analysePolicies} finds, each in the order of the policies. */
export interface PolicyAnalysis {
  /** Policies without any of which every connection in every cluster is judged as it is; of two that do the same, each is named. */
  readonly redundantPolicies: readonly PolicyPart[]
  /** The same, of rules; those of redundant policies are not told. */
  readonly redundantRules: readonly PolicyPart[]
  /** Rules that match something, but never come to decide, since others have decided before. */
  readonly shadowedRules: readonly PolicyPart[]
  /** Rules that match nothing in any cluster. */
  readonly vacuousRules: readonly PolicyPart[]
  /** Selectors that no labels meet. */
  readonly vacuousSelectors: readonly PolicyPart[]
}

const directions: readonly Direction[] = ['ingress', 'egress']

const all = (set: PolicySet): readonly PolicyModel[] => [...widePolicies(set), ...narrowPolicies(set)]

/** The set with another policy (or none) in the place of one. */
function replaced(set: PolicySet, policy: PolicyModel, by: PolicyModel | undefined): PolicySet {
  const swap = <T extends PolicyModel>(list: readonly T[]): readonly T[] => list.flatMap((each) => (each === policy ? (by as T | undefined) ?? [] : [each]))
  return {
    admin: swap(set.admin), baseline: swap(set.baseline),
    networkPolicies: new Map([...set.networkPolicies].map(([namespace, list]) => [namespace, swap(list)])),
  }
}

function withoutRule(policy: PolicyModel, direction: Direction, at: number): PolicyModel {
  return { ...policy, [direction]: policy[direction]?.filter((_, index) => index !== at) }
}

function isSame(a: PolicySet, b: PolicySet, options: ResolvedOptions, budget: Budget): boolean {
  const arena = new Arena(a, b, options, budget)
  return !arena.isAny('opened') && !arena.isAny('closed')
}

interface RulePlace {
  readonly policy: PolicyModel
  readonly direction: Direction
  readonly at: number
}

const rulesOf = (policy: PolicyModel): readonly RulePlace[] =>
  directions.flatMap((direction) => (policy[direction] ?? []).map((_, at) => ({ policy, direction, at })))

const partOf = ({ policy, direction, at }: RulePlace): PolicyPart => ({ policy: policyTitle(policy), path: `spec.${direction}[${at}]` })

/** Clauses by the rule that they are of, each with those that decide before it. */
function reachable(space: Space, never: readonly Cube[], before: readonly Clause[], clause: Clause, budget: Budget): boolean {
  const region = within(space.whole(), clause.cube)
  if (region === undefined) return false
  const avoid = [...never, ...before.map(({ cube }) => cube)].filter((cube) => openLiterals(region, cube) >= 0)
  return outside(space, region, avoid, { below: Infinity, any: true, budget }) !== undefined
}

/** Which rules match anything, and which come to decide. */
class Reach {
  readonly matching = new Set<string>()
  readonly deciding = new Set<string>()
  readonly #budget: Budget

  constructor(set: PolicySet, options: ResolvedOptions, budget: Budget) {
    this.#budget = budget
    const vocabulary = vocabularyOf([set])
    for (const shape of sceneShapes(options)) {
      const scene = new Scene(shape, vocabulary)
      for (const direction of directions) this.#side(scene, sideClauses(scene, direction, set, options))
    }
  }

  static key({ policy, direction, at }: RulePlace): string {
    return `${policyTitle(policy)} ${direction} ${at}`
  }

  #side(scene: Scene, { admin, allows, isolates, baseline }: SideClauses): void {
    const never = scene.never()
    const adminDecides = admin.filter(({ action }) => action !== 'Pass')
    const look = (list: readonly Clause[], beforeAll: readonly Clause[], ordered: boolean): void => list.forEach((clause, at) => {
      const { policy, direction, rule } = clause.origin
      if (rule === undefined) return
      const key = Reach.key({ policy, direction, at: rule })
      // cubes of one rule do not shadow each other
      const before = [...beforeAll, ...(ordered ? list.slice(0, at).filter(({ origin }) => origin.policy !== policy || origin.rule !== rule) : [])]
      if (!this.matching.has(key) && reachable(scene.space, never, [], clause, this.#budget)) this.matching.add(key)
      if (!this.deciding.has(key) && reachable(scene.space, never, before, clause, this.#budget)) this.deciding.add(key)
    })
    look(admin, [], true)
    look(allows, adminDecides, false)
    look(baseline, [...adminDecides, ...isolates], true)
  }
}

/** Whether no labels at all meet a selector: it asks of one key what no value can be. */
function isVacuous({ requirements }: Selector): boolean {
  return requirements.some(({ key }) => {
    const own = requirements.filter((each) => each.key === key)
    const values = [undefined, FRESH, ...own.flatMap((each) => each.values)]
    return !values.some((value) => own.every((each) => requirementMatches(each, value === undefined ? {} : { [key]: value })))
  })
}

/** The selectors of a policy and their paths. */
function selectorsOf(policy: PolicyModel): readonly (readonly [path: string, selector: Selector | undefined])[] {
  const own: readonly (readonly [string, Selector | undefined])[] = policy.kind === 'NetworkPolicy'
    ? [['spec.podSelector', policy.pods]]
    : [['spec.subject', policy.namespaces], ['spec.subject.pods.podSelector', policy.pods]]
  const peers = rulesOf(policy).flatMap(({ direction, at }) => (policy[direction]?.[at]?.peers ?? []).flatMap((peer, index): readonly (readonly [string, Selector | undefined])[] => {
    const path = `spec.${direction}[${at}].${direction === 'ingress' ? 'from' : 'to'}[${index}]`
    if (peer.kind === 'nodes') return [[`${path}.nodes`, peer.nodes]]
    if (peer.kind !== 'pods') return []
    const head = peer.field === 'pods' ? `${path}.pods` : path
    return [[peer.field === 'namespaces' ? `${path}.namespaces` : `${head}.namespaceSelector`, peer.namespaces], [`${head}.podSelector`, peer.pods]]
  }))
  return [...own, ...peers]
}

/**
 * What is in vain in a set of policies, in every cluster that there could be (as {@link compare}). Each finding stands alone: when one of two policies that do the
 * same is taken out, the other is needed. `maxSteps` is for all of it.
 * @throws WorldError for a policy that cannot be read, StepLimitError
 */
export function analysePolicies(policies: readonly WorldPolicy[], { maxSteps, ...options }: CompareOptions = {}): PolicyAnalysis {
  const budget = new Budget(maxSteps)
  const resolved = resolveOptions(options)
  const set = readPolicies(policies, resolved)
  const redundant = all(set).filter((policy) => isSame(set, replaced(set, policy, undefined), resolved, budget))
  const rules = all(set).flatMap(rulesOf)
  const reach = new Reach(set, resolved, budget)
  const isRedundant = ({ policy, direction, at }: RulePlace): boolean => {
    const rest = replaced(set, policy, withoutRule(policy, direction, at))
    // a rule of a NetworkPolicy can only allow more
    return policy.kind === 'NetworkPolicy' ? !new Arena(set, rest, resolved, budget).isAny('closed') : isSame(set, rest, resolved, budget)
  }
  return {
    redundantPolicies: redundant.map((policy) => ({ policy: policyTitle(policy) })),
    redundantRules: rules.filter((place) => !redundant.includes(place.policy) && isRedundant(place)).map(partOf),
    shadowedRules: rules.filter((place) => reach.matching.has(Reach.key(place)) && !reach.deciding.has(Reach.key(place))).map(partOf),
    vacuousRules: rules.filter((place) => !reach.matching.has(Reach.key(place))).map(partOf),
    vacuousSelectors: all(set).flatMap((policy) => selectorsOf(policy)
      .filter(([, selector]) => selector !== undefined && isVacuous(selector)).map(([path]) => ({ policy: policyTitle(policy), path }))),
  }
}
