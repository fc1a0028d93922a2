import { stepInWords } from './steps.js'
import * as z from 'zod/mini'
import { argumentsCheck } from '../../api/checked-input.js'

/** What may happen to one request of a component, see `Faults` and `ExploreOptions`. */
export type RequestFault =
  | 'conflict'
  | 'error'
  | 'timeout'
  | 'lostResponse'
  | 'crash'
  | 'preempt'
  | 'lateResponse'
  | 'lag'
  | 'action'

/** Something happens to the `request`th request of the next step, counted from 0. */
export interface RequestChoice {
  readonly at: number
  readonly do: 'request'
  readonly request: number
  readonly fault: RequestFault
  readonly of: string
  /** The step, if it is not the next one. */
  readonly step?: string
  /** Virtual ms of a `lag`. */
  readonly ms?: number
  /** Name of the `action`. */
  readonly action?: string
}

/**
 * One deviation from the undisturbed run. `at` is the number of the decision before which it happens: the
 * steps of a run that are not routine are counted from 0. Plain data, addressed by name. `rest`: it happens
 * when all is at rest, and not before the step with that number.
 */
export type Choice =
  /** The step that would run next runs after all others that are ready. */
  | { readonly at: number; readonly do: 'delay'; readonly step: string }
  /** The next step, of an informer, delivers so many events; the others wait like a delayed step. */
  | { readonly at: number; readonly do: 'divide'; readonly step: string; readonly events: number }
  /** Another ready step runs first. */
  | { readonly at: number; readonly do: 'pick'; readonly step: string }
  /** A component pauses for `ms` of virtual time. */
  | { readonly at: number; readonly do: 'lag'; readonly component: string; readonly ms: number }
  /** A process is killed and starts anew. */
  | { readonly at: number; readonly do: 'crash'; readonly component: string; readonly rest?: true }
  | { readonly at: number; readonly do: 'nodeCrash'; readonly node: string }
  /** A component starts anew and lists from an apiserver whose cache is that old. */
  | {
      readonly at: number
      readonly do: 'timeTravel'
      readonly component: string
      readonly revision: number
      readonly rest?: true
    }
  /** The watches of a component break for a minute, and it lists again: it misses what was in between. */
  | { readonly at: number; readonly do: 'unobserved'; readonly component: string }
  /** The user acts. */
  | { readonly at: number; readonly do: 'action'; readonly action: string; readonly rest?: true }
  | RequestChoice

const KINDS: Readonly<Record<Choice['do'], true>> = {
  delay: true,
  divide: true,
  pick: true,
  lag: true,
  crash: true,
  nodeCrash: true,
  timeTravel: true,
  unobserved: true,
  action: true,
  request: true,
}

const checkChoice = argumentsCheck('describeChoice()', 'counterExample.choices.map(describeChoice)', () => ({
  choice: z.looseObject({ at: z.number(), do: z.enum(Object.keys(KINDS)) }),
}))

/** Whether a choice is made at rest. */
export const isAtRest = (choice: Choice): boolean => 'rest' in choice && choice.rest

/** Whether a choice lets the user act. */
export const isAction = (choice: Choice): boolean =>
  choice.do === 'action' || (choice.do === 'request' && choice.fault === 'action')

/**
 * Returns a choice in words: `kube-scheduler crashes and starts again`.
 * @throws InputError if it is none
 * @example run.choices.map(describeChoice)
 */
export function describeChoice(choice: Choice): string {
  checkChoice([choice])
  switch (choice.do) {
    case 'delay':
      return `${stepInWords(choice.step)} waits until nothing else is ready`
    case 'divide':
      return `${stepInWords(choice.step)} sees the first ${eventsOf(choice.events)}, and the others later`
    case 'pick':
      return `${stepInWords(choice.step)} runs first`
    case 'lag':
      return `${pausing(choice.component)} for ${choice.ms / 1000} s`
    case 'crash':
      return `${choice.component} crashes and starts again`
    case 'nodeCrash':
      return `node ${choice.node} crashes`
    case 'timeTravel':
      return `${choice.component} starts again, and lists revision ${choice.revision}, as old as the start`
    case 'unobserved':
      return `${choice.component} loses its watches for a minute, and lists again`
    case 'action':
      return `the user does: ${choice.action}`
    case 'request':
      return describeFault(choice)
  }
}

const eventsOf = (count: number): string => (count === 1 ? 'event' : `${count} events`)

/** `informers/x` names all informers of a process. */
function pausing(component: string): string {
  const [, process] = /^informers\/([^/]+)$/.exec(component) ?? []
  return process === undefined ? `${stepInWords(component)} pauses` : `${process}'s informers pause`
}

function describeFault({ of, fault, ms = 0, action = '' }: RequestChoice): string {
  switch (fault) {
    case 'lag':
      return `${of}: the component stands still for ${ms / 1000} s before it sends the request`
    case 'action':
      return `${of}: before the request is sent, the user does: ${action}`
    default:
      return `${of}: ${REQUEST_FAULTS[fault]}`
  }
}

const REQUEST_FAULTS: Readonly<Record<Exclude<RequestFault, 'lag' | 'action'>, string>> = {
  conflict: 'the request is refused with 409 Conflict',
  error: 'the request fails with 500',
  timeout: 'the request times out and is not executed',
  lostResponse: 'the request is executed, but its response is lost',
  crash: 'the request is executed, and the component crashes before it sees the response',
  preempt: 'everything else that is ready runs before the request is sent',
  lateResponse: 'the request is executed, and everything else that is ready runs before its response arrives',
}
