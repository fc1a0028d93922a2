import { computeQosClass } from '../../api/core/qos.js'
import type { Pod } from '../../api/core/generated.js'
import { podRequests } from '../../api/core/pod-resources.js'
import { isCritical } from '../node/critical.js'
import type { Verdict } from './pod-record.js'

/** What a pod ends as that makes room for a critical one. Source: pkg/kubelet/preemption/preemption.go. */
export const PREEMPTED: Verdict = {
  reason: 'Preempting',
  message: 'Preempted in order to admit critical pod',
  disruption: true,
  disruptionMessage: 'Pod was preempted by Kubelet to accommodate a critical pod.',
}

/** What lacks, by resource. */
export type Requirements = ReadonlyMap<string, number>

/** Whether a pod has to give way. Source: pkg/kubelet/types Preemptable. */
function givesWay(pod: Pod, to: Pod): boolean {
  if (isCritical(to) && !isCritical(pod)) return true
  return (
    to.spec.priority !== undefined && pod.spec.priority !== undefined && to.spec.priority > pod.spec.priority
  )
}

/**
 * The pods that have to go so that what lacks is there: of the lowest quality of service if they suffice, and
 * as few as fit best. Undefined: all of them would not do. Source: preemption.go getPodsToPreempt.
 */
export function podsToPreempt<P extends { readonly pod: Pod }>(
  critical: Pod,
  pods: readonly P[],
  lacking: Requirements,
): readonly P[] | undefined {
  const candidates = pods.filter(({ pod }) => givesWay(pod, critical))
  const of = (qos: string): P[] => candidates.filter(({ pod }) => computeQosClass(pod) === qos)
  const [bestEffort, burstable, guaranteed] = [of('BestEffort'), of('Burstable'), of('Guaranteed')]
  if (subtract(lacking, candidates).size > 0) return undefined
  const fromGuaranteed = closest(guaranteed, subtract(lacking, [...bestEffort, ...burstable]))
  const fromBurstable = closest(burstable, subtract(lacking, [...bestEffort, ...fromGuaranteed]))
  const fromBestEffort = closest(bestEffort, subtract(lacking, [...fromBurstable, ...fromGuaranteed]))
  return [...fromBestEffort, ...fromBurstable, ...fromGuaranteed]
}

/** One pod after the other, each the one that comes nearest to what lacks then. */
function closest<P extends { readonly pod: Pod }>(
  pods: readonly P[],
  requirements: Requirements,
): readonly P[] {
  const left = [...pods]
  const chosen: P[] = []
  for (let lacking = requirements; lacking.size > 0 && left.length > 0;) {
    let best = 0
    for (let at = 1; at < left.length; at++) {
      const difference = distance(lacking, left[at] as P) - distance(lacking, left[best] as P)
      if (difference < 0 || (difference === 0 && isSmaller((left[at] as P).pod, (left[best] as P).pod)))
        best = at
    }
    const taken = left[best] as P
    chosen.push(taken)
    lacking = subtract(lacking, [taken])
    const last = left.pop() as P
    if (best < left.length) left[best] = last
  }
  return chosen
}

function amount(pod: Pod, resource: string): number {
  return resource === 'pods' ? 1 : (podRequests(pod)[resource] ?? 0)
}

function subtract(lacking: Requirements, pods: readonly { readonly pod: Pod }[]): Requirements {
  const left = new Map<string, number>()
  for (const [name, quantity] of lacking) {
    const remaining = pods.reduce((sum, { pod }) => sum - amount(pod, name), quantity)
    if (remaining > 0) left.set(name, remaining)
  }
  return left
}

function distance(lacking: Requirements, { pod }: { readonly pod: Pod }): number {
  let sum = 0
  for (const [name, quantity] of lacking) {
    const remaining = quantity - amount(pod, name)
    if (remaining > 0) sum += (remaining / quantity) ** 2
  }
  return sum
}

/** Memory counts before cpu; of equal ones the first named is the smaller. */
function isSmaller(a: Pod, b: Pod): boolean {
  for (const name of ['memory', 'cpu'])
    if (amount(a, name) !== amount(b, name)) return amount(a, name) < amount(b, name)
  return true
}
