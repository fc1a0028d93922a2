import type { ReplicaSet } from '../../api/apps/generated.js'
import { isPodActive } from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/definition.js'
import { semanticEqual } from '../../api/equal.js'
import { compileSelector } from '../../api/labels.js'
import { controllerOf } from '../../api/meta/owner-references.js'
import { release } from '../../api/releases.js'
import { isApiError } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { Change, Informer } from '../../client/informer.js'
import { keyOf } from '../../client/object-index.js'
import type { WorkQueue } from '../../sim/work-queue.js'
import type { ExpectationsState } from '../shared/expectations.js'
import { Expectations } from '../shared/expectations.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import type { Owner } from '../shared/ownership.js'
import {
  BY_CONTROLLER,
  BY_NAMESPACE,
  ORPHANS,
  namespaceIndexer,
  ownershipIndexers,
  settleClaims,
  sortClaims,
} from '../shared/ownership.js'
import {
  PodControl,
  isNamespaceTerminating,
  messageOf,
  nextAvailabilityCheck,
  slowStart,
} from '../shared/pod-control.js'
import { reconcileQueue } from '../shared/queue.js'
import { writeStatus } from '../shared/status-writer.js'
import type { PodTally } from './pod-tally.js'
import { PodTallies, withAdopted } from './pod-tally.js'
import { podsToDelete } from './ranking.js'
import { replicaSetStatus } from './status.js'

/** Most pods that one sync creates or deletes. */
const BURST = 500

/**
 * The ReplicaSet controller: keeps the number of pods that a ReplicaSet asks for, adopts and releases pods,
 * reports status. Identity `system:serviceaccount:kube-system:replicaset-controller`. Source:
 * pkg/controller/replicaset/replica_set.go.
 */
export function createReplicaSetController(): Component {
  return {
    name: controllerName('replicaset-controller'),
    identity: controllerIdentity('replicaset-controller'),
    setup: (host) => void new ReplicaSetController(host, replicaSets(host)),
  }
}

/** What an informer of ReplicaSets has of an Informer. */
export interface ReplicaSetView extends Pick<Informer<ReplicaSet>, 'get' | 'byIndex' | 'synced' | 'cutOff'> {
  onChange(listener: (change: Change<ReplicaSet>) => void): unknown
}

/** What the controller knows of the objects that it looks after, in the form of ReplicaSets. */
export interface ReplicaSets {
  readonly kind: 'ReplicaSet' | 'ReplicationController'
  readonly apiVersion: string
  readonly resource: 'replicasets' | 'replicationcontrollers'
  /** Who its events come from. */
  readonly eventSource: string
  /** Whether status has terminatingReplicas. */
  readonly reportsTerminating: boolean
  /** Indexed by {@link BY_CONTROLLER} and {@link BY_NAMESPACE}. */
  readonly sets: ReplicaSetView
  /** The object of the API that was given out in the form of `set`. */
  readonly original: (set: ReplicaSet) => KubeObject
}

function replicaSets(host: ComponentHost): ReplicaSets {
  return {
    kind: 'ReplicaSet',
    apiVersion: 'apps/v1',
    resource: 'replicasets',
    eventSource: 'replicaset-controller',
    reportsTerminating: release(host.version).has('terminatingReplicas'),
    sets: host.informer('replicasets', {
      indexers: { ...ownershipIndexers<ReplicaSet>(), ...namespaceIndexer<ReplicaSet>() },
    }),
    original: (set) => set,
  }
}

/** Looks after ReplicaSets, or after what is given out in their form. */
export class ReplicaSetController {
  readonly #host: ComponentHost
  readonly #served: ReplicaSets
  readonly #pods: Informer<Pod>
  readonly #sets: ReplicaSets['sets']
  readonly #queue: WorkQueue
  readonly #expectations: Expectations
  readonly #podControl: PodControl
  readonly #tallies = new PodTallies()

  constructor(host: ComponentHost, served: ReplicaSets) {
    this.#host = host
    this.#served = served
    this.#pods = host.informer('pods', { indexers: ownershipIndexers<Pod>() })
    this.#sets = served.sets
    this.#expectations = new Expectations(
      host.state<ExpectationsState>('expectations', () => new Map()),
      host.clock,
    )
    this.#podControl = new PodControl(host.client, host.recorder({ component: served.eventSource }))
    this.#queue = reconcileQueue(host, [this.#pods, this.#sets], (key) => this.#sync(key))
    this.#sets.onChange((change) => this.#setChanged(change))
    this.#pods.onChange((change) => this.#podChanged(change))
  }

  #setChanged({ type, object, old }: Change<ReplicaSet>): void {
    const key = keyOf(object)
    if (type === 'DELETED' || (old && old.metadata.uid !== object.metadata.uid))
      this.#expectations.forget(key)
    this.#queue.add(key)
  }

  #podChanged({ type, object, old }: Change<Pod>): void {
    if (type === 'DELETED' || object.metadata.deletionTimestamp !== undefined) return this.#podGoes(object)
    const owner = this.#ownerOf(object)
    if (type === 'ADDED') {
      if (owner) this.#expectations.creationObserved(keyOf(owner))
      return owner ? this.#queue.add(keyOf(owner)) : this.#wakeAdopters(object)
    }
    const formerOwner =
      old && controllerOf(old)?.uid !== controllerOf(object)?.uid ? this.#ownerOf(old) : undefined
    if (formerOwner) this.#queue.add(keyOf(formerOwner))
    if (owner) return this.#queue.add(keyOf(owner))
    if (formerOwner || old?.metadata.labels !== object.metadata.labels) this.#wakeAdopters(object)
  }

  #podGoes(pod: Pod): void {
    const owner = this.#ownerOf(pod)
    if (!owner) return
    this.#expectations.deletionObserved(keyOf(owner), keyOf(pod))
    this.#queue.add(keyOf(owner))
  }

  /** The ReplicaSet that controls the pod, if this controller knows it. */
  #ownerOf(pod: Pod): ReplicaSet | undefined {
    const reference = controllerOf(pod)
    if (reference?.kind !== this.#served.kind) return undefined
    const set = this.#sets.get(`${pod.metadata.namespace ?? ''}/${reference.name}`)
    return set?.metadata.uid === reference.uid ? set : undefined
  }

  /** An orphan has come or changed: whoever selects it may adopt it. */
  #wakeAdopters(pod: Pod): void {
    if (controllerOf(pod)) return
    for (const set of this.#sets.byIndex(BY_NAMESPACE, pod.metadata.namespace ?? '')) {
      if (compileSelector(set.spec.selector)(pod.metadata.labels)) this.#queue.add(keyOf(set))
    }
  }

  #sync(key: string): void {
    const set = this.#sets.get(key)
    if (!set) return this.#expectations.forget(key)
    const needsSync = this.#expectations.isSatisfied(key)
    const counted = this.#claim(
      set,
      this.#tallies.of(set, this.#pods.byIndex(BY_CONTROLLER, set.metadata.uid ?? '')),
    )
    let failure: unknown
    if (needsSync && set.metadata.deletionTimestamp === undefined)
      failure = this.#manage(key, set, counted.owned)
    this.#report(key, set, counted, failure)
    if (failure !== undefined) throw failure
  }

  /** Lets go what is no longer selected and adopts orphans that are; answers the tally with those. */
  #claim(set: ReplicaSet, counted: PodTally): PodTally {
    const orphans = this.#pods.byIndex(ORPHANS, set.metadata.namespace ?? '').filter(isPodActive)
    if (counted.unselected.length === 0 && orphans.length === 0) return counted
    const candidates = sortClaims(set, compileSelector(set.spec.selector), counted.unselected, orphans)
    const adopted = settleClaims(
      this.#host.client,
      this.#owner(set),
      this.#served.resource,
      'pods',
      candidates,
    )
    return adopted.length === 0 ? counted : withAdopted(set, counted, adopted)
  }

  /** Creates or deletes pods as needed; answers the first error. */
  #manage(key: string, set: ReplicaSet, active: readonly Pod[]): unknown {
    const difference = active.length - (set.spec.replicas ?? 1)
    if (difference < 0) return this.#createPods(key, set, Math.min(-difference, BURST))
    if (difference > 0) return this.#deletePods(key, set, active, Math.min(difference, BURST))
    return undefined
  }

  #createPods(key: string, set: ReplicaSet, count: number): unknown {
    const owner = this.#owner(set)
    this.#expectations.expect(key, count, [])
    const { succeeded, error } = slowStart(count, () => {
      try {
        this.#podControl.create(set.spec.template, owner)
      } catch (failure) {
        // every creation would fail, and it is nothing to retry or report
        if (!isNamespaceTerminating(failure)) throw failure
      }
    })
    if (succeeded < count) this.#expectations.creationObserved(key, count - succeeded)
    return error
  }

  #deletePods(key: string, set: ReplicaSet, active: readonly Pod[], count: number): unknown {
    const doomed = podsToDelete(active, count, this.#relatedPodsOnNodes(set), this.#host.clock.now())
    this.#expectations.expect(key, 0, doomed.map(keyOf))
    let firstError: unknown
    for (const pod of doomed) {
      try {
        this.#podControl.delete(pod, this.#owner(set))
      } catch (error) {
        this.#expectations.deletionObserved(key, keyOf(pod))
        if (!isApiError(error, 'NotFound')) firstError ??= error
      }
    }
    return firstError
  }

  /**
   * How many active pods the ReplicaSets of the same Deployment have on a node; 0 for a ReplicaSet of its
   * own.
   */
  #relatedPodsOnNodes(set: ReplicaSet): (node: string) => number {
    const counts = new Map<string, number>()
    const deployment = controllerOf(set)
    for (const related of deployment ? this.#sets.byIndex(BY_CONTROLLER, deployment.uid) : []) {
      for (const pod of this.#pods.byIndex(BY_CONTROLLER, related.metadata.uid ?? '')) {
        const node = pod.spec.nodeName
        if (node !== undefined && isPodActive(pod)) counts.set(node, (counts.get(node) ?? 0) + 1)
      }
    }
    return (node) => counts.get(node) ?? 0
  }

  #report(key: string, set: ReplicaSet, counted: PodTally, failure: unknown): void {
    const now = this.#host.clock.now()
    const message = failure === undefined ? undefined : messageOf(failure)
    const { reportsTerminating, resource, original } = this.#served
    const status = replicaSetStatus(set, { tally: counted, reportsTerminating, failure: message, now })
    if (!semanticEqual(status, set.status)) writeStatus(this.#host.client, resource, original(set), status)
    const wait = nextAvailabilityCheck(counted.owned, set.spec.minReadySeconds ?? 0, now)
    if (wait !== undefined) this.#queue.addAfter(key, wait)
  }

  #owner(set: ReplicaSet): Owner {
    const { kind, apiVersion, original } = this.#served
    return { object: original(set), apiVersion, kind }
  }
}
