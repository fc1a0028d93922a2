import { isWrite, type StepRecord } from '../execution/records.js'

/** What a component did in the runs of an exploration. */
export interface ComponentCoverage {
  /** Steps, those of its informers included. */
  readonly steps: number
  /** Steps that are not those of informers. */
  readonly reconciles: number
  /** Writes that the server has executed. */
  readonly writes: number
  /** Requests that the server has refused with 403. */
  readonly forbidden: number
}

/** What was seen of a property. */
export interface PropertyCoverage {
  readonly evaluated: number
  /** Whether it ever did not hold. An `eventually` that always holds asks for nothing. */
  readonly wasFalse: boolean
  /** Whether it ever read an object. */
  readonly wasAboutSomething: boolean
}

/** What an exploration has seen. */
export interface ExplorationCoverage {
  /** Decisions of the longest run, at which it could have deviated. */
  readonly decisions: number
  /** Deviations that were made, by kind. */
  readonly deviations: Readonly<Record<string, number>>
  readonly components: Readonly<Record<string, ComponentCoverage>>
  /** How often each action was done. */
  readonly actions: Readonly<Record<string, number>>
  readonly properties: Readonly<Record<string, PropertyCoverage>>
  /** What the budget has cut, if it has: `stopped after 812 runs and 4 s`. */
  readonly cut?: string
}

interface Tally {
  steps: number
  reconciles: number
  writes: number
  forbidden: number
}

/** Counts what the runs of an exploration do. */
export class Coverage {
  readonly #components = new Map<string, Tally>()
  readonly #actions = new Map<string, number>()
  readonly #deviations = new Map<string, number>()
  /** The first request that was refused with 403, by component: `create configmaps`. */
  readonly forbidden: Map<string, string> = new Map()
  decisions = 0
  /** Resources that any component has written, and those that each has asked for: `maker pods`. */
  readonly #written = new Set<string>()
  readonly #requested = new Set<string>()

  /** Whether a resource was written in any run, or asked for by one of the components. */
  concerns(resource: string, components: readonly string[]): boolean {
    return (
      this.#written.has(resource) || components.some((name) => this.#requested.has(`${name} ${resource}`))
    )
  }

  step({ owner, requests }: StepRecord, isInformer: boolean): void {
    let tally = this.#components.get(owner)
    if (tally === undefined)
      this.#components.set(owner, (tally = { steps: 0, reconciles: 0, writes: 0, forbidden: 0 }))
    tally.steps += 1
    if (!isInformer) tally.reconciles += 1
    for (const request of requests) {
      const [plural = ''] = request.resource.split('.')
      if (isWrite(request)) this.#written.add(plural)
      this.#requested.add(`${owner} ${plural}`)
      if (request.failed === undefined && isWrite(request)) tally.writes += 1
      if (request.failed !== '403 Forbidden') continue
      tally.forbidden += 1
      if (!this.forbidden.has(owner)) this.forbidden.set(owner, `${request.verb} ${request.resource}`)
    }
  }

  action(name: string): void {
    this.#actions.set(name, (this.#actions.get(name) ?? 0) + 1)
  }

  deviation(kind: string): void {
    this.#deviations.set(kind, (this.#deviations.get(kind) ?? 0) + 1)
  }

  ofComponent(name: string): ComponentCoverage {
    return this.#components.get(name) ?? { steps: 0, reconciles: 0, writes: 0, forbidden: 0 }
  }

  /** Names of the components that did something. */
  get components(): readonly string[] {
    return [...this.#components.keys()]
  }

  /** Returns what was seen, with what is known of the properties. */
  result(
    properties: Readonly<Record<string, PropertyCoverage>>,
    cut: string | undefined,
  ): ExplorationCoverage {
    return {
      decisions: this.decisions,
      deviations: Object.fromEntries(this.#deviations),
      components: Object.fromEntries([...this.#components].map(([name, tally]) => [name, { ...tally }])),
      actions: Object.fromEntries(this.#actions),
      properties,
      ...(cut === undefined ? {} : { cut }),
    }
  }
}
