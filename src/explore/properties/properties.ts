import { isThenable } from '../../lang/synchronous.js'
import { ApiError } from '../../client/api-error.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { toMillis } from '../../sim/duration.js'
import type { Finding, Invariant } from '../../testing/invariant.js'
import { StoredObjects } from '../../testing/stored-objects.js'
import type { Execution } from '../execution/execution.js'
import type { Failure } from '../execution/failure.js'
import { idleWrite, leftover } from '../execution/generic-invariants.js'
import { type Always, DEFAULT_WITHIN, type Eventually } from '../options.js'
import { type IsConcerned, PropertyRecord } from './property-record.js'
import type { ExploreScope } from '../scope.js'
import { outcomeHash } from '../execution/state-hash.js'

/** Thrown if a property returns what says neither that it holds nor that it does not. */
export class InvalidResult extends TypeError {}

/** Virtual time in which a run must come to rest, beyond the last property's deadline. */
const SLACK = 60_000

const isInvariant = (property: Always): property is Invariant => 'rule' in property

const nameOf = ({ name = 'eventually' }: Eventually): string => name

/** The properties of an exploration. */
export class Properties {
  readonly #scope: ExploreScope
  readonly #revision: number
  readonly records: ReadonlyMap<string, PropertyRecord>
  #outcome: string | undefined
  /** What observers have found in each run. */
  readonly #findings = new WeakMap<SimCluster, Failure[]>()

  constructor(scope: ExploreScope) {
    this.#scope = scope
    this.#revision = scope.root.internals.etcd.revision
    const { always = [], eventually = [] } = scope.options
    const isConcerned: IsConcerned = (resource) => this.#isConcerned(resource)
    this.records = new Map([
      ...always.map((property) => [property.name, PropertyRecord.ofAlways(property, isConcerned)] as const),
      ...eventually.map(
        (property) => [nameOf(property), PropertyRecord.ofEventually(property, isConcerned)] as const,
      ),
    ])
  }

  /** Whether a component has written a resource in any run, or one under test reads it. */
  #isConcerned(resource: string): boolean {
    const { root, coverage, underTest, programs } = this.#scope
    if (coverage.concerns(resource, underTest)) return true
    return underTest.some(
      (component) =>
        programs?.has(component) !== true &&
        root.state.views({ component }).some((view) => view.resource.split('.')[0] === resource),
    )
  }

  /** Virtual ms that a run may take after the user or the exploration has last done something. */
  get horizon(): number {
    const { eventually = [] } = this.#scope.options
    const longest = Math.max(0, ...eventually.map(({ within = DEFAULT_WITHIN }) => toMillis(within)))
    return Math.max(longest, toMillis('10m')) + SLACK
  }

  /** Whether two equal states at different times have different prospects. */
  get isTimed(): boolean {
    return (this.#scope.options.eventually ?? []).length > 0
  }

  /** Starts to observe a run, for invariants that judge events. */
  observe(execution: Execution): void {
    const { cluster, lost } = execution
    if (this.#findings.has(cluster)) return
    const findings: Failure[] = []
    this.#findings.set(cluster, findings)
    execution.checkNested = () => this.#always(cluster, false)
    execution.deadlines.holds = (property) => this.#holds(cluster, property)
    for (const property of this.#scope.options.always ?? []) {
      const observer = isInvariant(property) ? property.observe?.(cluster) : undefined
      if (observer === undefined) continue
      const { excusedBy = [] } = isInvariant(property) ? property : {}
      const note = (finding: Finding | undefined): void => {
        const isExcused = excusedBy.some((request) => lost.has(request))
        if (finding !== undefined && !isExcused)
          findings.push({ property: property.name, message: finding.message })
      }
      if (observer.write) cluster.on('write', (event) => note(observer.write?.(event)))
      if (observer.request) cluster.on('request', (event) => note(observer.request?.(event)))
    }
  }

  /**
   * Returns the virtual ms at which something must hold that does not hold now; undefined if there is
   * nothing that can still be waited for.
   */
  due({ cluster, deadlines }: Execution): number | undefined {
    for (const property of this.#scope.options.eventually ?? []) {
      const due = deadlines.of(property)
      if (due > cluster.now() && !this.#holds(cluster, property)) return due
    }
    return undefined
  }

  /**
   * Judges the root before the first action: what must come about does not hold there, or asks for nothing.
   */
  judgeRoot(): void {
    for (const property of this.#scope.options.eventually ?? []) this.#holds(this.#scope.root, property)
  }

  /** Checks what must always hold, after a step that has written. */
  afterWrite(cluster: SimCluster): Failure | undefined {
    for (const property of this.#scope.options.eventually ?? [])
      if (this.records.get(nameOf(property))?.wasFalse === false) this.#holds(cluster, property)
    return this.#always(cluster, false)
  }

  /** Checks everything, at the end of a run. */
  atEnd(execution: Execution): Failure | undefined {
    const { cluster } = execution
    return (
      this.#always(cluster, true) ??
      this.#eventually(execution) ??
      this.#sameAs(cluster) ??
      leftover(cluster, this.#scope) ??
      idleWrite(execution)
    )
  }

  #always(cluster: SimCluster, isAtRest: boolean): Failure | undefined {
    const { always = [] } = this.#scope.options
    if (always.length === 0) return undefined
    const found = this.#findings.get(cluster)?.[0]
    if (found !== undefined) return found
    const stored = new StoredObjects(cluster)
    for (const property of always) {
      const failure = isInvariant(property)
        ? ofInvariant(property, cluster, stored, isAtRest)
        : this.#judged(property, cluster)
      if (failure !== undefined) return failure
    }
    return undefined
  }

  #judged({ name, holds }: Exclude<Always, Invariant>, cluster: SimCluster): Failure | undefined {
    const record = this.records.get(name) as PropertyRecord
    let result: unknown
    try {
      result = record.evaluate(cluster, holds)
    } catch (error) {
      return { property: name, message: `it throws ${String(error)}`, threw: true }
    }
    const message = sayingOf(name, result)
    record.note(message === undefined)
    return message === undefined ? undefined : { property: name, message }
  }

  /** Whether something holds that must hold eventually. What it does not find does not hold yet. */
  #holds(cluster: SimCluster, property: Eventually): boolean {
    const record = this.records.get(nameOf(property)) as PropertyRecord
    let holds: unknown
    try {
      holds = record.evaluate(cluster, property.holds)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      holds = false
    }
    if (isThenable(holds)) return true // told as vacuous
    if (typeof holds !== 'boolean')
      throw new InvalidResult(
        `explore(): eventually "${nameOf(property)}" returned ${JSON.stringify(holds) ?? 'nothing'}; ` +
          'it must return true or false',
      )
    record.note(holds)
    return holds
  }

  #eventually({ cluster, deadlines }: Execution): Failure | undefined {
    if (deadlines.overdue !== undefined) return overdue(deadlines.overdue)
    for (const property of this.#scope.options.eventually ?? []) {
      const left = deadlines.of(property) - cluster.now()
      const holds = (): boolean => this.#holds(cluster, property)
      if (!holds() && (left <= 0 || !cluster.internals.until(holds, left))) return overdue(property)
    }
    return undefined
  }

  /** The first run to end is the undisturbed one. */
  #sameAs(cluster: SimCluster): Failure | undefined {
    if (this.#scope.options.sameAs === undefined) return undefined
    const outcome = outcomeHash(cluster, this.#revision)
    this.#outcome ??= outcome
    return outcome === this.#outcome
      ? undefined
      : {
          property: 'same as faultless',
          message: 'the run ends in another state than the undisturbed one',
          isEventual: true,
        }
  }
}

function overdue(property: Eventually): Failure {
  const { within = DEFAULT_WITHIN } = property
  return {
    property: nameOf(property),
    message: `it does not hold within ${String(within)}`,
    isEventual: true,
  }
}

function ofInvariant(
  { name, check, onlyAtRest }: Invariant,
  cluster: SimCluster,
  stored: StoredObjects,
  isAtRest: boolean,
): Failure | undefined {
  if (onlyAtRest === true && !(isAtRest && cluster.state.atRest)) return undefined
  const [finding] = check?.(cluster, stored) ?? []
  return finding && { property: name, message: finding.message }
}

/**
 * Returns what a check says is wrong: `false` or a text. @throws InvalidResult if it returns anything else
 */
function sayingOf(name: string, result: unknown): string | undefined {
  if (result === false) return 'it does not hold'
  if (typeof result === 'string') return result
  if (result === true || result === undefined || isThenable(result)) return undefined
  throw new InvalidResult(
    `explore(): always "${name}" returned ${JSON.stringify(result)}; it must return true, ` +
      'or false or a text if it does not hold',
  )
}
