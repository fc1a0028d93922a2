import type { SimCluster } from '../cluster/sim-cluster.js'
import { toMillis } from '../sim/duration.js'
import type { Finding, Invariant } from '../testing/invariant.js'
import { StoredObjects } from '../testing/stored-objects.js'
import type { Execution } from './execution.js'
import type { Always, ExploreOptions } from './options.js'
import { outcomeHash } from './state-hash.js'

/** A property that does not hold. */
export interface Failure {
  readonly property: string
  readonly message: string
}

const DEFAULT_WITHIN = '30m'
/** Virtual time in which a run must come to rest, beyond the last property's deadline. */
const SLACK = 60_000

const isInvariant = (property: Always): property is Invariant => 'rule' in property

/** The properties of an exploration. */
export class Properties {
  readonly #options: ExploreOptions
  readonly #start: number
  readonly #revision: number
  #outcome: string | undefined
  /** What observers have found in each run. */
  readonly #findings = new WeakMap<SimCluster, Failure[]>()

  constructor(root: SimCluster, options: ExploreOptions) {
    this.#options = options
    this.#start = root.now()
    this.#revision = root.internals.etcd.revision
  }

  /** Virtual ms that a run may take. */
  get horizon(): number {
    const { eventually = [], lag } = this.#options
    const longest = Math.max(0, ...eventually.map(({ within = DEFAULT_WITHIN }) => toMillis(within)))
    return Math.max(longest, toMillis('10m')) + (lag === undefined ? 0 : toMillis(lag.max)) + SLACK
  }

  /** Whether two equal states at different times have different prospects. */
  get isTimed(): boolean {
    return (this.#options.eventually ?? []).length > 0
  }

  /** Starts to observe a run, for invariants that judge events. */
  observe({ cluster, lost }: Pick<Execution, 'cluster' | 'lost'>): void {
    const findings: Failure[] = []
    for (const property of this.#options.always ?? []) {
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
      this.#findings.set(cluster, findings)
    }
  }

  /**
   * Returns the virtual ms at which something must hold that does not hold now; undefined if there is
   * nothing that can still be waited for.
   */
  due(cluster: SimCluster): number | undefined {
    for (const { holds, within = DEFAULT_WITHIN } of this.#options.eventually ?? []) {
      const due = this.#start + toMillis(within)
      if (due > cluster.now() && !holds(cluster)) return due
    }
    return undefined
  }

  /** Checks what must always hold, after a step that has written. */
  afterWrite(cluster: SimCluster): Failure | undefined {
    return this.#always(cluster, false)
  }

  /** Checks everything, at the end of a run. */
  atEnd(cluster: SimCluster): Failure | undefined {
    return this.#always(cluster, true) ?? this.#eventually(cluster) ?? this.#sameAs(cluster)
  }

  #always(cluster: SimCluster, isAtRest: boolean): Failure | undefined {
    const { always = [] } = this.#options
    if (always.length === 0) return undefined
    const found = this.#findings.get(cluster)?.[0]
    if (found !== undefined) return found
    const stored = new StoredObjects(cluster)
    for (const property of always) {
      const message = isInvariant(property)
        ? property.onlyAtRest === true && !(isAtRest && cluster.state.atRest)
          ? undefined
          : property.check?.(cluster, stored)[0]?.message
        : saying(property.holds(cluster))
      if (message !== undefined) return { property: property.name, message }
    }
    return undefined
  }

  #eventually(cluster: SimCluster): Failure | undefined {
    for (const { name = 'eventually', holds, within = DEFAULT_WITHIN } of this.#options.eventually ?? []) {
      const left = this.#start + toMillis(within) - cluster.now()
      if (holds(cluster) || (left > 0 && cluster.internals.until(() => holds(cluster), left))) continue
      return { property: name, message: `it does not hold ${String(within)} after the start` }
    }
    return undefined
  }

  /** The first run to end is the undisturbed one. */
  #sameAs(cluster: SimCluster): Failure | undefined {
    if (this.#options.sameAs === undefined) return undefined
    const outcome = outcomeHash(cluster, this.#revision)
    this.#outcome ??= outcome
    return outcome === this.#outcome
      ? undefined
      : { property: 'same as faultless', message: 'the run ends in another state than the undisturbed one' }
  }
}

/** Returns what a check says is wrong: `false` or a text. */
function saying(result: string | boolean | undefined | void): string | undefined {
  if (result === false) return 'it does not hold'
  return typeof result === 'string' ? result : undefined
}
