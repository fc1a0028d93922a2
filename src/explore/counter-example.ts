import type { Component } from '../client/component.js'
import { SimCluster } from '../cluster/sim-cluster.js'
import { describeChoice } from './choice.js'
import type { Execution, StepRecord } from './execution.js'
import type { CounterExample } from './explore.js'
import type { ExploreOptions } from './options.js'
import { Properties } from './properties.js'
import { replayed } from './replay.js'

/** Options of {@link replay}: what a counter-example cannot contain, because it is not data. */
export interface ReplayOptions extends Pick<
  ExploreOptions,
  'actions' | 'always' | 'eventually' | 'lag' | 'time'
> {
  /** The components of the cluster that was explored. */
  readonly components?: readonly Component[]
  /** Stops before the decision with this number. Default: at the violation. */
  readonly upTo?: number
}

/**
 * Plays a counter-example again, in this or another process, and returns the cluster in the state of the
 * violation, or earlier.
 */
export function replay(found: CounterExample, options: ReplayOptions = {}): SimCluster {
  return played(found, options).cluster
}

/** The lines of a counter-example as `kubectl` and component logs would show it. */
export function narrate(found: CounterExample, options: ReplayOptions = {}): string {
  const lines: string[] = []
  const root = rootOf(found, options)
  const start = root.now()
  const clock = (time: number): string => `${((time - start) / 1000).toFixed(3)}s`.padStart(10)
  const choices = [...found.choices]
  const observe = ({ at, time, step, requests }: StepRecord): void => {
    while (choices[0] !== undefined && choices[0].at <= at)
      lines.push(`${clock(time)}  * ${describeChoice(choices.shift() as (typeof choices)[number])}`)
    for (const { component, verb, resource, subresource, namespace, name } of requests) {
      if (verb === 'get' || verb === 'list' || resource === 'events') continue
      const kind = [resource, subresource].filter(Boolean).join('/')
      const object = [namespace, name].filter(Boolean).join('/')
      lines.push(`${clock(time)}  ${component}: ${verb} ${kind} ${object}   (step ${at}: ${step})`)
    }
  }
  const { cluster } = played(found, options, observe)
  for (const choice of choices) lines.push(`${clock(cluster.now())}  * ${describeChoice(choice)}`)
  lines.push(`${clock(cluster.now())}  violated: ${found.property}: ${found.message}`)
  return lines.join('\n')
}

function rootOf({ root }: CounterExample, { components }: ReplayOptions): SimCluster {
  return SimCluster.fromJSON(root, components === undefined ? {} : { components })
}

/** Plays a counter-example; `observe` is called after each step. */
export function played(
  found: CounterExample,
  options: ReplayOptions,
  observe?: Execution['observer'],
): { readonly cluster: SimCluster; readonly holds: boolean } {
  const root = rootOf(found, options)
  const actions = (options.actions ?? []).filter(({ name }) => found.actions.includes(name))
  const needed = { ...options, actions }
  const { execution, failure } = replayed(root, needed, found.choices, new Properties(root, options), {
    ...(options.upTo === undefined ? {} : { decisions: options.upTo }),
    observe,
  })
  return { cluster: execution.cluster, holds: failure === undefined }
}
