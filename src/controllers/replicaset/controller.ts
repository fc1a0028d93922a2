import type { ReplicaSet } from '../../api/apps/generated.js'
import { isPodActive } from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { compileSelector } from '../../api/selectors/labels.js'
import { controllerOf } from '../../api/meta/owner-references.js'
import { release } from '../../api/releases.js'
import { isApiError } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { Change, Informer } from '../../client/informers/informer.js'
import type { Indexers } from '../../client/informers/object-index.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { WorkQueue } from '../../sim/modules/work-queue.js'
import type { ControllerClientOptions } from '../shared/create-rate.js'
import { CreateRate } from '../shared/create-rate.js'
import { builtInController } from '../shared/define-controller.js'
import type { ExpectationsState } from '../shared/expectations.js'
import { Expectations } from '../shared/expectations.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import type { Owner } from '../shared/ownership.js'
import {
  BY_CONTROLLER,
  ORPHANS,
  namespaceIndexer,
  ownersToSync,
  ownershipIndexers,
  resolveControllerRef,
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
import { writeStatus } from '../shared/status-writer.js'
import type { PodTally } from './pod-tally.js'
import { PodTallies, withAdopted } from './pod-tally.js'
import { podsToDelete } from './ranking.js'
import { replicaSetStatus } from './status.js'

/** Most pods that one sync creates or deletes. Source: BurstReplicas. */
const BURST = 500

/**
 * Creates the ReplicaSet controller, which maintains the desired number of pods, adopts and releases pods,
 * and reports status. Source: pkg/controller/replicaset/replica_set.go.
 */
export function createReplicaSetController(client?: ControllerClientOptions): Component {
  return builtInController({
    name: controllerName('replicaset-controller'),
    identity: controllerIdentity('replicaset-controller'),
    informers: {
      sets: { resource: 'replicasets', indexers: replicaSetIndexers() },
      pods: { resource: 'pods', indexers: ownershipIndexers() },
    },
    setup: ({ host, informers: { sets, pods }, queue }) => {
      const controller = new ReplicaSetController(host, sets, pods, queue, {
        kind: 'ReplicaSet',
        apiVersion: 'apps/v1',
        resource: 'replicasets',
        eventSource: 'replicaset-controller',
        reportsTerminating: release(host.version).has('terminatingReplicas'),
        original: (set) => set,
        client,
      })
      return {
        on: {
          sets: (change) => controller.setChanged(change),
          pods: (change) => controller.podChanged(change).map(keyOf),
        },
        reconcile: (key) => controller.reconcile(key),
      }
    },
  })
}

/** The part of an informer of ReplicaSets that {@link ReplicaSetController} needs. */
export type ReplicaSetView = Pick<Informer<ReplicaSet>, 'get' | 'byIndex'>

/** Returns the indexes that a {@link ReplicaSetView} must have. */
export function replicaSetIndexers<T extends KubeObject>(): Indexers<T> {
  return { ...ownershipIndexers<T>(), ...namespaceIndexer<T>() }
}

/** The kind that a {@link ReplicaSetController} manages: ReplicaSets, or an older kind converted to them. */
export interface ReplicaSetKind {
  readonly kind: 'ReplicaSet' | 'ReplicationController'
  readonly apiVersion: string
  readonly resource: 'replicasets' | 'replicationcontrollers'
  /** Source component of its events. */
  readonly eventSource: string
  /** How fast it creates pods. */
  readonly client: ControllerClientOptions | undefined
  /** Whether the status has terminatingReplicas. */
  readonly reportsTerminating: boolean
  /** Returns the API object that `set` was converted from. */
  readonly original: (set: ReplicaSet) => KubeObject
}

/** Manages ReplicaSets, or objects of an older kind that are converted to them. */
export class ReplicaSetController {
  readonly #host: ComponentHost
  readonly #kind: ReplicaSetKind
  readonly #pods: Informer<Pod>
  readonly #sets: ReplicaSetView
  readonly #queue: WorkQueue
  readonly #expectations: Expectations
  readonly #podControl: PodControl
  readonly #tallies = new PodTallies()

  constructor(
    host: ComponentHost,
    sets: ReplicaSetView,
    pods: Informer<Pod>,
    queue: WorkQueue,
    kind: ReplicaSetKind,
  ) {
    this.#host = host
    this.#sets = sets
    this.#pods = pods
    this.#queue = queue
    this.#kind = kind
    this.#expectations = new Expectations(
      host.state<ExpectationsState>('expectations', () => new Map()),
      host.clock,
    )
    this.#podControl = new PodControl(
      host.client,
      host.recorder({ component: kind.eventSource }),
      new CreateRate(host, queue, kind.client),
    )
  }

  /** Returns the key of a changed set; expectations of a deleted or replaced one are dropped. */
  setChanged({ type, object, old }: Change<ReplicaSet>): readonly string[] {
    const key = keyOf(object)
    if (type === 'DELETED' || (old && old.metadata.uid !== object.metadata.uid))
      this.#expectations.forget(key)
    return [key]
  }

  /** Returns the sets to reconcile after a change of a pod, and updates their expectations. */
  podChanged(change: Change<Pod>): readonly ReplicaSet[] {
    const { type, object } = change
    const owner = resolveControllerRef(this.#sets, this.#kind.kind, object)
    if (type === 'DELETED' || object.metadata.deletionTimestamp !== undefined) {
      if (owner) this.#expectations.deletionObserved(keyOf(owner), keyOf(object))
      return owner ? [owner] : []
    }
    if (owner && type === 'ADDED') this.#expectations.creationObserved(keyOf(owner))
    return ownersToSync(this.#sets, this.#kind.kind, change, owner)
  }

  /** Syncs one set. Source: syncReplicaSet. */
  reconcile(key: string): void {
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

  /** Releases pods that are no longer selected, adopts orphans that are, and returns the resulting tally. */
  #claim(set: ReplicaSet, counted: PodTally): PodTally {
    const orphans = this.#pods.byIndex(ORPHANS, set.metadata.namespace ?? '').filter(isPodActive)
    if (counted.unselected.length === 0 && orphans.length === 0) return counted
    const candidates = sortClaims(set, compileSelector(set.spec.selector), counted.unselected, orphans)
    const adopted = settleClaims(this.#host.client, this.#owner(set), this.#kind.resource, 'pods', candidates)
    return adopted.length === 0 ? counted : withAdopted(set, counted, adopted)
  }

  /** Creates or deletes pods as needed and returns the first error. */
  #manage(key: string, set: ReplicaSet, active: readonly Pod[]): unknown {
    const difference = active.length - (set.spec.replicas ?? 1)
    if (difference < 0) return this.#createPods(key, set, -difference)
    if (difference > 0) return this.#deletePods(key, set, active, Math.min(difference, BURST))
    return undefined
  }

  #createPods(key: string, set: ReplicaSet, missing: number): unknown {
    const count = Math.min(this.#podControl.allow(key, missing), BURST)
    if (count === 0) return undefined
    const owner = this.#owner(set)
    this.#expectations.expect(key, count, [])
    const { succeeded, error } = slowStart(count, () => {
      try {
        this.#podControl.create(set.spec.template, owner)
      } catch (failure) {
        // in a terminating namespace every creation fails, so that neither a retry nor an event is useful
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

  /** Returns the number of active pods on a node that belong to ReplicaSets of the same Deployment. */
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
    const { reportsTerminating, resource, original } = this.#kind
    const status = replicaSetStatus(set, { tally: counted, reportsTerminating, failure: message, now })
    if (!semanticEqual(status, set.status)) writeStatus(this.#host.client, resource, original(set), status)
    const wait = nextAvailabilityCheck(counted.owned, set.spec.minReadySeconds ?? 0, now)
    if (wait !== undefined) this.#queue.addAfter(key, wait)
  }

  #owner(set: ReplicaSet): Owner {
    const { kind, apiVersion, original } = this.#kind
    return { object: original(set), apiVersion, kind }
  }
}
