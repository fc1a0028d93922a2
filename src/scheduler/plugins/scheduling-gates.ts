import type { PodInfo } from '../cache/pod-info.js'
import type { Plugin } from '../framework/plugin.js'
import type { Rejection } from '../framework/rejection.js'
import { unresolvable } from '../framework/rejection.js'

/** Keeps pods with `spec.schedulingGates` out of the active queue. Source: plugins/schedulinggates. */
export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  preEnqueue: ({ pod }: PodInfo): Rejection | undefined => {
    const gates = pod.spec.schedulingGates ?? []
    if (gates.length === 0) return undefined
    return unresolvable(`waiting for scheduling gates: [${gates.map(({ name }) => name).join(' ')}]`)
  },
  eventsToRegister: { 'Pod/UpdateSchedulingGatesEliminated': 'queue' },
}
