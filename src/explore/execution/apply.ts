import type { Ready } from '../../sim/ready-queue.js'
import { type Choice, describeChoice, type RequestChoice } from './choice.js'
import type { Execution } from './execution.js'
import { stepName } from './steps.js'
import type { SentRequest } from './records.js'

/** Thrown if a choice does not fit where it is to be made. */
export class MisplacedChoice extends Error {}

/** Makes a choice at its decision. @throws MisplacedChoice if it does not fit there */
export function apply(execution: Execution, choice: Choice): void {
  if (choice.do === 'request') return void applyRequests(execution, [choice])
  note(execution, choice)
  const ready = execution.cluster.internals.ready()
  switch (choice.do) {
    case 'delay':
      return execution.delay(entryOf(ready, choice.step))
    case 'divide':
      return execution.divide(entryOf(ready, choice.step), choice.events)
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
  }
}

/** Runs a step to whose requests something happens. @throws MisplacedChoice if a choice does not fit there */
export function applyRequests(
  execution: Execution,
  choices: readonly RequestChoice[],
): { readonly entry: Ready; readonly requests: readonly SentRequest[] } {
  for (const choice of choices) note(execution, choice)
  const ready = execution.cluster.internals.ready()
  const { step } = choices[0] as RequestChoice
  const [first] = ready
  const entry = step === undefined && first !== undefined ? first : entryOf(ready, step ?? 'a step')
  return { entry, requests: execution.run(entry, choices) }
}

function note(execution: Execution, choice: Choice): void {
  if (choice.at !== execution.decisions) {
    const where = `decision ${choice.at}, not ${execution.decisions}`
    throw new MisplacedChoice(`this choice belongs to ${where}: ${describeChoice(choice)}`)
  }
  execution.note(choice)
}

function entryOf(ready: readonly Ready[], step: string): Ready {
  const entry = ready.find((one) => stepName(one) === step)
  if (entry === undefined)
    throw new MisplacedChoice(`${step} is not ready; there are: ${ready.map(stepName).join(', ')}`)
  return entry
}
