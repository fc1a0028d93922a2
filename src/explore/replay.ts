import type { SimCluster } from '../cluster/sim-cluster.js'
import type { Ready } from '../sim/ready-queue.js'
import type { Choice } from './choice.js'
import { describeChoice } from './choice.js'
import { Execution, type RunRecord, stepName } from './execution.js'
import type { ExploreOptions } from './options.js'
import type { Failure, Properties } from './properties.js'

/** Thrown if a choice does not fit where it is to be made. */
export class MisplacedChoice extends Error {}

/** Makes a choice at its decision. @throws MisplacedChoice if it does not fit there */
export function apply(execution: Execution, choice: Choice): void {
  if (choice.at !== execution.decisions) {
    const where = `decision ${choice.at}, not ${execution.decisions}`
    throw new MisplacedChoice(`this choice belongs to ${where}: ${describeChoice(choice)}`)
  }
  execution.note(choice)
  const ready = execution.cluster.internals.ready()
  switch (choice.do) {
    case 'delay':
      return execution.delay(entryOf(ready, choice.step))
    case 'pick':
      return void execution.run(entryOf(ready, choice.step))
    case 'lag':
      return execution.pause(choice.component, choice.ms)
    case 'crash':
      return execution.restart(choice.component)
    case 'nodeCrash':
      return void execution.cluster.node(choice.node).crash()
    case 'timeTravel':
      return execution.timeTravel(choice.component, choice.revision)
    case 'unobserved':
      return execution.cutWatches(choice.component)
    case 'action':
      return void execution.act()
    case 'request':
      return void execution.run(
        choice.step === undefined ? (ready[0] as Ready) : entryOf(ready, choice.step),
        { request: choice.request, fault: choice.fault },
      )
  }
}

function entryOf(ready: readonly Ready[], step: string): Ready {
  const entry = ready.find((one) => stepName(one) === step)
  if (entry === undefined)
    throw new MisplacedChoice(`${step} is not ready; there are: ${ready.map(stepName).join(', ')}`)
  return entry
}

/** Where a replay stops. */
export interface ReplayEnd {
  readonly execution: Execution
  readonly failure: Failure | undefined
}

/**
 * Runs a cluster with the given choices, to the first violation or to the end. Choices at decisions that the
 * run does not come to, or that do not fit there, end it without a failure.
 */
export function replayed(
  root: SimCluster,
  options: ExploreOptions,
  choices: readonly Choice[],
  properties: Properties,
  until: { readonly decisions?: number; readonly observe?: ((record: RunRecord) => void) | undefined } = {},
): ReplayEnd {
  const execution = Execution.begin(
    root,
    options,
    choices.some((choice) => choice.do === 'action'),
    until.observe,
  )
  properties.observe(execution)
  const deadline = root.now() + properties.horizon
  const left = [...choices]
  const last = until.decisions ?? Infinity
  try {
    for (;;) {
      const ready = execution.next(deadline, true)
      if (execution.decisions >= last) return { execution, failure: undefined }
      const revision = execution.cluster.internals.etcd.revision
      if (left[0]?.at === execution.decisions && (ready !== undefined || !changesSteps(left[0]))) {
        apply(execution, left.shift() as Choice)
      } else if (ready !== undefined) execution.run(ready[0] as Ready)
      else if (!execution.actAtRest()) {
        if (left.length === 0 || execution.next(deadline) === undefined) break
      }
      if (execution.cluster.internals.etcd.revision === revision) continue
      const failure = properties.afterWrite(execution.cluster)
      if (failure !== undefined) return { execution, failure }
    }
  } catch (error) {
    if (error instanceof MisplacedChoice) return { execution, failure: undefined }
    return { execution, failure: thrown(error) }
  }
  return { execution, failure: properties.atEnd(execution.cluster) }
}

/** Returns the failure that an exception of a component is. */
export function thrown(error: unknown): Failure {
  return { property: 'no component throws', message: error instanceof Error ? error.message : String(error) }
}

/** Whether a choice is one about the steps that are ready. */
export const changesSteps = ({ do: kind }: Choice): boolean =>
  kind === 'delay' || kind === 'pick' || kind === 'request'
