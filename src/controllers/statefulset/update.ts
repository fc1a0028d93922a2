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

/** What a sync has seen. */
export interface Observed {
  readonly set: StatefulSet
  readonly revisions: Revisions
  /** The pods that the set owns. */
  readonly pods: readonly Pod[]
  /** Virtual ms. */
  readonly now: number
}

/** What a sync has come to: the counts to report, and the error that ended it. */
export interface Outcome {
  readonly counts: ReplicaCounts
  readonly failure?: unknown
}

/**
 * One sync of a StatefulSet's pods: creates what is missing, lets go of what is too much, then replaces what
 * is outdated; in order and one at a time unless the policy is Parallel. Source:
 * pkg/controller/statefulset/stateful_set_control.go updateStatefulSet.
 */
export class StatefulSetUpdate {
  readonly #observed: Observed
  readonly #control: StatefulPodControl
  readonly #minReadySeconds: number
  readonly #isMonotonic: boolean
  readonly #byOrdinal = new Map<number, Pod>()
  /** Pods of ordinals that the set does not want (any more), highest first. */
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

  run(): Outcome {
    const { set, pods } = this.#observed
    if (set.metadata.deletionTimestamp !== undefined) return { counts: this.#count(pods) }
    const counts = this.#count([...this.#byOrdinal.values(), ...this.#condemned])
    try {
      const isBlocked =
        this.#forAllReplicas() ||
        this.#forAll(this.#condemned, (pod) => this.#fixClaims(pod)) ||
        this.#removeCondemned()
      if (!isBlocked && set.spec.updateStrategy.type !== 'OnDelete') this.#replaceOutdated(counts)
      return { counts }
    } catch (failure) {
      return { counts, failure }
    }
  }

  #count(pods: readonly Pod[]): ReplicaCounts {
    return countReplicas(pods, this.#observed.revisions, this.#minReadySeconds, this.#observed.now)
  }

  /** The pod of that ordinal: the one that is there, or a new one that is not created yet. */
  #replica(ordinal: number): Pod {
    return this.#byOrdinal.get(ordinal) ?? this.#newReplica(ordinal)
  }

  /** Pods below the partition come from the current revision. Source: newVersionedStatefulSetPod. */
  #newReplica(ordinal: number): Pod {
    const { set, revisions } = this.#observed
    const { type, rollingUpdate } = set.spec.updateStrategy
    const held =
      rollingUpdate?.partition ?? (type === 'RollingUpdate' ? (set.status.currentReplicas ?? 0) : 0)
    const revision = ordinal < startOrdinal(set) + held ? revisions.current : revisions.update
    return newPod(
      set,
      templateOf(revision, set),
      revision.metadata.name ?? '',
      ordinal,
      this.#control.labelsIndex,
    )
  }

  /** Answers whether the sync ends here. */
  #forAllReplicas(): boolean {
    const { set } = this.#observed
    const start = startOrdinal(set)
    const end = endOrdinal(set)
    if (this.#isMonotonic) {
      for (let ordinal = start; ordinal < end; ordinal++)
        if (this.#processReplica(this.#replica(ordinal))) return true
      return false
    }
    const { error } = slowStart(end - start, (at) => void this.#processReplica(this.#replica(start + at)))
    if (error !== undefined) throw error
    return false
  }

  #forAll(pods: readonly Pod[], process: (pod: Pod) => boolean): boolean {
    if (this.#isMonotonic) return pods.some(process)
    const { error } = slowStart(pods.length, (at) => void process(pods[at] as Pod))
    if (error !== undefined) throw error
    return false
  }

  /** Brings one pod about; answers whether the others have to wait for it. Source: processReplica. */
  #processReplica(pod: Pod): boolean {
    const { set, now } = this.#observed
    // whatever ended it, be it an eviction or its own success: its place is to be filled again
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
    const isSound =
      identityMatches(set, pod) && storageMatches(set, pod) && this.#control.claimsOwnedAsWanted(set, pod)
    if (!isSound) this.#control.update(set, pod)
    return false
  }

  /** The claims of a pod that is to go are to go with it, if the policy says so. */
  #fixClaims(pod: Pod): boolean {
    const { set } = this.#observed
    if (!this.#control.claimsOwnedAsWanted(set, pod)) this.#control.updateClaimOwners(set, pod)
    return false
  }

  #removeCondemned(): boolean {
    if (this.#condemned.length === 0) return false
    const firstUnavailable = this.#firstUnavailable()
    return this.#forAll(this.#condemned, (pod) => this.#processCondemned(pod, firstUnavailable))
  }

  /** Source: processCondemned. */
  #processCondemned(pod: Pod, firstUnavailable: Pod | undefined): boolean {
    const { set, now } = this.#observed
    if (isTerminating(pod)) return true
    const isAvailable = isRunningAndReady(pod) && isPodAvailable(pod, this.#minReadySeconds, now)
    if (this.#isMonotonic && !isAvailable && pod !== firstUnavailable) return true
    this.#control.delete(set, pod)
    return true
  }

  /** The unavailable pod of the lowest place, pods that are to stay before those that are to go. */
  #firstUnavailable(): Pod | undefined {
    const { set, now } = this.#observed
    const isUnavailableNow = (pod: Pod): boolean => isUnavailable(pod, this.#minReadySeconds, now)
    for (let ordinal = startOrdinal(set); ordinal < endOrdinal(set); ordinal++) {
      const pod = this.#replica(ordinal)
      if (isUnavailableNow(pod)) return pod
    }
    return this.#condemned.findLast(isUnavailableNow)
  }

  /** Deletes the highest pod of an older revision, if all above it are updated and serve. */
  #replaceOutdated(counts: ReplicaCounts): void {
    const { set, revisions, now } = this.#observed
    const start = startOrdinal(set)
    const lowest = start + (set.spec.updateStrategy.rollingUpdate?.partition ?? 0)
    for (let ordinal = endOrdinal(set) - 1; ordinal >= lowest; ordinal--) {
      const pod = this.#byOrdinal.get(ordinal)
      // one that was just created
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
