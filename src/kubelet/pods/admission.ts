import type { Node, Pod } from '../../api/core/generated.js'
import type { HostPort } from '../../api/core/pods/host-ports.js'
import { anyHostPortConflict, hostPortsOf } from '../../api/core/pods/host-ports.js'
import { matchesRequiredNodeAffinity } from '../../api/core/node-affinity.js'
import type { ResourceAmounts } from '../../api/core/pods/pod-resources.js'
import { podRequests } from '../../api/core/pods/pod-resources.js'
import { computeQosClass } from '../../api/core/pods/qos.js'
import { findUntoleratedTaint } from '../../api/core/pods/tolerations.js'
import { isCritical } from '../node/critical.js'
import type { PodOutcome } from './pod-record.js'
import { forbiddenSysctl } from './sysctls.js'

/** What the admitted pods of a node use. Plain data. */
export interface NodeUsage {
  pods: number
  readonly requests: Record<string, number>
  readonly hostPorts: HostPort[]
}

/** Input of a kubelet's admission. */
export interface AdmissionInput {
  readonly pod: Pod
  readonly isStatic: boolean
  readonly node: Node
  /** Allocatable as numbers. */
  readonly allocatable: ResourceAmounts
  readonly used: NodeUsage
  readonly operatingSystem: string
  readonly shuttingDown: boolean
}

const SHUTDOWN: PodOutcome = {
  reason: 'NodeShutdown',
  message: 'Pod was rejected as the node is shutting down.',
}

/**
 * Returns why the kubelet refuses a pod that was bound to its node; undefined if it accepts it. The first
 * reason counts. Source: pkg/kubelet/lifecycle/predicate.go, pkg/scheduler/eventhandlers.go AdmissionCheck.
 */
export function admissionVerdict(input: AdmissionInput): PodOutcome | undefined {
  const { pod, node, isStatic, operatingSystem, shuttingDown } = input
  const sysctl = forbiddenSysctl(pod)
  if (sysctl !== undefined) return sysctl
  if (shuttingDown) return SHUTDOWN
  const osLabel = pod.metadata.labels?.['kubernetes.io/os']
  if (osLabel !== undefined && osLabel !== operatingSystem) {
    const message = "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label"
    return { reason: 'PodOSSelectorNodeLabelDoesNotMatch', message }
  }
  if (pod.spec.os && pod.spec.os.name !== operatingSystem) {
    return {
      reason: 'PodOSNotSupported',
      message: "Failed to admit pod as the OS field doesn't match node OS",
    }
  }
  const insufficient = insufficientResource(input)
  if (insufficient) return insufficient
  if (!matchesRequiredNodeAffinity(pod, node))
    return predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector")
  const ports = hostPortsOf(pod)
  if (ports.length > 0 && anyHostPortConflict(ports, input.used.hostPorts)) {
    return predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports")
  }
  if (isStatic || !node.spec.taints) return undefined
  const taint = findUntoleratedTaint(
    node.spec.taints,
    pod.spec.tolerations,
    ({ effect }) => effect === 'NoExecute',
  )
  return taint && predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate")
}

function predicate(name: string, text: string): PodOutcome {
  return { reason: name, message: `Predicate ${name} failed: ${text}` }
}

function insufficientResource(input: AdmissionInput): PodOutcome | undefined {
  const [first] = insufficientResources(input)
  return first && outOf(first.name, first.requested, first.used, first.capacity)
}

/** A resource of which a node has too little. */
export interface Shortage {
  readonly name: string
  readonly requested: number
  readonly used: number
  readonly capacity: number
}

/** All resources of which the node has too little for the pod, in upstream's order. */
export function insufficientResources({
  pod,
  allocatable,
  used,
}: Pick<AdmissionInput, 'pod' | 'allocatable' | 'used'>): readonly Shortage[] {
  const shortages: Shortage[] = []
  const capacity = allocatable.pods ?? 0
  if (used.pods + 1 > capacity) shortages.push({ name: 'pods', requested: 1, used: used.pods, capacity })
  const requests = podRequests(pod)
  for (const name of Object.keys(requests).sort(byUpstreamOrder)) {
    const requested = requests[name] as number
    const has = allocatable[name]
    // extended resources that the node does not know are ignored
    if (requested === 0 || (has === undefined && name.includes('/'))) continue
    const taken = used.requests[name] ?? 0
    if (taken + requested > (has ?? 0)) shortages.push({ name, requested, used: taken, capacity: has ?? 0 })
  }
  return shortages
}

function outOf(resource: string, requested: number, taken: number, capacity: number): PodOutcome {
  const message =
    `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${taken}, capacity: ` +
    `${capacity}`
  return { reason: `OutOf${resource}`, message }
}

const FIRST = ['cpu', 'memory', 'ephemeral-storage']

/** Orders cpu, memory, ephemeral-storage, then the rest by name. */
function byUpstreamOrder(a: string, b: string): number {
  const rank = (name: string): number => (FIRST.indexOf(name) + FIRST.length + 1) % (FIRST.length + 1)
  return rank(a) - rank(b) || (a < b ? -1 : 1)
}

/** Adds an admitted pod to the usage, or removes it. */
export function countPod(used: NodeUsage, pod: Pod, sign: 1 | -1): void {
  used.pods += sign
  const requests = podRequests(pod)
  for (const name in requests)
    used.requests[name] = (used.requests[name] ?? 0) + sign * (requests[name] as number)
  for (const port of hostPortsOf(pod)) {
    if (sign > 0) used.hostPorts.push(port)
    else
      used.hostPorts.splice(
        used.hostPorts.findIndex((known) => samePort(known, port)),
        1,
      )
  }
}

const samePort = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port && a.protocol === b.protocol && a.ip === b.ip

/**
 * Final status of a pod that is preempted by a critical one. Source: pkg/kubelet/preemption/preemption.go.
 */
export const PREEMPTED: PodOutcome = {
  reason: 'Preempting',
  message: 'Preempted in order to admit critical pod',
  disruption: true,
  disruptionMessage: 'Pod was preempted by Kubelet to accommodate a critical pod.',
}

/** Missing amounts by resource. */
export type Requirements = ReadonlyMap<string, number>

/** Whether a pod can be preempted. Source: pkg/kubelet/types Preemptable. */
function isPreemptable(pod: Pod, to: Pod): boolean {
  if (isCritical(to) && !isCritical(pod)) return true
  return (
    to.spec.priority !== undefined && pod.spec.priority !== undefined && to.spec.priority > pod.spec.priority
  )
}

/**
 * Chooses the pods to preempt for the missing amounts: those of the lowest quality of service if they
 * suffice, and as few as possible. Undefined if all of them would not suffice. Source: preemption.go
 * getPodsToPreempt.
 */
export function podsToPreempt<P extends { readonly pod: Pod }>(
  critical: Pod,
  pods: readonly P[],
  lacking: Requirements,
): readonly P[] | undefined {
  const candidates = pods.filter(({ pod }) => isPreemptable(pod, critical))
  const of = (qos: string): P[] => candidates.filter(({ pod }) => computeQosClass(pod) === qos)
  const [bestEffort, burstable, guaranteed] = [of('BestEffort'), of('Burstable'), of('Guaranteed')]
  if (subtract(lacking, candidates).size > 0) return undefined
  const fromGuaranteed = closest(guaranteed, subtract(lacking, [...bestEffort, ...burstable]))
  const fromBurstable = closest(burstable, subtract(lacking, [...bestEffort, ...fromGuaranteed]))
  const fromBestEffort = closest(bestEffort, subtract(lacking, [...fromBurstable, ...fromGuaranteed]))
  return [...fromBestEffort, ...fromBurstable, ...fromGuaranteed]
}

/** Chooses one pod after the other, each the one that is closest to what is still missing. */
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

/** Compares memory, then cpu; of equal pods the first is the smaller. */
function isSmaller(a: Pod, b: Pod): boolean {
  for (const name of ['memory', 'cpu'])
    if (amount(a, name) !== amount(b, name)) return amount(a, name) < amount(b, name)
  return true
}
