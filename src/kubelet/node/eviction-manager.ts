import { InputError } from '../../lang/input-error.js'
import { computeQosClass } from '../../api/core/pods/qos.js'
import type { Pod } from '../../api/core/generated.js'
import { quantityValue } from '../../api/quantity.js'
import { findUntoleratedTaint } from '../../api/core/pods/tolerations.js'
import type { ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import type { Slice } from '../../sim/modules/module.js'
import type { KubeletOptions } from '../options.js'
import type { PodOutcome, PodRecord } from '../pods/pod-record.js'
import type { PodEvents } from '../pods/pod-events.js'
import { emptyDirUsage } from '../runtime/container-usage.js'
import { isCritical } from './critical.js'
import type { EvictionSignal, Observations, PodUsage, PressureType, Threshold } from './eviction.js'
import {
  DEFAULT_EVICTION_HARD,
  SIGNAL_CONDITIONS,
  SIGNAL_RESOURCES,
  evictionMessage,
  isMet,
  localStorageFault,
  rank,
} from './eviction.js'
import { capacityOf } from './node-object.js'

/** State of a node's pressure. Plain data, virtual ms. */
interface PressureState {
  /** When a threshold (by its index) was first met. */
  readonly firstMet: Map<number, number>
  /** Thresholds that were met last time. They stay met until the amount that they reclaim is free. */
  met: number[]
  /** When each condition was last observed. */
  readonly observed: Map<PressureType, number>
  /** The pod that is being evicted. Nothing else happens until it is gone, or half a minute has passed. */
  evicting?: { readonly uid: string; readonly since: number }
}

/** What the eviction manager needs besides its host. */
export interface EvictionDependencies {
  readonly options: KubeletOptions
  readonly records: Slice<Map<string, PodRecord>>
  readonly recorder: EventRecorder | undefined
  readonly events: PodEvents
  readonly wake: (uid: string) => void
  /** Posts the node's status if it has changed. */
  readonly report: () => void
}

interface Candidate extends PodUsage {
  readonly record: PodRecord
}

/** Default limit of processes on a machine. */
const MOST_PIDS = 32_768
const DEFAULT_TRANSITION = 300_000
const CLEANUP_TIMEOUT = 30_000
const HARD_GRACE_SECONDS = 1
const PRESSURES: readonly PressureType[] = ['MemoryPressure', 'DiskPressure', 'PIDPressure']

/**
 * Evicts pods one at a time when their node runs short of memory, disk or processes. It does nothing as long
 * as the usage of containers and machine is undefined. Source: pkg/kubelet/eviction/eviction_manager.go.
 */
export class EvictionManager {
  readonly #host: ComponentHost
  readonly #dependencies: EvictionDependencies
  readonly #state: Slice<PressureState>
  readonly #thresholds: readonly Threshold[]

  constructor(host: ComponentHost, dependencies: EvictionDependencies) {
    this.#host = host
    this.#dependencies = dependencies
    this.#state = host.state<PressureState>('pressure', () => ({
      firstMet: new Map(),
      met: [],
      observed: new Map(),
    }))
    this.#thresholds = thresholdsOf(dependencies.options)
  }

  /** The conditions that are true now, in the order of a node's status. */
  get pressures(): readonly PressureType[] {
    const { observed } = this.#state.value
    return observed.size === 0 ? [] : PRESSURES.filter((type) => observed.has(type))
  }

  /** Returns why a pod is refused while the node is under pressure. Source: managerImpl Admit. */
  admit(pod: Pod): PodOutcome | undefined {
    const { pressures } = this
    if (pressures.length === 0 || isCritical(pod)) return undefined
    if (pressures.length === 1 && pressures[0] === 'MemoryPressure') {
      if (computeQosClass(pod) !== 'BestEffort') return undefined
      const taint = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' as const }
      if (!findUntoleratedTaint([taint], pod.spec.tolerations, () => true)) return undefined
    }
    return { reason: 'Evicted', message: `The node had condition: [${pressures.join(' ')}]. ` }
  }

  /**
   * Checks all thresholds and evicts at most one pod. Called every ten seconds, and when an evicted pod is
   * gone.
   */
  synchronize(): void {
    const { runtime } = this.#dependencies.options
    if (!runtime.measured) return
    const now = this.#host.clock.now()
    if (this.#isBusy(now)) return
    const candidates = this.#candidates()
    const observations = this.#observe(candidates)
    const due = this.#update(observations, now)
    this.#dependencies.report()
    if (this.#evictForStorage(candidates) || due.length === 0) return
    this.#reclaim(candidates, observations, due)
  }

  /** Reports the end of a pod; if it was being evicted, all thresholds are checked again. */
  podEnded(): void {
    const { evicting } = this.#state.value
    if (evicting && (this.#dependencies.records.value.get(evicting.uid)?.stage ?? 'finished') === 'finished')
      this.synchronize()
  }

  #isBusy(now: number): boolean {
    const { value } = this.#state
    if (!value.evicting) return false
    const { uid, since } = value.evicting
    const stage = this.#dependencies.records.value.get(uid)?.stage ?? 'finished'
    if (stage !== 'finished' && now - since < CLEANUP_TIMEOUT) return true
    delete value.evicting
    return false
  }

  #candidates(): readonly Candidate[] {
    const {
      records,
      options: { runtime },
    } = this.#dependencies
    const candidates: Candidate[] = []
    for (const record of records.value.values()) {
      const sandbox = runtime.pod(record.uid)
      if (record.stage === 'finished' || record.stage === 'new' || !sandbox) continue
      let volumes = 0
      for (const { name, emptyDir } of record.pod.spec.volumes ?? [])
        if (emptyDir && emptyDir.medium !== 'Memory') volumes += emptyDirUsage(sandbox, name)
      candidates.push({ record, pod: record.pod, containers: runtime.usage(record.uid), volumes })
    }
    return candidates
  }

  #observe(candidates: readonly Candidate[]): Observations {
    const { runtime } = this.#dependencies.options
    const capacity = capacityOf(this.#dependencies.options)
    const { memory = 0, storage = 0, pids = 0 } = runtime.systemUsage
    const used = { memory, storage, pids }
    for (const { containers, volumes } of candidates) {
      used.storage += volumes
      used.pids += containers.size
      for (const usage of containers.values()) {
        used.memory += usage.memory
        used.storage += usage.storage
      }
    }
    for (const image of runtime.images()) if (image.state === 'present') used.storage += image.size
    const of = (total: number, taken: number): Observations[EvictionSignal] => ({
      capacity: total,
      available: Math.max(total - taken, 0),
    })
    const disk = of(quantityValue(capacity['ephemeral-storage'] ?? '0'), used.storage)
    return {
      'memory.available': of(quantityValue(capacity['memory'] ?? '0'), used.memory),
      'nodefs.available': disk,
      'imagefs.available': disk,
      'pid.available': of(MOST_PIDS, used.pids),
    }
  }

  /** Records which thresholds are met. Returns those whose grace period has passed. */
  #update(observations: Observations, now: number): readonly Threshold[] {
    const { value } = this.#state
    const before = new Set(value.met)
    const met = this.#thresholds.flatMap((threshold, at) =>
      isMet(threshold, observations, before.has(at)) ? [at] : [],
    )
    for (const at of [...value.firstMet.keys()]) if (!met.includes(at)) value.firstMet.delete(at)
    for (const at of met) {
      const threshold = this.#thresholds[at] as Threshold
      if (!value.firstMet.has(at)) value.firstMet.set(at, now)
      value.observed.set(SIGNAL_CONDITIONS[threshold.signal], now)
    }
    const { evictionPressureTransitionPeriod = DEFAULT_TRANSITION } = this.#dependencies.options
    for (const [type, at] of [...value.observed])
      if (now - at >= evictionPressureTransitionPeriod) value.observed.delete(type)
    value.met = met.filter(
      (at) => now - (value.firstMet.get(at) ?? now) >= (this.#thresholds[at] as Threshold).grace,
    )
    return value.met.map((at) => this.#thresholds[at] as Threshold)
  }

  #evictForStorage(candidates: readonly Candidate[]): boolean {
    const { runtime } = this.#dependencies.options
    let evicted = false
    for (const candidate of candidates) {
      if (candidate.record.stage !== 'active') continue
      const sandbox = runtime.pod(candidate.record.uid)
      const message = sandbox && localStorageFault(candidate, (volume) => emptyDirUsage(sandbox, volume))
      if (message !== undefined && this.#evict(candidate.record, message, HARD_GRACE_SECONDS, false))
        evicted = true
    }
    return evicted
  }

  /** Reclaims for one threshold; memory comes first. Source: byEvictionPriority. */
  #reclaim(candidates: readonly Candidate[], observations: Observations, due: readonly Threshold[]): void {
    const threshold = due.find(({ signal }) => signal === 'memory.available') ?? (due[0] as Threshold)
    const { signal, hard } = threshold
    this.#event(`Attempting to reclaim ${SIGNAL_RESOURCES[signal]}`)
    if (SIGNAL_CONDITIONS[signal] === 'DiskPressure' && this.#deleteUnusedImages(candidates)) return
    const grace = hard ? HARD_GRACE_SECONDS : (this.#dependencies.options.evictionMaxPodGracePeriod ?? 0)
    for (const candidate of rank(
      candidates.filter(({ record }) => record.stage === 'active'),
      signal,
    )) {
      const message = evictionMessage(signal, candidate, due, observations)
      if (this.#evict(candidate.record, message, grace, true)) return
    }
  }

  /** Deletes unused images. Returns whether that was enough. */
  #deleteUnusedImages(candidates: readonly Candidate[]): boolean {
    const { runtime } = this.#dependencies.options
    const used = new Set<string>()
    for (const uid of runtime.podUids())
      for (const { image } of runtime.pod(uid)?.containers ?? [])
        used.add(runtime.image(image)?.name ?? image)
    for (const image of [...runtime.images()])
      if (image.state === 'present' && !used.has(image.name)) runtime.removeImage(image.name)
    const observations = this.#observe(candidates)
    return !this.#thresholds.some((threshold) => isMet(threshold, observations, true))
  }

  #evict(record: PodRecord, message: string, graceSeconds: number, disruption: boolean): boolean {
    if (isCritical(record.pod)) return false
    const { events, wake } = this.#dependencies
    events.pod(record, 'Warning', 'Evicted', message)
    record.verdict = { reason: 'Evicted', message, disruption }
    record.graceSeconds = graceSeconds
    record.stage = 'terminating'
    this.#state.value.evicting = { uid: record.uid, since: this.#host.clock.now() }
    wake(record.uid)
    return true
  }

  #event(message: string): void {
    const { options, recorder } = this.#dependencies
    recorder?.event(
      { object: { metadata: { name: options.node, uid: options.node } }, kind: 'Node', apiVersion: 'v1' },
      'Warning',
      'EvictionThresholdMet',
      message,
    )
  }
}

/** Reads the thresholds; hard ones come first, as the flags do. @throws InputError for an unknown signal */
function thresholdsOf(options: KubeletOptions): readonly Threshold[] {
  const {
    evictionHard = DEFAULT_EVICTION_HARD,
    evictionSoft = {},
    evictionSoftGracePeriod = {},
    evictionMinimumReclaim = {},
  } = options
  const made = (signal: string, value: string, hard: boolean): Threshold => {
    if (!Object.hasOwn(SIGNAL_RESOURCES, signal))
      throw new InputError(
        `unknown eviction signal ${signal}; there are: ${Object.keys(SIGNAL_RESOURCES).join(', ')}`,
      )
    const minReclaim = evictionMinimumReclaim[signal]
    return {
      signal: signal as EvictionSignal,
      value,
      hard,
      grace: hard ? 0 : (evictionSoftGracePeriod[signal] ?? 0),
      ...(minReclaim === undefined ? {} : { minReclaim }),
    }
  }
  const all = [
    ...Object.entries(evictionHard).map(([signal, value]) => made(signal, value, true)),
    ...Object.entries(evictionSoft).map(([signal, value]) => made(signal, value, false)),
  ]
  // these two switch a threshold off
  return all.filter(({ value }) => value !== '0%' && value !== '100%')
}
