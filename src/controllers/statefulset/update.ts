import type { StatefulSet } from '../../api/apps/generated.js'
import { isPodAvailable, isPodTerminal } from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import { isApiError } from '../../client/api-error.js'
import { slowStart } from '../shared/pod-control.js'
import type { StatefulPodControl } from './pod-control.js'
import {
  endOrdinal,
  identityMatches,
  isCreated,
  isInRange,
  isRunningAndReady,
  isTerminating,
  isUnavailable,
  newPod,
  ordinalOf,
  revisionOf,
  startOrdinal,
  storageMatches,
} from './pods.js'
import type { Revisions } from './revisions.js'
import { templateOf } from './revisions.js'
import type { ReplicaCounts } from './status.js'
import { countReplicas } from './status.js'

/** The input of a sync. */
export interface Observed {
  /** Key of the set. */
  readonly key: string
  readonly set: StatefulSet
  readonly revisions: Revisions
  /** The pods that the set owns. */
  readonly pods: readonly Pod[]
  /** Virtual ms. */
  readonly now: number
}

/** The result of a sync: the counts to report, and the error that ended it. */
export interface SyncResult {
  readonly counts: ReplicaCounts
  readonly failure?: unknown
}

/**
 * One sync of a StatefulSet's pods: creates missing pods, deletes surplus ones, then replaces outdated ones,
 * in order and one at a time unless the policy is Parallel. Source:
 * pkg/controller/statefulset/stateful_set_control.go updateStatefulSet.
 */
export class StatefulSetUpdate {
  readonly #observed: Observed
  readonly #control: StatefulPodControl
  readonly #minReadySeconds: number
  readonly #isMonotonic: boolean
  readonly #byOrdinal = new Map<number, Pod>()
  /** Pods with ordinals out of range, highest first. */
  readonly #condemned: readonly Pod[]

  constructor(observed: Observed, control: StatefulPodControl) {
    const { set, pods } = observed
    this.#observed = observed
    this.#control = control
    this.#minReadySeconds = set.spec.minReadySeconds ?? 0
    this.#isMonotonic = set.spec.podManagementPolicy !== 'Parallel'
    for (const pod of pods) if (isInRange(set, pod)) this.#byOrdinal.set(ordinalOf(pod), pod)
    const surplus = pods.filter((pod) => !isInRange(set, pod) && ordinalOf(pod) >= 0)
    this.#condemned = surplus.sort((a, b) => ordinalOf(b) - ordinalOf(a))
  }

  /** Syncs the pods. */
  run(): SyncResult {
    const { set, pods } = this.#observed
    if (set.metadata.deletionTimestamp !== undefined) return { counts: this.#count(pods) }
    const counts = this.#count([...this.#byOrdinal.values(), ...this.#condemned])
    try {
      const isBlocked =
        this.#forAllReplicas() ||
        this.#forAll(this.#condemned, (pod) => this.#updateClaimOwners(pod)) ||
        this.#deleteCondemned()
      if (!isBlocked && set.spec.updateStrategy.type !== 'OnDelete') this.#replaceOutdated(counts)
      return { counts }
    } catch (failure) {
      return { counts, failure }
    }
  }

  #count(pods: readonly Pod[]): ReplicaCounts {
    return countReplicas(pods, this.#observed.revisions, this.#minReadySeconds, this.#observed.now)
  }

  /** Returns the existing pod with that ordinal, or one to create. */
  #replica(ordinal: number): Pod {
    return this.#byOrdinal.get(ordinal) ?? this.#newReplica(ordinal)
  }

  /**
   * Returns a pod to create; below the partition, from the current revision. Source:
   * newVersionedStatefulSetPod.
   */
  #newReplica(ordinal: number): Pod {
    const { set, revisions } = this.#observed
    const { type, rollingUpdate } = set.spec.updateStrategy
    const currentCount =
      rollingUpdate?.partition ?? (type === 'RollingUpdate' ? (set.status.currentReplicas ?? 0) : 0)
    const revision = ordinal < startOrdinal(set) + currentCount ? revisions.current : revisions.update
    return newPod(
      set,
      templateOf(revision, set),
      revision.metadata.name ?? '',
      ordinal,
      this.#control.labelsIndex,
    )
  }

  /** Processes the pods in range; returns whether the sync ends here. */
  #forAllReplicas(): boolean {
    const start = startOrdinal(this.#observed.set)
    const end = this.#reachableEnd()
    if (this.#isMonotonic) {
      for (let ordinal = start; ordinal < end; ordinal++)
        if (this.#processReplica(this.#replica(ordinal))) return true
      return end < endOrdinal(this.#observed.set)
    }
    const { error } = slowStart(end - start, (at) => void this.#processReplica(this.#replica(start + at)))
    if (error !== undefined) throw error
    return end < endOrdinal(this.#observed.set)
  }

  /** Returns the end of the range in which the rate allows all missing pods to be created. */
  #reachableEnd(): number {
    const { key, set } = this.#observed
    const [start, end] = [startOrdinal(set), endOrdinal(set)]
    const missing = end - start - this.#byOrdinal.size
    // pods are created one by one, so that only the first is needed
    let left = missing === 0 ? 0 : this.#control.allow(key, this.#isMonotonic ? 1 : missing, missing)
    if (left === missing) return end
    let ordinal = start
    while (ordinal < end && (this.#byOrdinal.has(ordinal) || left-- > 0)) ordinal++
    return ordinal
  }

  #forAll(pods: readonly Pod[], process: (pod: Pod) => boolean): boolean {
    if (this.#isMonotonic) return pods.some(process)
    const { error } = slowStart(pods.length, (at) => void process(pods[at] as Pod))
    if (error !== undefined) throw error
    return false
  }

  /** Creates or updates one pod; returns whether later pods have to wait for it. Source: processReplica. */
  #processReplica(pod: Pod): boolean {
    const { set, now } = this.#observed
    // a terminated pod is replaced, whether it was evicted, failed or succeeded
    if (isPodTerminal(pod)) {
      if (!isTerminating(pod)) this.#control.delete(set, pod)
      return true
    }
    if (!isCreated(pod)) {
      if (!this.#control.isClaimStale(set, pod)) this.#control.create(set, pod)
      return true
    }
    if (pod.status.phase === 'Pending') this.#control.createMissingClaims(set, pod)
    const isAvailable = isRunningAndReady(pod) && isPodAvailable(pod, this.#minReadySeconds, now)
    if (this.#isMonotonic && (isTerminating(pod) || !isAvailable)) return true
    const isUpToDate =
      identityMatches(set, pod) && storageMatches(set, pod) && this.#control.claimsOwnedAsWanted(set, pod)
    if (!isUpToDate) this.#control.update(set, pod)
    return false
  }

  /** Makes a condemned pod the owner of its claims if the retention policy says so. */
  #updateClaimOwners(pod: Pod): boolean {
    const { set } = this.#observed
    if (!this.#control.claimsOwnedAsWanted(set, pod)) this.#control.updateClaimOwners(set, pod)
    return false
  }

  #deleteCondemned(): boolean {
    if (this.#condemned.length === 0) return false
    const firstUnavailable = this.#firstUnavailable()
    return this.#forAll(this.#condemned, (pod) => this.#processCondemned(pod, firstUnavailable))
  }

  /** Deletes a condemned pod when it is its turn. Source: processCondemned. */
  #processCondemned(pod: Pod, firstUnavailable: Pod | undefined): boolean {
    const { set, now } = this.#observed
    if (isTerminating(pod)) return true
    const isAvailable = isRunningAndReady(pod) && isPodAvailable(pod, this.#minReadySeconds, now)
    if (this.#isMonotonic && !isAvailable && pod !== firstUnavailable) return true
    this.#control.delete(set, pod)
    return true
  }

  /** Returns the unavailable pod with the lowest ordinal, condemned ones last. */
  #firstUnavailable(): Pod | undefined {
    const { set, now } = this.#observed
    const isUnavailableNow = (pod: Pod): boolean => isUnavailable(pod, this.#minReadySeconds, now)
    for (let ordinal = startOrdinal(set); ordinal < endOrdinal(set); ordinal++) {
      const pod = this.#replica(ordinal)
      if (isUnavailableNow(pod)) return pod
    }
    return this.#condemned.findLast(isUnavailableNow)
  }

  /** Deletes the highest pod with an older revision if all above it are updated and available. */
  #replaceOutdated(counts: ReplicaCounts): void {
    const { set, revisions, now } = this.#observed
    const start = startOrdinal(set)
    const lowest = start + (set.spec.updateStrategy.rollingUpdate?.partition ?? 0)
    for (let ordinal = endOrdinal(set) - 1; ordinal >= lowest; ordinal--) {
      const pod = this.#byOrdinal.get(ordinal)
      // the pod was created in this sync
      if (!pod) return
      if (revisionOf(pod) !== revisions.update.metadata.name && !isTerminating(pod)) {
        try {
          this.#control.delete(set, pod)
        } catch (error) {
          if (!isApiError(error, 'NotFound')) throw error
        }
        counts.current--
        return
      }
      if (isUnavailable(pod, this.#minReadySeconds, now)) return
    }
  }
}
