import type { Difference } from './sweep.js'

/** Why runs with a fault may end otherwise than the undisturbed one. */
export interface Reason {
  readonly scenario: string
  /** Of the request that failed: `kube-scheduler: create pods/binding default/urgent`. */
  readonly request: RegExp
  readonly why: string
}

/** All differences that a whole sweep shows. */
export const reasons: readonly Reason[] = [
  {
    scenario: 'a Job completes',
    request: /^kubelet\/.*: create events/,
    why:
      'The container ends while its kubelet starts again. Whether an address was in the status before ' +
      'the pod had finished depends on which came first.',
  },
  {
    scenario: 'a Job completes',
    request: /^kube-scheduler: create pods\/binding/,
    why: 'After the back-off, the pod goes to the other node, too: one node has not pulled the image.',
  },
  {
    scenario: 'a Job fails',
    request: /: (?:create events|get pods|update pods\/status|create pods\/binding|create pods) /,
    why:
      'The first failed pod ends the Job, which deletes the pods that are still active. How many have ' +
      'failed by themselves until then, and stay, depends on how far the others were.',
  },
  {
    scenario: 'an urgent pod preempts others',
    request: /^kube-scheduler: (?:patch pods\/status|delete pods|create events)/,
    why:
      'The scheduler dies in the middle of a preemption: it has evicted some victims, and forgets ' +
      'which. It chooses anew among the pods that it finds then.',
  },
]

/** Returns the reason for a difference; undefined if nobody has explained it. */
export function reasonFor({ scenario, choice }: Difference): Reason | undefined {
  return reasons.find((reason) => reason.scenario === scenario && reason.request.test(choice.of))
}
