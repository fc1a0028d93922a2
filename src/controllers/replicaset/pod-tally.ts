import type { ReplicaSet } from '../../api/apps/generated.js'
import { isPodActive, isPodReady, isPodTerminal } from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import type { Labels } from '../../api/selectors/labels.js'
import { compileSelector } from '../../api/selectors/labels.js'

/** The pods that a ReplicaSet controls, sorted and counted. */
export interface PodTally {
  /** Active and selected. */
  readonly owned: readonly Pod[]
  /** Active, but no longer selected: to release. */
  readonly unselected: readonly Pod[]
  /** Number of `owned` pods that have all labels of the template. */
  readonly fullyLabeled: number
  /** Number of `owned` pods that are Ready. */
  readonly ready: number
  /** Number of selected pods that are terminating. */
  readonly terminating: number
}

const OWNED = 1
const UNSELECTED = 2
const FULLY_LABELED = 4
const READY = 8
const TERMINATING = 16

const FACTS = [OWNED, UNSELECTED, FULLY_LABELED, READY, TERMINATING] as const

/** The pods of the last tally, the facts of each as bits, and the number of pods for each fact. */
interface Known {
  readonly pods: Pod[]
  readonly facts: number[]
  readonly counts: Map<number, number>
  /** The facts of each pod that has been judged, wherever it stood. */
  readonly judged: WeakMap<Pod, number>
}

/**
 * Tallies the pods of ReplicaSets incrementally. Every change of a single pod causes a sync, so only pods
 * that differ from those of the last tally are examined. The memory is a cache by spec: it never changes a
 * result.
 */
export class PodTallies {
  readonly #known = new WeakMap<object, Known>()

  /** Returns the tally of the pods that the set controls. */
  of(set: ReplicaSet, controlled: readonly Pod[]): PodTally {
    const known = this.#knownOf(set, controlled)
    const count = (fact: number): number => known.counts.get(fact) ?? 0
    return {
      owned: having(known, OWNED),
      unselected: having(known, UNSELECTED),
      fullyLabeled: count(FULLY_LABELED),
      ready: count(READY),
      terminating: count(TERMINATING),
    }
  }

  #knownOf(set: ReplicaSet, controlled: readonly Pod[]): Known {
    let known = this.#known.get(set.spec)
    if (!known) this.#known.set(set.spec, (known = newKnown()))
    const { pods, facts, counts, judged } = known
    let judgeNow: ((pod: Pod) => number) | undefined
    for (let at = controlled.length; at < facts.length; at++) count(counts, facts[at] ?? 0, 0)
    pods.length = facts.length = Math.min(pods.length, controlled.length)
    for (let at = 0; at < controlled.length; at++) {
      const pod = controlled[at] as Pod
      if (pods[at] === pod) continue
      pods[at] = pod
      // a pod that is added or removed moves those after it
      let found = judged.get(pod)
      if (found === undefined) judged.set(pod, (found = (judgeNow ??= judge(set))(pod)))
      count(counts, facts[at] ?? 0, found)
      facts[at] = found
    }
    return known
  }
}

const newKnown = (): Known => ({ pods: [], facts: [], counts: new Map(), judged: new WeakMap() })

/** Returns the tally after active pods have been adopted. */
export function withAdopted(set: ReplicaSet, counted: PodTally, adopted: readonly Pod[]): PodTally {
  const labels = templateLabelsOf(set)
  return {
    ...counted,
    owned: [...counted.owned, ...adopted],
    fullyLabeled:
      counted.fullyLabeled + adopted.filter((pod) => hasLabels(pod.metadata.labels, labels)).length,
    ready: counted.ready + adopted.filter(isPodReady).length,
  }
}

function judge(set: ReplicaSet): (pod: Pod) => number {
  const matches = compileSelector(set.spec.selector)
  const templateLabels = templateLabelsOf(set)
  return (pod) => {
    const isSelected = matches(pod.metadata.labels)
    if (!isPodActive(pod)) {
      const isTerminating = pod.metadata.deletionTimestamp !== undefined && !isPodTerminal(pod)
      return isTerminating && isSelected ? TERMINATING : 0
    }
    if (!isSelected) return UNSELECTED
    return (
      OWNED |
      (hasLabels(pod.metadata.labels, templateLabels) ? FULLY_LABELED : 0) |
      (isPodReady(pod) ? READY : 0)
    )
  }
}

function templateLabelsOf(set: ReplicaSet): readonly (readonly [string, string])[] {
  return Object.entries(set.spec.template.metadata.labels ?? {})
}

function hasLabels(labels: Labels | undefined, wanted: readonly (readonly [string, string])[]): boolean {
  return wanted.every(([key, value]) => labels?.[key] === value)
}

/** Updates the counts after the facts of a pod have changed. */
function count(counts: Map<number, number>, before: number, after: number): void {
  if (before === after) return
  for (const fact of FACTS) {
    const change = Math.sign(after & fact) - Math.sign(before & fact)
    if (change !== 0) counts.set(fact, (counts.get(fact) ?? 0) + change)
  }
}

/** Returns the pods that a fact is true of; fast for the common cases of all and none. */
function having({ pods, facts, counts }: Known, fact: number): readonly Pod[] {
  const wanted = counts.get(fact) ?? 0
  if (wanted === 0) return NO_PODS
  return wanted === pods.length ? pods.slice() : pods.filter((_, at) => ((facts[at] ?? 0) & fact) !== 0)
}

const NO_PODS: readonly Pod[] = []
