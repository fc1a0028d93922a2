import type { ControllerRevision, StatefulSet, StatefulSetStatus } from '../../api/apps/generated.js'
import type { Pod } from '../../api/core/generated.js'
import { compileSelector } from '../../api/labels.js'
import { controllerOf } from '../../api/meta/owner-references.js'
import { release } from '../../api/releases.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { Change, Informer } from '../../client/informer.js'
import { keyOf } from '../../client/object-index.js'
import type { WorkQueue } from '../../sim/work-queue.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import {
  settleClaims,
  sortClaims,
  BY_CONTROLLER,
  BY_NAMESPACE,
  namespaceIndexer,
  ORPHANS,
  ownershipIndexers,
} from '../shared/ownership.js'
import type { Owner } from '../shared/ownership.js'
import { nextAvailabilityCheck } from '../shared/pod-control.js'
import { reconcileQueue } from '../shared/queue.js'
import { writeStatus } from '../shared/status-writer.js'
import { sortRevisions, syncRevisions, truncateHistory } from './revisions.js'
import { isMemberOf, isRunningAndReady } from './pods.js'
import { StatefulPodControl } from './pod-control.js'
import type { Revisions } from './revisions.js'
import { isInconsistent, statefulSetStatus } from './status.js'
import { StatefulSetUpdate } from './update.js'

/**
 * The StatefulSet controller: pods with a stable name, their own claims, in order. Identity
 * `system:serviceaccount:kube-system:statefulset-controller`. Source:
 * pkg/controller/statefulset/stateful_set.go.
 */
export function createStatefulSetController(): Component {
  return {
    name: controllerName('statefulset-controller'),
    identity: controllerIdentity('statefulset-controller'),
    setup: (host) => void new StatefulSetController(host),
  }
}

class StatefulSetController {
  readonly #host: ComponentHost
  readonly #minor: number
  readonly #pods: Informer<Pod>
  readonly #revisions: Informer<ControllerRevision>
  readonly #sets: Informer<StatefulSet>
  readonly #control: StatefulPodControl
  readonly #queue: WorkQueue

  constructor(host: ComponentHost) {
    this.#host = host
    this.#minor = release(host.version).minor
    this.#pods = host.informer('pods', { indexers: ownershipIndexers<Pod>() })
    const claims = host.informer('persistentvolumeclaims')
    this.#revisions = host.informer('controllerrevisions', {
      indexers: ownershipIndexers<ControllerRevision>(),
    })
    this.#sets = host.informer('statefulsets', { indexers: namespaceIndexer<StatefulSet>() })
    this.#control = new StatefulPodControl(host, claims)
    this.#queue = reconcileQueue(host, [this.#pods, claims, this.#revisions, this.#sets], (key) =>
      this.#sync(key),
    )
    this.#sets.onChange(({ object }) => this.#queue.add(keyOf(object)))
    this.#pods.onChange((change) => this.#podChanged(change))
  }

  #podChanged({ type, object, old }: Change<Pod>): void {
    const owner = this.#ownerOf(object)
    const formerOwner =
      old && controllerOf(old)?.uid !== controllerOf(object)?.uid ? this.#ownerOf(old) : undefined
    if (formerOwner) this.#queue.add(keyOf(formerOwner))
    if (owner) return this.#queue.add(keyOf(owner))
    if (type === 'DELETED' || controllerOf(object)) return
    if (type === 'ADDED' || formerOwner || old?.metadata.labels !== object.metadata.labels)
      this.#wakeAdopters(object)
  }

  /** The StatefulSet that controls the pod, if this controller knows it. */
  #ownerOf(pod: Pod): StatefulSet | undefined {
    const reference = controllerOf(pod)
    if (reference?.kind !== 'StatefulSet') return undefined
    const set = this.#sets.get(`${pod.metadata.namespace ?? ''}/${reference.name}`)
    return set?.metadata.uid === reference.uid ? set : undefined
  }

  /** An orphan has come or changed: whoever selects it may adopt it. */
  #wakeAdopters(pod: Pod): void {
    for (const set of this.#sets.byIndex(BY_NAMESPACE, pod.metadata.namespace ?? '')) {
      if (compileSelector(set.spec.selector)(pod.metadata.labels)) this.#queue.add(keyOf(set))
    }
  }

  #sync(key: string): void {
    const set = this.#sets.get(key)
    if (!set) return
    this.#adoptRevisions(set)
    const pods = this.#claimPods(set)
    const known = this.#knownRevisions(set)
    let revisions: Revisions | undefined
    let failure: unknown
    try {
      revisions = syncRevisions(this.#host.client, set, known, this.#minor)
      failure = this.#update(key, set, revisions, pods)
    } catch (error) {
      failure = error
    }
    truncateHistory(this.#host.client, set, known, pods, revisions)
    if (failure !== undefined) throw failure
  }

  /** Carries out one sync of the pods and reports it; answers the error that ended it. */
  #update(key: string, set: StatefulSet, revisions: Revisions, pods: readonly Pod[]): unknown {
    const now = this.#host.clock.now()
    const { counts, failure } = new StatefulSetUpdate({ set, revisions, pods, now }, this.#control).run()
    this.#report(set, statefulSetStatus(set, counts, revisions))
    const wait = nextAvailabilityCheck(pods.filter(isRunningAndReady), set.spec.minReadySeconds ?? 0, now)
    if (wait !== undefined) this.#queue.addAfter(key, wait)
    return failure
  }

  #report(set: StatefulSet, status: StatefulSetStatus): void {
    if (isInconsistent(set, status)) writeStatus(this.#host.client, 'statefulsets', set, status)
  }

  /** Orphaned revisions that the set selects become its own. */
  #adoptRevisions(set: StatefulSet): void {
    const orphans = this.#revisions.byIndex(ORPHANS, set.metadata.namespace ?? '')
    if (orphans.length === 0) return
    const { adopt } = sortClaims(set, compileSelector(set.spec.selector), [], orphans)
    settleClaims(this.#host.client, ownerOf(set), 'statefulsets', 'controllerrevisions', {
      owned: [],
      adopt,
      release: [],
    })
  }

  /** The set's revisions, oldest first. */
  #knownRevisions(set: StatefulSet): readonly ControllerRevision[] {
    const isSelected = compileSelector(set.spec.selector)
    const owned = this.#revisions.byIndex(BY_CONTROLLER, set.metadata.uid ?? '')
    return sortRevisions(owned.filter(({ metadata }) => isSelected(metadata.labels)))
  }

  /** The pods that are the set's by label and by name; others are let go or left alone. */
  #claimPods(set: StatefulSet): readonly Pod[] {
    const controlled = this.#pods.byIndex(BY_CONTROLLER, set.metadata.uid ?? '')
    const orphans = this.#pods
      .byIndex(ORPHANS, set.metadata.namespace ?? '')
      .filter((pod) => isMemberOf(set, pod))
    const {
      owned,
      adopt,
      release: unselected,
    } = sortClaims(set, compileSelector(set.spec.selector), controlled, orphans)
    const strangers =
      set.metadata.deletionTimestamp === undefined ? owned.filter((pod) => !isMemberOf(set, pod)) : []
    const members = owned.filter((pod) => isMemberOf(set, pod))
    const claims = { owned: members, adopt, release: [...unselected, ...strangers] }
    return settleClaims(this.#host.client, ownerOf(set), 'statefulsets', 'pods', claims)
  }
}

function ownerOf(set: StatefulSet): Owner {
  return { object: set, apiVersion: 'apps/v1', kind: 'StatefulSet' }
}
