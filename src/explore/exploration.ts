import type { SimCluster } from '../cluster/sim-cluster.js'
import { RunBudget } from './search/budget.js'
import { isAction } from './execution/choice.js'
import type { Execution } from './execution/execution.js'
import { ForkSearch } from './search/fork-search.js'
import { LevelSearch } from './search/level-search.js'
import { closureWarning, SharedState, stateInClosures } from './search/memory.js'
import { COMES_TO_REST } from './execution/no-rest.js'
import type { ExploreOptions } from './options.js'
import { playRun } from './search/play-run.js'
import { checkRepeated, played, stepsOf } from './search/repeat.js'
import type { RunRecord } from './execution/records.js'
import { Properties } from './properties/properties.js'
import type { CounterExample, FoundViolation, SearchEnd, Verdict } from './result.js'
import type { ExplorationCoverage } from './properties/coverage.js'
import { finished, OutOfTime, type Playing } from './search/run.js'
import { type ExploreScope, scopeOf } from './scope.js'
import {
  budgetInSmaller,
  inSmallerScope,
  reproduced,
  type ViolatingRun,
  withFewerActions,
  withFewerChoices,
} from './search/shrink.js'
import { storyOf } from './story/narration.js'
import { vacuityOf } from './properties/vacuous.js'

/** What an exploration has found. */
export interface ExplorationOutcome {
  readonly verdict: Verdict
  readonly reason: string | undefined
  readonly warnings: readonly string[]
  readonly schedules: number
  readonly states: number
  readonly coverage: ExplorationCoverage
  readonly counterExample: CounterExample | undefined
  readonly story: string | undefined
  /** The smallest violation, in the scope in which it was found. */
  readonly violation: ViolatingRun | undefined
}

/** Thrown if a run does not go like one that was made in forks. */
class OtherwiseInForks extends Error {}

/** Explores the runs of a scope, and makes what it finds a counter-example. */
export function* exploration(given: ExploreScope): Playing<ExplorationOutcome> {
  const search = new Searching(given)
  const end = yield* search.run()
  const { scope, properties, budget } = search
  const violation = end.verdict === 'violated' ? yield* search.shrunk(end.found) : undefined
  const { reason, warnings } = vacuityOf(scope, properties)
  const isVacuous = violation === undefined && reason !== undefined
  const records = [...properties.records].map(([name, { coverage }]) => [name, coverage] as const)
  const cut = end.verdict === 'budget' ? String(budget) : undefined
  return {
    verdict: isVacuous ? 'vacuous' : verdictOf(end, violation),
    reason: isVacuous ? reason : undefined,
    warnings: [...scope.anew.map(closureWarning), ...warnings],
    schedules: budget.schedules,
    states: search.states,
    coverage: scope.coverage.result(Object.fromEntries(records), cut),
    counterExample: violation && counterExampleOf(violation),
    story: violation && (yield* storyOf(violation)),
    violation,
  }
}

function verdictOf({ verdict }: SearchEnd, violation: ViolatingRun | undefined): Verdict {
  return violation?.failure.property === COMES_TO_REST ? 'does not come to rest' : verdict
}

/** Returns a violation as JSON, for a file and for another process. */
function counterExampleOf({ scope, choices, failure, traceHash, steps }: ViolatingRun): CounterExample {
  const { root, options, anew, programs, waits } = scope
  const { components = [] } = root.internals.options
  const { property, message, cycle } = failure
  return {
    version: 1,
    root: root.toJSON(),
    choices,
    actions: (options.actions ?? []).map(({ name }) => name),
    components: [...components.map(({ name }) => name), ...(programs?.names ?? [])],
    ...(anew.length === 0 ? {} : { anew }),
    ...(waits === true ? { waits } : {}),
    property,
    message,
    ...(cycle === undefined ? {} : { cycle }),
    ...(steps === undefined ? {} : { steps }),
    traceHash,
  }
}

/** Returns the scope of a run: in it, the user may wait without ever acting. */
const scopeOfRun = (scope: ExploreScope, { isPending, choices }: Execution): ExploreScope => ({
  ...scope,
  waits: isPending && !choices.some(isAction),
})

/** One search of a scope: in forks, or, if state is where forks do not have it, run by run. */
class Searching {
  scope: ExploreScope
  properties: Properties
  budget: RunBudget
  states = 0
  /** Whether runs in forks were compared with others: there are components of the user. */
  readonly #isSuspicious: boolean

  constructor(scope: ExploreScope) {
    this.scope = scope
    this.properties = new Properties(scope)
    this.budget = new RunBudget(scope.options.budget)
    this.#isSuspicious =
      (scope.root.internals.options.components ?? []).length > 0 && scope.programs === undefined
  }

  *run(): Playing<SearchEnd> {
    this.properties.judgeRoot()
    try {
      return yield* this.#search()
    } catch (error) {
      if (error instanceof OutOfTime) return { verdict: 'budget' }
      throw error
    }
  }

  *#search(): Playing<SearchEnd> {
    if (this.#isSuspicious && this.scope.anew.length === 0) {
      const component = yield* stateInClosures(this.scope, () => this.budget.isSpent)
      if (component !== undefined) this.#startAnew([component])
    }
    if (this.scope.programs !== undefined || this.scope.anew.length > 0 || this.#hasPatterns)
      return yield* this.#byLevels()
    try {
      return yield* this.#inForks()
    } catch (error) {
      if (!(error instanceof OtherwiseInForks)) throw error
      this.#startAnew((this.scope.root.internals.options.components ?? []).map(({ name }) => name))
      return yield* this.#byLevels()
    }
  }

  get #hasPatterns(): boolean {
    const { search } = this.scope.options
    return typeof search === 'object' && 'patterns' in search
  }

  #startAnew(anew: readonly string[]): void {
    this.scope = { ...this.scope, anew }
    this.properties = new Properties(this.scope)
    this.properties.judgeRoot()
  }

  *#byLevels(): Playing<SearchEnd> {
    const search = new LevelSearch(this.scope, this.properties, this.budget)
    const end = yield* search.search()
    this.states = search.states
    if (
      end.verdict === 'violated' &&
      this.scope.programs === undefined &&
      !(yield* this.#isReproduced(end.found))
    )
      throw new SharedState(this.scope.anew[0] ?? 'a component')
    return end
  }

  *#inForks(): Playing<SearchEnd> {
    const verify = this.#isSuspicious ? (execution: Execution): void => this.#verify(execution) : undefined
    const search = new ForkSearch(this.scope, this.properties, this.budget, verify)
    const end = search.search()
    this.states = search.states
    if (end.verdict !== 'violated' || (yield* this.#isReproduced(end.found))) return end
    if (this.#isSuspicious) throw new OtherwiseInForks()
    throw new Error(
      `assertion failed: the run that violates "${end.found.failure.property}" cannot be repeated: ` +
        JSON.stringify(end.found.choices),
    )
  }

  /** Plays a run of forks in one piece. @throws OtherwiseInForks if it does not go the same way */
  #verify(run: Execution): void {
    const { choices, decisions, cluster } = run
    const scope = scopeOfRun(this.scope, run)
    if ((choices.at(-1)?.at ?? -1) >= decisions) return // it ended with the choice
    const { execution } = finished(playRun(scope, new Properties(scope), { choices, upTo: decisions }))
    if (execution.cluster.state.traceHash() !== cluster.state.traceHash()) throw new OtherwiseInForks()
  }

  *#isReproduced({ choices, failure, execution }: FoundViolation): Playing<boolean> {
    return (yield* reproduced(scopeOfRun(this.scope, execution), choices, failure)) !== undefined
  }

  /** Leaves out what the violation does not need. */
  *shrunk({ choices, failure, execution, steps }: FoundViolation): Playing<ViolatingRun> {
    const scope = scopeOfRun(this.scope, execution)
    const traceHash = execution.cluster.state.traceHash()
    const found = yield* this.#again({ scope, choices, failure, traceHash }, steps)
    const least = yield* withFewerActions(yield* withFewerChoices(found))
    const budget = budgetInSmaller(this.budget)
    const { shard: _shard, ...options } = this.scope.options
    const smallest = yield* inSmallerScope(least, (root, actions) =>
      smaller(root, { ...options, actions, budget }, this.scope),
    )
    return yield* this.#again(smallest)
  }

  /**
   * Plays a violation of clients once more, and keeps its steps; those of other components are known to be
   * repeated. @throws NotRepeated if it does not do the same
   */
  *#again(violation: ViolatingRun, steps?: readonly string[]): Playing<ViolatingRun> {
    const { scope, choices, failure, traceHash } = violation
    if (scope.programs === undefined) return violation
    const { property, cycle } = failure
    const records: RunRecord[] = []
    const again = yield* played(scope, { choices, cycle }, undefined, (record) => records.push(record))
    checkRepeated({ property, traceHash, ...(steps === undefined ? {} : { steps }) }, again, records)
    return { ...violation, steps: stepsOf(records) }
  }
}

/** Looks for a violation in a smaller scope. */
function* smaller(
  root: SimCluster,
  options: ExploreOptions,
  { anew, programs }: ExploreScope,
): Playing<ViolatingRun | undefined> {
  const scope = { ...scopeOf(root, options, programs), anew }
  const search = new Searching(scope)
  try {
    // without nodes or replicas, something may be wrong from the beginning
    if (search.properties.afterWrite(root) !== undefined) return undefined
    const end = yield* search.run()
    if (end.verdict !== 'violated') return undefined
    const { choices, failure, execution } = end.found
    const found = yield* reproduced(scopeOfRun(search.scope, execution), choices, failure)
    return found && (yield* withFewerActions(yield* withFewerChoices(found)))
  } catch {
    return undefined // an action or a property names what is not there any more
  }
}
