import type { ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/event-recorder.js'
import type { Slice, Topic } from '../../sim/module.js'
import type { KubeletOptions, ShutdownPeriod } from '../options.js'
import type { PodRecord, Verdict } from '../pods/pod-record.js'
import { CRITICAL_PRIORITY } from './critical.js'

interface ShutdownState {
  /** Index of the group that is being stopped; -1 while no shutdown is under way. */
  group: number
}

/** What the shutdown manager needs beside its host. */
export interface ShutdownPorts {
  readonly options: KubeletOptions
  readonly records: Slice<Map<string, PodRecord>>
  readonly recorder: EventRecorder | undefined
  readonly wake: (uid: string) => void
  /** Posts the node's status at once. */
  readonly report: () => void
}

/**
 * Stops the pods of a node that shuts down in good order: the ordinary ones first, then the critical ones,
 * each group within its time. Source: pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go,
 * nodeshutdown_manager.go.
 */
export class ShutdownManager {
  readonly #ports: ShutdownPorts
  readonly #state: Slice<ShutdownState>
  readonly #topic: Topic
  readonly #groups: readonly ShutdownGroup[]

  constructor(host: ComponentHost, ports: ShutdownPorts) {
    this.#ports = ports
    const {
      shutdownGracePeriod = 0,
      shutdownGracePeriodCriticalPods = 0,
      shutdownGracePeriodByPodPriority,
    } = ports.options
    this.#groups = shutdownGracePeriodByPodPriority
      ? groupsByPriority(shutdownGracePeriodByPodPriority)
      : shutdownGroups(shutdownGracePeriod, shutdownGracePeriodCriticalPods)
    this.#state = host.state<ShutdownState>('shutdown', () => ({ group: -1 }))
    this.#topic = host.handle('shutdown', () => this.#nextGroup())
  }

  /** The machine has announced a shutdown, or called it off. */
  signalled(): void {
    if (this.#groups.length === 0) return
    const { options, report } = this.#ports
    const { shuttingDown } = options.runtime
    this.#event(
      shuttingDown
        ? 'Shutdown manager detected shutdown event'
        : 'Shutdown manager detected shutdown cancellation',
    )
    this.#state.value.group = -1
    this.#topic.cancel('')
    report()
    if (shuttingDown) this.#nextGroup()
  }

  /** A pod has ended: if it was the last of its group, the next group has its turn. */
  podEnded(): void {
    const group = this.#groups[this.#state.value.group]
    if (group && !this.#pods(group).some(({ stage }) => stage !== 'finished')) this.#nextGroup()
  }

  #nextGroup(): void {
    this.#topic.cancel('')
    const group = this.#groups[++this.#state.value.group]
    if (!group) return
    const pods = this.#pods(group)
    for (const record of pods) {
      record.verdict = SHUTDOWN_VERDICT
      record.graceSeconds = shutdownGrace(record, group)
      record.stage = 'terminating'
      this.#ports.wake(record.uid)
    }
    if (pods.length === 0) this.#nextGroup()
    else this.#topic.wakeAfter('', group.period * 1000)
  }

  /** Pods of the group that are not at their end, in the order of their arrival. */
  #pods(group: ShutdownGroup): readonly PodRecord[] {
    return [...this.#ports.records.value.values()].filter(
      (record) => record.stage !== 'finished' && groupOf(record, this.#groups) === group,
    )
  }

  #event(message: string): void {
    const { options, recorder } = this.#ports
    const object = { metadata: { name: options.node, uid: options.node } }
    recorder?.event({ object, kind: 'Node', apiVersion: 'v1' }, 'Normal', 'Shutdown', message)
  }
}

/** One group of pods that is stopped together, and the time that it has. */
export interface ShutdownGroup {
  /**
   * Its pods have this priority or more, and less than that of the next group; the first group has all that
   * are below, too.
   */
  readonly priority: number
  /** Seconds. */
  readonly period: number
}

/** What a pod ends as when its node shuts down. */
const SHUTDOWN_VERDICT: Verdict = {
  reason: 'Terminated',
  message: 'Pod was terminated in response to imminent node shutdown.',
  disruption: true,
}

/**
 * The groups of a graceful shutdown, in their order; none when it is switched off (total 0). Times in ms.
 * Source: pkg/kubelet/nodeshutdown migrateConfig.
 */
export function shutdownGroups(total: number, forCritical: number): readonly ShutdownGroup[] {
  if (total === 0) return []
  return [
    { priority: 0, period: Math.max(total - forCritical, 0) / 1000 },
    { priority: CRITICAL_PRIORITY, period: forCritical / 1000 },
  ]
}

/**
 * The groups that `shutdownGracePeriodByPodPriority` asks for (seconds by lowest priority), the lowest first.
 */
function groupsByPriority(periods: readonly ShutdownPeriod[]): readonly ShutdownGroup[] {
  return periods
    .map(({ priority, shutdownGracePeriodSeconds: period }) => ({ priority, period }))
    .sort((a, b) => a.priority - b.priority)
}

/** The group that a pod belongs to. Source: nodeshutdown groupByPriority. */
function groupOf({ pod }: PodRecord, groups: readonly ShutdownGroup[]): ShutdownGroup | undefined {
  const priority = pod.spec.priority ?? 0
  return groups.findLast((group) => group.priority <= priority) ?? groups[0]
}

/** Grace in seconds of a pod of the group: the group's time, but not more than the pod asks for. */
function shutdownGrace({ pod }: PodRecord, { period }: ShutdownGroup): number {
  return Math.min(period, pod.spec.terminationGracePeriodSeconds ?? 30)
}
