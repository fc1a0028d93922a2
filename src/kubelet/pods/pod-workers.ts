import { semanticEqual } from '../../api/kind/equal.js'
import type { Container, Node, Pod } from '../../api/core/generated.js'
import { isPodTerminal } from '../../api/core/conditions.js'
import { podHostname } from '../../api/core/pods/pod-hostname.js'
import { timeMs } from '../../lang/go/time.js'
import type { ResourceAmounts } from '../../api/core/pods/pod-resources.js'
import type { Clock } from '../../sim/clock.js'
import type { Slice, Topic } from '../../sim/modules/module.js'
import type { ContainerStopper } from '../lifecycle/container-stopper.js'
import { isCritical } from '../node/critical.js'
import { NETWORK_MESSAGE } from '../node/conditions.js'
import { VOLUME_REFRESH } from '../node/heartbeats.js'
import type { Prober } from '../prober/prober.js'
import type { ContainerRuntime } from '../runtime/runtime-api.js'
import { hasRunningContainer, latestContainer, previousContainer } from '../runtime/state.js'
import { stableHex } from '../stable-hex.js'
import type { VolumeMounter } from '../volumes/volume-mounter.js'
import type { NodeUsage } from './admission.js'
import { allocatedPod } from './allocation.js'
import { PREEMPTED, admissionVerdict, countPod, insufficientResources, podsToPreempt } from './admission.js'
import { MINIMUM_GRACE } from './grace.js'
import type { DeviceClaims } from './device-claims.js'
import type { ContainerStarter } from './container-starter.js'
import type { MirrorManager } from './static-pods.js'
import type { PodAction } from './pod-actions.js'
import { nextAction } from './pod-actions.js'
import type { PodEvents } from './pod-events.js'
import type { PodKiller } from './pod-killer.js'
import type { PodRecord, PodOutcome } from './pod-record.js'
import { containerMemory, findContainer } from './pod-record.js'
import type { Resizer } from './resizer.js'
import type { StatusManager } from './status-manager.js'

/** What pod workers know about their node. */
export interface KubeletNodeView {
  /** The Node as last seen. */
  readonly node: Node
  readonly podCIDR: string | undefined
  readonly networkReady: boolean
}

/** What pod workers need. */
export interface PodWorkerDependencies {
  readonly clock: Clock
  readonly records: Slice<Map<string, PodRecord>>
  readonly usage: Slice<NodeUsage>
  readonly runtime: ContainerRuntime
  readonly events: PodEvents
  readonly statuses: StatusManager
  readonly mirrors: MirrorManager
  readonly volumes: VolumeMounter
  /** Absent if the release has no claims of devices. */
  readonly devices: DeviceClaims | undefined
  readonly starter: ContainerStarter
  readonly killer: PodKiller
  readonly stopper: ContainerStopper
  readonly prober: Prober
  /** Absent if pods cannot be resized. */
  readonly resizer: Resizer | undefined
  readonly allocatable: ResourceAmounts
  readonly operatingSystem: string
  readonly view: () => KubeletNodeView
  /** Returns why the container runtime has no sandbox for a pod. */
  readonly runtimeFault: (pod: Pod) => string | undefined
  /** Returns why the node under pressure refuses a pod. */
  readonly pressure: (pod: Pod) => PodOutcome | undefined
  /**
   * Wake the pod's worker later. There are two topics since `settle()` waits for `hooks` but not for `looks`.
   */
  readonly hooks: Topic
  readonly looks: Topic
  /** The timers of {@link PodWorkers.refreshVolumes}, by the pod's UID. */
  readonly volumeTimers: Topic
  /** Wakes the worker of a pod now. */
  readonly wake: (uid: string) => void
}

/** Virtual ms before a sync that the node prevented is retried. Source: backOffPeriod. */
const RETRY = 10_000

/**
 * Virtual ms after which a pod whose containers have stopped is deleted from the API: until then its volumes
 * are unmounted and its cgroups removed. Upstream's loops come to it every 100 ms, and SyncTerminatedPod
 * looks every 300 ms; with real kubelets it takes about half a second. Source: volumemanager WaitForUnmount.
 */
export const RECLAIM = 500

/**
 * One worker for each pod: admits it, keeps it running, stops it. Source: pkg/kubelet/pod_workers.go,
 * kubelet.go SyncPod.
 */
export class PodWorkers {
  readonly #dependencies: PodWorkerDependencies

  constructor(dependencies: PodWorkerDependencies) {
    this.#dependencies = dependencies
  }

  /** Takes the next step for one pod; called whenever something about it may have changed. */
  sync(uid: string): void {
    const record = this.#dependencies.records.value.get(uid)
    if (!record) return this.killOrphan(uid)
    if (record.stage === 'new') this.#admit(record)
    if (record.stage === 'active') this.#run(record)
    if (record.stage === 'terminating') this.#terminate(record)
    if (record.stage === 'finished') this.#finish(record)
  }

  /**
   * Stops containers of an unknown pod (with the minimum grace) and forgets them. Source: HandlePodCleanups.
   */
  killOrphan(uid: string): void {
    const { runtime } = this.#dependencies
    const sandbox = runtime.pod(uid)
    if (!sandbox) return
    runtime.cancelPending(uid)
    if (!hasRunningContainer(sandbox)) return runtime.removePod(uid)
    for (const { name, state } of sandbox.containers)
      if (state === 'running') runtime.stopContainer(uid, name, MINIMUM_GRACE)
  }

  #admit(record: PodRecord): void {
    const { clock, runtime, usage, events, allocatable, operatingSystem, view } = this.#dependencies
    const { pod } = record
    if (
      record.removed ||
      pod.metadata.deletionTimestamp !== undefined ||
      (!record.isStatic && isPodTerminal(pod))
    ) {
      record.stage = 'terminating'
      return
    }
    if (record.isStatic && this.#predecessorLives(record)) return
    record.startTime = timeMs(pod.status.startTime) ?? clock.now()
    const { node } = view()
    const { shuttingDown } = runtime
    if (
      record.awaits?.some(
        (uid) => (this.#dependencies.records.value.get(uid)?.stage ?? 'finished') !== 'finished',
      )
    )
      return
    const verdict =
      this.#dependencies.pressure(pod) ??
      admissionVerdict({
        pod,
        isStatic: record.isStatic,
        node,
        allocatable,
        used: usage.value,
        operatingSystem,
        shuttingDown,
      })
    if (verdict?.reason.startsWith('OutOf') && isCritical(pod) && this.#preempt(record)) return
    record.awaits = undefined
    if (verdict) {
      events.pod(record, 'Warning', verdict.reason, verdict.message)
      record.rejected = true
      record.verdict = verdict
      record.stage = 'terminating'
      return
    }
    countPod(usage.value, pod, 1)
    record.admitted = true
    record.stage = 'active'
    // the pod runs already if the kubelet was started again
    if (runtime.pod(record.uid) !== undefined) this.refreshVolumes(record.uid)
  }

  /**
   * Preempts pods for a critical one, which is admitted when they are gone. Source:
   * pkg/kubelet/preemption/preemption.go.
   */
  #preempt(record: PodRecord): boolean {
    const { records, usage, allocatable, events, wake } = this.#dependencies
    if (record.awaits) return false
    const shortages = insufficientResources({ pod: record.pod, allocatable, used: usage.value })
    const lacking = new Map(
      shortages.map(({ name, requested, used, capacity }) => [name, requested + used - capacity]),
    )
    const victims = podsToPreempt(
      record.pod,
      [...records.value.values()].filter(({ stage }) => stage === 'active'),
      lacking,
    )
    if (!victims?.length) return false
    record.awaits = victims.map(({ uid }) => uid)
    for (const victim of victims) {
      events.pod(victim, 'Warning', PREEMPTED.reason, PREEMPTED.message)
      victim.verdict = PREEMPTED
      victim.stage = 'terminating'
      wake(victim.uid)
    }
    return true
  }

  /** Whether the previous static pod of the same name still exists; the new one starts only after it. */
  #predecessorLives({ uid, namespace, name }: PodRecord): boolean {
    for (const other of this.#dependencies.records.value.values()) {
      if (
        other.isStatic &&
        other.uid !== uid &&
        other.removed &&
        other.name === name &&
        other.namespace === namespace
      )
        return true
    }
    return false
  }

  #run(record: PodRecord): void {
    const { clock, runtime, statuses, mirrors, volumeTimers } = this.#dependencies
    const now = clock.now()
    if (
      record.removed ||
      record.pod.metadata.deletionTimestamp !== undefined ||
      this.#deadlineExceeded(record, now)
    ) {
      // the pod is as it was, but its deletion has been observed
      statuses.publish(record)
      record.stage = 'terminating'
      return
    }
    if (this.#hasNewMetadata(record) && volumeTimers.dueAt(record.uid) !== undefined)
      this.refreshVolumes(record.uid)
    let published = false
    if (record.inFlight) {
      if (this.#stillInFlight(record, now)) return
    } else {
      if (record.isStatic) mirrors.ensure(record)
      this.#dependencies.resizer?.sync(record)
      this.#dependencies.prober.sync(record, now)
      published =
        nextAction(record, runtime.pod(record.uid), now).kind !== 'done' && !this.#isReplacing(record)
      if (published) statuses.publish(record)
    }
    for (;;) {
      const action = nextAction(record, runtime.pod(record.uid), now)
      if (action.kind === 'done') {
        record.stage = 'terminating'
        return
      }
      if (action.kind === 'rest') {
        this.#dependencies.resizer?.sync(record)
        this.#dependencies.prober.sync(record, now)
        if (!published) statuses.publish(record)
        if (action.until < Infinity)
          this.#dependencies.looks.wakeAfter(record.uid, action.until - now, { class: 'watchdog' })
        return
      }
      if (this.#act(record, action, now)) return
      published = false
    }
  }

  /**
   * Whether a container has been ended to be made anew: one sync does both, and its status is that from
   * before. Source: kubelet.go SyncPod, kuberuntime_manager.go SyncPod.
   */
  #isReplacing({ uid, containers }: PodRecord): boolean {
    const sandbox = this.#dependencies.runtime.pod(uid)
    return Object.entries(containers).some(
      ([name, { restartAfter }]) =>
        restartAfter !== undefined && latestContainer(sandbox, name)?.state === 'exited',
    )
  }

  /** Takes the next step. Returns whether the runtime is working on it. */
  #act(record: PodRecord, action: PodAction, now: number): boolean {
    switch (action.kind) {
      case 'sandbox':
        return this.#makeSandbox(record, now)
      case 'start':
        return this.#dependencies.starter.start(record, action.container, now)
      case 'stop':
        return this.#stop(record, action, now)
      case 'stopping':
        return this.#stopping(record, action.containers, now)
      default:
        return true
    }
  }

  /** Begins to end one container of a pod that continues. */
  #stop(
    record: PodRecord,
    { container, message, reason, restart }: Extract<PodAction, { kind: 'stop' }>,
    now: number,
  ): boolean {
    const { stopper, runtime } = this.#dependencies
    const memory = containerMemory(record, container.name)
    if (restart)
      memory.restartAfter = previousContainer(runtime.pod(record.uid), container.name)?.finishedAt ?? null
    stopper.begin(record, container, now, stopper.graceOf(record, container, reason), message)
    return false
  }

  #stopping(record: PodRecord, containers: readonly Container[], now: number): boolean {
    const { stopper, hooks } = this.#dependencies
    const dues = containers.map((container) => stopper.step(record, container, now) ?? Infinity)
    const next = Math.min(...dues)
    if (next < Infinity) hooks.wakeAfter(record.uid, next - now)
    this.#dependencies.statuses.publish(record)
    return true
  }

  #stillInFlight(record: PodRecord, now: number): boolean {
    const { runtime, starter } = this.#dependencies
    const { inFlight, pod, uid } = record
    if (inFlight?.step === 'sandbox') {
      const sandbox = runtime.pod(uid)
      if (sandbox?.sandbox === 'creating') return true
      record.inFlight = undefined
      if (sandbox?.error === undefined) return false
      const reason =
        `failed to setup network for sandbox "${stableHex(uid, 64)}": plugin type="bridge" failed ` +
        `(add): failed to allocate for range 0: ${sandbox.error}`
      this.#sandboxFailed(record, `rpc error: code = Unknown desc = ${reason}`, now)
      return false
    }
    const container = findContainer(pod, inFlight?.container ?? '')
    if (!container) {
      record.inFlight = undefined
      return false
    }
    if (!starter.resume(record, container, now)) return false
    if (record.inFlight?.until !== undefined)
      this.#dependencies.hooks.wakeAfter(uid, record.inFlight.until - now)
    return true
  }

  #makeSandbox(record: PodRecord, now: number): boolean {
    const { runtime, events, view } = this.#dependencies
    const { uid, namespace, name, pod } = record
    const mounted = this.#dependencies.volumes.mount(record, now)
    if (!mounted || this.#dependencies.devices?.prepare(record, now) === false) return false
    const hostNetwork = pod.spec.hostNetwork ?? false
    const { podCIDR, networkReady } = view()
    if (!hostNetwork && !networkReady)
      events.pod(record, 'Warning', 'NetworkNotReady', `network is not ready: ${NETWORK_MESSAGE}`)
    if (!hostNetwork && (!networkReady || podCIDR === undefined)) {
      containerMemory(record, '').waiting = { reason: 'NetworkNotReady', until: now + RETRY }
      return false
    }
    const { error } = podHostname(pod)
    const fault = hostNetwork ? undefined : error
    const reason = fault ?? this.#dependencies.runtimeFault(pod)
    if (reason !== undefined) {
      this.#sandboxFailed(record, reason, now)
      return false
    }
    if (record.containers['']) delete record.containers['']
    const dead = runtime.pod(uid)
    if (dead && dead.error === undefined)
      events.pod(record, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.')
    for (const container of dead?.containers ?? []) {
      if (container.state === 'running') runtime.stopContainer(uid, container.name, MINIMUM_GRACE)
    }
    record.inFlight = { step: 'sandbox', container: '', since: now }
    record.probedSince ??= now
    runtime.runSandbox({ uid, namespace, name, hostNetwork, podCIDR, pod })
    if (mounted.volumes.size > 0) runtime.setVolumes(uid, mounted.volumes)
    if (mounted.mutable) this.#awaitRefresh(uid)
    return true
  }

  #sandboxFailed(record: PodRecord, reason: string, now: number): void {
    const event = 'FailedCreatePodSandBox'
    this.#dependencies.events.pod(record, 'Warning', event, `Failed to create pod sandbox: ${reason}`)
    containerMemory(record, '').waiting = { reason: event, until: now + RETRY }
  }

  /**
   * Reads the volumes of a pod from the API again; deleted sources keep their last content. Does so again
   * after a period if some of it may change.
   */
  refreshVolumes(uid: string): void {
    const record = this.#dependencies.records.value.get(uid)
    if (record?.stage === 'active' && this.#dependencies.volumes.refresh(record)) this.#awaitRefresh(uid)
  }

  #awaitRefresh(uid: string): void {
    this.#dependencies.volumeTimers.wakeAfter(uid, VOLUME_REFRESH, { class: 'watchdog' })
  }

  /** Shows changed labels and annotations to the pod's containers; returns whether there are some. */
  #hasNewMetadata({ uid, pod }: PodRecord): boolean {
    const { runtime } = this.#dependencies
    const known = runtime.pod(uid)?.pod?.metadata
    const { labels, annotations } = pod.metadata
    if (known === undefined || (known.labels === labels && known.annotations === annotations)) return false
    if (semanticEqual(known.labels, labels) && semanticEqual(known.annotations, annotations)) return false
    runtime.updateMetadata(uid, pod.metadata)
    return true
  }

  /** Whether activeDeadlineSeconds has passed. Source: pkg/kubelet/active_deadline.go. */
  #deadlineExceeded(record: PodRecord, now: number): boolean {
    const { activeDeadlineSeconds } = record.pod.spec
    if (activeDeadlineSeconds === undefined) return false
    const due = (record.startTime ?? now) + activeDeadlineSeconds * 1000
    if (due > now) {
      this.#dependencies.looks.wakeAfter(`deadline/${record.uid}`, due - now, { class: 'watchdog' })
      return false
    }
    const message = 'Pod was active on the node longer than the specified deadline'
    record.verdict = { reason: 'DeadlineExceeded', message, isFinal: true }
    this.#dependencies.events.pod(record, 'Normal', 'DeadlineExceeded', message)
    return true
  }

  #terminate(record: PodRecord): void {
    const { clock, runtime, killer, hooks, prober } = this.#dependencies
    const now = clock.now()
    prober.stopLivenessAndStartup(record)
    const again = killer.step(record, now, record.graceSeconds)
    if (again === undefined) {
      if (runtime.pod(record.uid) !== undefined) record.reclaimed = now + RECLAIM
      runtime.stopSandbox(record.uid)
      this.#dependencies.volumes.unmount(record)
      this.release(record)
      record.stage = 'finished'
    } else if (again < Infinity) hooks.wakeAfter(record.uid, again - now)
  }

  /**
   * Frees the pod's resources when nothing of it runs, or when the API has deleted it: admission counts only
   * pods of the pod manager, even while containers are still stopping. Source: kubelet_pods.go
   * filterOutInactivePods.
   */
  release(record: PodRecord): void {
    if (!record.admitted) return
    countPod(this.#dependencies.usage.value, allocatedPod(record), -1)
    record.admitted = false
    this.#dependencies.resizer?.forget(record)
    this.#dependencies.resizer?.roomMade()
    if (record.verdict?.reason === PREEMPTED.reason) this.#wakeAwaiting(record.uid)
  }

  #wakeAwaiting(victim: string): void {
    for (const { uid, awaits } of this.#dependencies.records.value.values())
      if (awaits?.includes(victim)) this.#dependencies.wake(uid)
  }

  #finish(record: PodRecord): void {
    const { runtime, records, statuses, looks, volumeTimers, hooks, wake, prober } = this.#dependencies
    const { uid, mirrorUid } = record
    prober.stop(record)
    looks.cancel(uid)
    looks.cancel(`deadline/${uid}`)
    volumeTimers.cancel(uid)
    hooks.cancel(uid)
    if (record.removed) {
      runtime.removePod(uid)
      records.value.delete(uid)
      if (!record.isStatic) return
      if (mirrorUid !== undefined) statuses.deleteMirror(record, mirrorUid)
      for (const other of records.value.values()) if (other.isStatic && other.stage === 'new') wake(other.uid)
      return
    }
    if (record.isStatic) this.#dependencies.mirrors.ensure(record)
    // the status of a pod that ended before this kubelet started is kept
    if (record.startTime !== undefined || !isPodTerminal(record.pod)) statuses.publish(record)
    if (record.isStatic || record.pod.metadata.deletionTimestamp === undefined) return
    const left = (record.reclaimed ?? 0) - this.#dependencies.clock.now()
    if (left > 0) hooks.wakeAfter(uid, left)
    else statuses.finishDeletion(record)
  }
}
