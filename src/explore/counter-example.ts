import type { Component } from '../client/component.js'
import type { ClusterOptions } from '../cluster/compose/options.js'
import { SimCluster } from '../cluster/sim-cluster.js'
import { describeChoice } from './choice.js'
import type { RunRecord } from './execution.js'
import type { CounterExample } from './result.js'
import type { ExploredAction, ExploreOptions } from './options.js'
import { type Failure, Properties } from './properties.js'
import { replayed } from './replay.js'

/** Options of `replay()`: what a counter-example cannot contain, because it is not data. */
export interface ReplayOptions extends Pick<
  ExploreOptions,
  'actions' | 'always' | 'eventually' | 'lag' | 'time'
> {
  /** The components of the cluster that was explored. */
  readonly components?: readonly Component[]
  /** The images of the cluster that was explored, which JSON does not have. */
  readonly images?: ClusterOptions['images']
  /** Stops before the decision with this number. Default: at the violation. */
  readonly upTo?: number
}

/** Tells a counter-example while it is played. */
export class Narration {
  readonly #found: CounterExample
  readonly #start: number
  readonly #lines: string[] = []

  /** `start`: virtual time before the first step. */
  constructor(found: CounterExample, start: number) {
    this.#found = found
    this.#start = start
  }

  /** Tells what happens next. */
  add(record: RunRecord): void {
    if ('choice' in record) return this.#line(record.time, `* ${describeChoice(record.choice)}`)
    const { at, time, step, requests } = record
    for (const { component, verb, resource, subresource, namespace, name } of requests) {
      if (verb === 'get' || verb === 'list' || verb === 'watch' || resource === 'events') continue
      const kind = [resource, subresource].filter(Boolean).join('/')
      const object = [namespace, name].filter(Boolean).join('/')
      this.#line(time, `${component}: ${verb} ${kind} ${object}   (step ${at}: ${step})`)
    }
  }

  /** Returns the whole story, which ends at virtual time `time`. */
  end(time: number): string {
    this.#line(time, `violated: ${this.#found.property}: ${this.#found.message}`)
    return this.#lines.join('\n')
  }

  #line(time: number, text: string): void {
    this.#lines.push(`${`${((time - this.#start) / 1000).toFixed(3)}s`.padStart(10)}  ${text}`)
  }
}

/** Returns the cluster before the first action. */
export function rootOf(
  { root }: CounterExample,
  { components, images }: Pick<ReplayOptions, 'components' | 'images'>,
): SimCluster {
  return SimCluster.fromJSON(root, {
    ...(components === undefined ? {} : { components }),
    ...(images === undefined ? {} : { images }),
  })
}

/** The actions that a counter-example needs. @throws RangeError if the options lack one */
function neededActions(found: CounterExample, options: ReplayOptions): readonly ExploredAction[] {
  const actions = (options.actions ?? []).filter(({ name }) => found.actions.includes(name))
  const missing = found.actions.filter((name) => !actions.some((action) => action.name === name))
  if (missing.length > 0)
    throw new RangeError(
      'the counter-example needs the actions that it was found with ' +
        `(${missing.join(', ')}): pass the options of explore()`,
    )
  return actions
}

/**
 * Plays a counter-example; `observe` is told of each step, choice and action. @throws RangeError if the
 * options lack an action
 */
export function played(
  found: CounterExample,
  options: ReplayOptions,
  observe?: (record: RunRecord) => void,
): { readonly cluster: SimCluster; readonly failure: Failure | undefined } {
  const root = rootOf(found, options)
  const needed = { ...options, actions: neededActions(found, options) }
  const { execution, failure } = replayed(root, needed, found.choices, new Properties(root, options), {
    ...(options.upTo === undefined ? {} : { decisions: options.upTo }),
    observe,
  })
  return { cluster: execution.cluster, failure }
}
