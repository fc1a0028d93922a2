import type { ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import type { Slice, Topic } from '../../sim/modules/module.js'
import type { KubeletOptions, ShutdownPeriod } from '../options.js'
import type { PodRecord, PodOutcome } from '../pods/pod-record.js'
import { CRITICAL_PRIORITY } from './critical.js'

interface ShutdownState {
  /** Index of the group that is being stopped; -1 if there is no shutdown. */
  group: number
}

/** What the shutdown manager needs besides its host. */
export interface ShutdownDependencies {
  readonly options: KubeletOptions
  readonly records: Slice<Map<string, PodRecord>>
  readonly recorder: EventRecorder | undefined
  readonly wake: (uid: string) => void
  /** Posts the node's status at once. */
  readonly report: () => void
}

/**
 * Stops the pods of a node in a graceful shutdown: ordinary ones first, then critical ones, each group within
 * its time. Source: pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go, nodeshutdown_manager.go.
 */
export class ShutdownManager {
  readonly #dependencies: ShutdownDependencies
  readonly #state: Slice<ShutdownState>
  readonly #topic: Topic
  readonly #groups: readonly ShutdownGroup[]

  constructor(host: ComponentHost, dependencies: ShutdownDependencies) {
    this.#dependencies = dependencies
    const {
      shutdownGracePeriod = 0,
      shutdownGracePeriodCriticalPods = 0,
      shutdownGracePeriodByPodPriority,
    } = dependencies.options
    this.#groups = shutdownGracePeriodByPodPriority
      ? groupsByPriority(shutdownGracePeriodByPodPriority)
      : shutdownGroups(shutdownGracePeriod, shutdownGracePeriodCriticalPods)
    this.#state = host.state<ShutdownState>('shutdown', () => ({ group: -1 }))
    this.#topic = host.handle('shutdown', () => this.#nextGroup())
  }

  /** Handles the start or the cancellation of a shutdown. */
  signalled(): void {
    if (this.#groups.length === 0) return
    const { options, report } = this.#dependencies
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

  /** Handles the end of a pod: after the last of its group the next group is stopped. */
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
      this.#dependencies.wake(record.uid)
    }
    if (pods.length === 0) this.#nextGroup()
    else this.#topic.wakeAfter('', group.period * 1000)
  }

  /** Pods of the group that have not ended, in order of arrival. */
  #pods(group: ShutdownGroup): readonly PodRecord[] {
    return [...this.#dependencies.records.value.values()].filter(
      (record) => record.stage !== 'finished' && groupOf(record, this.#groups) === group,
    )
  }

  #event(message: string): void {
    const { options, recorder } = this.#dependencies
    const object = { metadata: { name: options.node, uid: options.node } }
    recorder?.event({ object, kind: 'Node', apiVersion: 'v1' }, 'Normal', 'Shutdown', message)
  }
}

/** A group of pods that are stopped together, and its time. */
export interface ShutdownGroup {
  /** Lowest priority in the group; the first group also has all lower ones. */
  readonly priority: number
  /** Seconds. */
  readonly period: number
}

/** Final status of a pod whose node shuts down. */
const SHUTDOWN_VERDICT: PodOutcome = {
  reason: 'Terminated',
  message: 'Pod was terminated in response to imminent node shutdown.',
  disruption: true,
}

/**
 * The groups of a graceful shutdown in order; empty if it is disabled (total 0). Times in ms. Source:
 * pkg/kubelet/nodeshutdown migrateConfig.
 */
export function shutdownGroups(total: number, forCritical: number): readonly ShutdownGroup[] {
  if (total === 0) return []
  return [
    { priority: 0, period: Math.max(total - forCritical, 0) / 1000 },
    { priority: CRITICAL_PRIORITY, period: forCritical / 1000 },
  ]
}

/** The groups of `shutdownGracePeriodByPodPriority` (seconds by lowest priority), the lowest first. */
function groupsByPriority(periods: readonly ShutdownPeriod[]): readonly ShutdownGroup[] {
  return periods
    .map(({ priority, shutdownGracePeriodSeconds: period }) => ({ priority, period }))
    .sort((a, b) => a.priority - b.priority)
}

/** The group of a pod. Source: nodeshutdown groupByPriority. */
function groupOf({ pod }: PodRecord, groups: readonly ShutdownGroup[]): ShutdownGroup | undefined {
  const priority = pod.spec.priority ?? 0
  return groups.findLast((group) => group.priority <= priority) ?? groups[0]
}

/** Grace in seconds of a pod: the group's time, but at most the pod's own. */
function shutdownGrace({ pod }: PodRecord, { period }: ShutdownGroup): number {
  return Math.min(period, pod.spec.terminationGracePeriodSeconds ?? 30)
}
