import type { NodeInfo } from '../cache/node-info.js'
import { type PodInfo, podKind } from '../cache/pod-info.js'
import type { Rejection } from '../framework/rejection.js'
import type { Candidate } from './candidates.js'

interface CachedTrial {
  readonly generation: number
  readonly outcome: Candidate | Rejection
}

/** The results of trials for one kind of preemptor, by slot. */
export type CachedTrials = (CachedTrial | undefined)[]

const MOST_KINDS = 16

/**
 * Caches trials until the node changes, because preemptors of one kind and priority often come in groups.
 * Only for trials that depend on nothing but the node.
 */
export class TrialCache {
  readonly #byKind = new Map<string, CachedTrials>()

  /** Returns the trials for pods equivalent to this one. */
  of(pod: PodInfo): CachedTrials {
    const kind = `${pod.priority} ${podKind(pod)}`
    let trials = this.#byKind.get(kind)
    if (!trials) {
      if (this.#byKind.size >= MOST_KINDS) this.#byKind.delete(this.#byKind.keys().next().value as string)
      this.#byKind.set(kind, (trials = []))
    }
    return trials
  }
}

/** Returns the result of a trial on the node; cached if the node has not changed. */
export function cachedTrial(
  trials: CachedTrials,
  node: NodeInfo,
  attempt: (node: NodeInfo) => Candidate | Rejection,
): Candidate | Rejection {
  const { slot, generation } = node
  const known = trials[slot]
  if (known?.generation === generation) return known.outcome
  const outcome = attempt(node)
  // filled in order, since arrays with holes are slow and nodes arrive in any order
  while (trials.length < slot) trials.push(undefined)
  trials[slot] = { generation, outcome }
  return outcome
}

/** Returns the current state of the victims, parts of which may have changed without affecting the trial. */
export function currentVictims(victims: readonly PodInfo[], { pods }: NodeInfo): readonly PodInfo[] {
  return victims.map((victim) => pods.get(victim.key) ?? victim)
}
