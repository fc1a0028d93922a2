import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import { podKind } from '../cache/pod-kind.js'
import type { Rejection } from '../framework/rejection.js'
import type { Candidate } from './candidates.js'

interface Known {
  readonly generation: number
  readonly outcome: Candidate | Rejection
}

/** How trials on nodes ended for preemptors of one kind, by slot. */
export type KnownTrials = (Known | undefined)[]

const MOST_KINDS = 16

/**
 * What trials have shown, kept as long as a node does not change: preemptors of one kind and priority often
 * come together. Only for trials that nothing but the node decides. A cache.
 */
export class TrialMemory {
  readonly #byKind = new Map<string, KnownTrials>()

  /** The trials of pods like this one. */
  of(pod: PodInfo): KnownTrials {
    const kind = `${pod.priority} ${podKind(pod)}`
    let trials = this.#byKind.get(kind)
    if (!trials) {
      if (this.#byKind.size >= MOST_KINDS) this.#byKind.delete(this.#byKind.keys().next().value as string)
      this.#byKind.set(kind, (trials = []))
    }
    return trials
  }
}

/** The outcome of a trial on the node, from memory if it has not changed since. */
export function recall(
  trials: KnownTrials,
  node: NodeInfo,
  attempt: (node: NodeInfo) => Candidate | Rejection,
): Candidate | Rejection {
  const { slot, generation } = node
  const known = trials[slot]
  if (known?.generation === generation) return known.outcome
  const outcome = attempt(node)
  // nodes come in any order at first: without holes the list stays fast
  while (trials.length < slot) trials.push(undefined)
  trials[slot] = { generation, outcome }
  return outcome
}

/** The victims as they are now: what does not count for a trial may have changed since it was made. */
export function victimsNow(victims: readonly PodInfo[], { pods }: NodeInfo): readonly PodInfo[] {
  return victims.map((victim) => pods.get(victim.key) ?? victim)
}
