import type { Container, Pod, ResourceRequirements } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/kind/equal.js'
import type { ResourceAmounts } from '../../api/core/pods/pod-resources.js'
import { podRequests } from '../../api/core/pods/pod-resources.js'
import type { Clock } from '../../sim/clock.js'
import type { Slice, Topic } from '../../sim/modules/module.js'
import type { ContainerRuntime } from '../runtime/runtime-api.js'
import { latestContainer } from '../runtime/state.js'
import type { NodeUsage } from './admission.js'
import { countPod } from './admission.js'
import { allocated, allocatedPod, desiredAllocation } from './allocation.js'
import type { PodEvents } from './pod-events.js'
import type { PodRecord, ResizeFault } from './pod-record.js'
import { containerMemory } from './pod-record.js'
import { isSidecar } from './restart-policy.js'
import { byKey } from '../../lang/text/order.js'

/** What the resizer needs. */
export interface ResizerDependencies {
  readonly clock: Clock
  readonly runtime: ContainerRuntime
  readonly events: PodEvents
  readonly usage: Slice<NodeUsage>
  readonly allocatable: ResourceAmounts
  /** UIDs of pods whose resize is deferred. */
  readonly deferred: Slice<Set<string>>
  readonly records: Slice<Map<string, PodRecord>>
  /** Wakes the worker of a pod later. */
  readonly looks: Topic
  /** Wakes the worker of a pod now. */
  readonly wake: (uid: string) => void
}

/** Longest delay before a deferred resize is retried. Source: allocation_manager.go retryDelay. */
const RETRY = 180_000
const RESOURCES = ['cpu', 'memory'] as const

const QOS = ['Guaranteed', 'Burstable', 'BestEffort']

/** Whether the pod requests more than it has. */
function asksForMore(record: PodRecord): boolean {
  const [wanted, has] = [podRequests(record.pod), podRequests(allocatedPod(record))]
  return RESOURCES.some((name) => (wanted[name] ?? 0) > (has[name] ?? 0))
}

/** Equal records keep their order, which is that of their deferral. */
function byUrgency(a: PodRecord, b: PodRecord): number {
  const qos = ({ pod }: PodRecord): number => QOS.indexOf(pod.status.qosClass ?? 'BestEffort')
  return (
    Number(asksForMore(a)) - Number(asksForMore(b)) ||
    (b.pod.spec.priority ?? 0) - (a.pod.spec.priority ?? 0) ||
    qos(a) - qos(b)
  )
}

/**
 * Resizes pods in place: allocates what their spec requests if the node has it, and updates the running
 * containers. Source: pkg/kubelet/allocation/allocation_manager.go, pkg/kubelet/kuberuntime
 * doPodResizeAction.
 */
export class Resizer {
  readonly #dependencies: ResizerDependencies

  constructor(dependencies: ResizerDependencies) {
    this.#dependencies = dependencies
  }

  /**
   * Takes the next step in a pod's resize. Called with each sync of an active pod, and does nothing for most.
   */
  sync(record: PodRecord): void {
    if (record.allocation) this.#allocate(record)
    if (record.resize?.inProgress !== undefined) this.#actuate(record, record.resize.inProgress)
  }

  /**
   * Retries deferred resizes after resources were freed: those first that ask for no more, then by priority,
   * QoS class, and how long they wait. Source: sortPendingResizes.
   */
  roomMade(): void {
    const { deferred, records, wake } = this.#dependencies
    if (deferred.value.size === 0) return
    const waiting: PodRecord[] = []
    for (const uid of deferred.value) {
      const record = records.value.get(uid)
      if (record !== undefined) waiting.push(record)
    }
    for (const { uid } of waiting.toSorted(byUrgency)) wake(uid)
  }

  /** Forgets a pod that is gone or has ended. */
  forget({ uid }: PodRecord): void {
    this.#dependencies.deferred.value.delete(uid)
    this.#dependencies.looks.cancel(`resize/${uid}`)
  }

  #allocate(record: PodRecord): void {
    const { usage, events, deferred } = this.#dependencies
    const { pod } = record
    const generation = pod.metadata.generation ?? 0
    if (semanticEqual(desiredAllocation(pod), record.allocation)) {
      record.allocation = undefined
      this.forget(record)
      if (record.resize) delete record.resize.pending
      return
    }
    const fault = this.#fault(record)
    if (fault) return this.#refuse(record, fault, generation)
    const freed = !asksForMore(record)
    countPod(usage.value, allocatedPod(record), -1)
    countPod(usage.value, pod, 1)
    record.allocation = undefined
    deferred.value.delete(record.uid)
    if (freed) this.roomMade()
    record.resize = { inProgress: generation }
    events.pod(record, 'Normal', 'ResizeStarted', resizeMessage('Pod resize started', pod, generation))
  }

  #refuse(record: PodRecord, fault: ResizeFault, generation: number): void {
    const { deferred, looks, events } = this.#dependencies
    const { reason, message } = fault
    const before = record.resize?.pending
    record.resize = { ...record.resize, pending: { ...fault, generation } }
    if (reason === 'Deferred') {
      deferred.value.add(record.uid)
      looks.wakeAfter(`resize/${record.uid}`, RETRY, { class: 'watchdog' })
    } else this.forget(record)
    if (before?.reason === reason && before.message === message && before.generation === generation) return
    events.pod(
      record,
      'Warning',
      `Resize${reason}`,
      resizeMessage(`Pod resize ${reason}`, record.pod, generation, message),
    )
  }

  /** Returns why the node cannot allocate what the pod requests. */
  #fault(record: PodRecord): ResizeFault | undefined {
    if (record.isStatic)
      return { reason: 'Infeasible', message: 'In-place resize of static-pods is not supported' }
    const { allocatable, usage } = this.#dependencies
    const wanted = podRequests(record.pod)
    const has = podRequests(allocatedPod(record))
    for (const name of ['memory', 'cpu'] as const) {
      const capacity = allocatable[name] ?? 0
      if ((wanted[name] ?? 0) > capacity)
        return {
          reason: 'Infeasible',
          message:
            `Node didn't have enough capacity: ${name}, requested: ${wanted[name]}, capacity: ` +
            `${capacity}`,
        }
    }
    for (const name of RESOURCES) {
      const used = (usage.value.requests[name] ?? 0) - (has[name] ?? 0)
      const requested = wanted[name] ?? 0
      const capacity = allocatable[name] ?? 0
      if (used + requested > capacity)
        return {
          reason: 'Deferred',
          message:
            `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, ` +
            `capacity: ${capacity}`,
        }
    }
    return undefined
  }

  /** Updates the containers; marks those that must restart. */
  #actuate(record: PodRecord, generation: number): void {
    const { runtime, events } = this.#dependencies
    const { pod, uid } = record
    let open = false
    for (const container of [...(pod.spec.initContainers ?? []).filter(isSidecar), ...pod.spec.containers]) {
      const latest = latestContainer(runtime.pod(uid), container.name)
      const wanted = allocated(record, container)
      if (latest?.state !== 'running' || semanticEqual(latest.resources, wanted)) {
        open ||= latest?.state === 'creating'
        continue
      }
      if (needsRestart(container, latest.resources, wanted)) {
        containerMemory(record, container.name).resizeRestart = true
        open = true
      } else runtime.resizeContainer(uid, container.name, wanted)
    }
    if (open) return
    record.resize = undefined
    events.pod(record, 'Normal', 'ResizeCompleted', resizeMessage('Pod resize completed', pod, generation))
  }
}

/** Whether the policy of a changed resource demands a restart. */
function needsRestart(
  { resizePolicy = [] }: Container,
  before: ResourceRequirements | undefined,
  after: ResourceRequirements,
): boolean {
  return RESOURCES.some((name) => {
    const changes =
      before?.limits?.[name] !== after.limits?.[name] || before?.requests?.[name] !== after.requests?.[name]
    return (
      changes &&
      resizePolicy.some(
        ({ resourceName, restartPolicy }) => resourceName === name && restartPolicy === 'RestartContainer',
      )
    )
  })
}

/** Source: pkg/kubelet/events/event.go podResizeMessage. */
function resizeMessage(prefix: string, { spec }: Pod, generation: number, error?: string): string {
  const list = (containers: readonly Container[]): unknown[] =>
    containers.map(({ name, resources: { limits, requests } }) => ({
      name,
      resources: {
        ...(limits ? { limits: sorted(limits) } : {}),
        ...(requests ? { requests: sorted(requests) } : {}),
      },
    }))
  const initContainers = list((spec.initContainers ?? []).filter(isSidecar))
  const summary = {
    ...(initContainers.length > 0 ? { initContainers } : {}),
    containers: list(spec.containers),
    generation,
    ...(error === undefined ? {} : { error }),
  }
  return `${prefix}: ${JSON.stringify(summary)}`
}

function sorted(amounts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(amounts).sort(byKey))
}
