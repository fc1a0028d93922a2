/** What may happen to one request of a component, see {@link Faults}. */
export type RequestFault = 'conflict' | 'error' | 'timeout' | 'lostAnswer' | 'crash' | 'preempt'

/**
 * One deviation from the undisturbed run. `at` is the number of the decision before which it happens: the
 * steps of a run that are not heartbeats are counted from 0. Plain data, addressed by name.
 */
export type Choice =
  /** The step that would run next runs after all others that are ready. */
  | { readonly at: number; readonly do: 'delay'; readonly step: string }
  /** Another ready step runs first. */
  | { readonly at: number; readonly do: 'pick'; readonly step: string }
  /** A component pauses for `ms` of virtual time. */
  | { readonly at: number; readonly do: 'lag'; readonly component: string; readonly ms: number }
  /** A component is killed and starts anew. */
  | { readonly at: number; readonly do: 'crash'; readonly component: string }
  | { readonly at: number; readonly do: 'nodeCrash'; readonly node: string }
  /** A component starts anew and lists from an apiserver whose cache is that old. */
  | { readonly at: number; readonly do: 'timeTravel'; readonly component: string; readonly revision: number }
  /** The watches of a client are cut for a minute, and it lists again: it misses what was in between. */
  | { readonly at: number; readonly do: 'unobserved'; readonly component: string }
  /** The user acts. */
  | { readonly at: number; readonly do: 'action'; readonly action: string }
  /** The `request`th request of the next step, counted from 0, fails or is interrupted. */
  | {
      readonly at: number
      readonly do: 'request'
      readonly request: number
      readonly fault: RequestFault
      readonly of: string
      /** The step, if it is not the next one. */
      readonly step?: string
    }

/** Returns a choice in words: `kube-scheduler crashes`. */
export function describeChoice(choice: Choice): string {
  switch (choice.do) {
    case 'delay':
      return `${choice.step} waits until nothing else is ready`
    case 'pick':
      return `${choice.step} runs first`
    case 'lag':
      return `${choice.component} pauses for ${choice.ms / 1000} s`
    case 'crash':
      return `${choice.component} crashes and starts again`
    case 'nodeCrash':
      return `node ${choice.node} crashes`
    case 'timeTravel':
      return `${choice.component} starts again, and sees revision ${choice.revision}`
    case 'unobserved':
      return `${choice.component} loses its watches for a minute, and lists again`
    case 'action':
      return `the user does: ${choice.action}`
    case 'request':
      return `${choice.of}: ${REQUEST_FAULTS[choice.fault]}`
  }
}

const REQUEST_FAULTS: Readonly<Record<RequestFault, string>> = {
  conflict: 'the request is refused with 409 Conflict',
  error: 'the request fails with 500',
  timeout: 'the request times out and is not executed',
  lostAnswer: 'the request is executed, but its response is lost',
  crash: 'the request is executed, and the component crashes before it sees the response',
  preempt: 'everything else that is ready runs before the request is sent',
}
