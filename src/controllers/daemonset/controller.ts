import type { ControllerRevision, DaemonSet } from '../../api/apps/generated.js'
import { isPodReady } from '../../api/core/conditions.js'
import type { Node, Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/definition.js'
import { semanticEqual } from '../../api/equal.js'
import { compileSelector } from '../../api/labels.js'
import { controllerOf } from '../../api/meta/owner-references.js'
import { release } from '../../api/releases.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/event-recorder.js'
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
import { PodControl, nextAvailabilityCheck } from '../shared/pod-control.js'
import { reconcileQueue } from '../shared/queue.js'
import { isEmptySelector } from '../shared/selectors.js'
import { writeStatus } from '../shared/status-writer.js'
import type { DaemonPlan } from './placement.js'
import { nodeShouldRunDaemonPod, placementPlan, podsByNode } from './placement.js'
import type { BackOffState, PodChanges } from './pods.js'
import { FailedPodBackOff, applyPodChanges } from './pods.js'
import { deleteSurplusRevisions, hashOf, syncRevisions } from './revisions.js'
import { rollingUpdateStep } from './rolling-update.js'
import { daemonSetStatus } from './status.js'

/**
 * The DaemonSet controller: one pod on each node that fits, rolling updates with history, status. Identity
 * `system:serviceaccount:kube-system:daemon-set-controller`. Source:
 * pkg/controller/daemon/daemon_controller.go.
 */
export function createDaemonSetController(): Component {
  return {
    name: controllerName('daemonset-controller'),
    identity: controllerIdentity('daemon-set-controller'),
    setup: (host) => void new DaemonSetController(host),
  }
}

class DaemonSetController {
  readonly #host: ComponentHost
  readonly #recorder: EventRecorder
  readonly #nodes: Informer<Node>
  readonly #pods: Informer<Pod>
  readonly #revisions: Informer<ControllerRevision>
  readonly #sets: Informer<DaemonSet>
  readonly #queue: WorkQueue
  readonly #expectations: Expectations
  readonly #backOff: FailedPodBackOff
  readonly #podControl: PodControl

  constructor(host: ComponentHost) {
    this.#host = host
    this.#recorder = host.recorder({ component: 'daemonset-controller' })
    this.#nodes = host.informer('nodes')
    this.#pods = host.informer('pods', { indexers: ownershipIndexers<Pod>() })
    this.#revisions = host.informer('controllerrevisions', {
      indexers: ownershipIndexers<ControllerRevision>(),
    })
    this.#sets = host.informer('daemonsets', { indexers: namespaceIndexer<DaemonSet>() })
    this.#expectations = new Expectations(
      host.state<ExpectationsState>('expectations', () => new Map()),
      host.clock,
    )
    this.#backOff = new FailedPodBackOff(
      host.state<BackOffState>('failed-pods', () => new Map()),
      host.clock,
    )
    this.#podControl = new PodControl(host.client, this.#recorder)
    const informers = [this.#nodes, this.#pods, this.#revisions, this.#sets]
    this.#queue = reconcileQueue(host, informers, (key) => this.#sync(key))
    this.#sets.onChange((change) => this.#setChanged(change))
    this.#nodes.onChange((change) => this.#nodeChanged(change))
    this.#pods.onChange((change) => this.#podChanged(change))
    this.#revisions.onChange((change) => this.#revisionChanged(change))
  }

  #setChanged({ type, object, old }: Change<DaemonSet>): void {
    const isGone = type === 'DELETED' || (old && old.metadata.uid !== object.metadata.uid)
    if (isGone) {
      this.#expectations.forget(keyOf(object))
      this.#backOff.forget(`${(old ?? object).metadata.uid ?? ''}/`)
    }
    this.#queue.add(keyOf(object))
  }

  /** Wakes the DaemonSets for which the node has begun or ceased to count. */
  #nodeChanged({ type, object, old }: Change<Node>): void {
    if (type === 'MODIFIED' && old && isSamePlace(old, object)) return
    for (const set of this.#sets.list()) {
      const now = nodeShouldRunDaemonPod(object, set)
      const before = type === 'MODIFIED' && old ? nodeShouldRunDaemonPod(old, set) : undefined
      const isNews = before ? !semanticEqual(before, now) : now.shouldRun
      if (isNews) this.#queue.add(keyOf(set))
    }
  }

  #podChanged({ type, object, old }: Change<Pod>): void {
    const owner = this.#ownerOf(object)
    if (type === 'DELETED' || (type === 'ADDED' && object.metadata.deletionTimestamp !== undefined)) {
      if (owner) this.#expectations.deletionObserved(keyOf(owner), keyOf(object))
      return owner && this.#queue.add(keyOf(owner))
    }
    if (owner && type === 'ADDED') this.#expectations.creationObserved(keyOf(owner))
    if (owner && object.metadata.deletionTimestamp !== undefined)
      this.#expectations.deletionObserved(keyOf(owner), keyOf(object))
    this.#wakeOwners(type, object, old, owner)
  }

  #revisionChanged({ type, object, old }: Change<ControllerRevision>): void {
    this.#wakeOwners(type, object, old, this.#ownerOf(object))
  }

  /**
   * Wakes the owner and the former owner, or, for an orphan that is new or changed, those that may adopt it.
   */
  #wakeOwners<T extends KubeObject>(
    type: Change<T>['type'],
    object: T,
    old: T | undefined,
    owner: DaemonSet | undefined,
  ): void {
    const formerOwner =
      old && controllerOf(old)?.uid !== controllerOf(object)?.uid ? this.#ownerOf(old) : undefined
    if (formerOwner) this.#queue.add(keyOf(formerOwner))
    if (owner) return this.#queue.add(keyOf(owner))
    if (type === 'DELETED' || controllerOf(object)) return
    if (type === 'MODIFIED' && !formerOwner && old?.metadata.labels === object.metadata.labels) return
    for (const set of this.#sets.byIndex(BY_NAMESPACE, object.metadata.namespace ?? '')) {
      if (compileSelector(set.spec.selector)(object.metadata.labels)) this.#queue.add(keyOf(set))
    }
  }

  #ownerOf(object: KubeObject): DaemonSet | undefined {
    const reference = controllerOf(object)
    if (reference?.kind !== 'DaemonSet') return undefined
    const set = this.#sets.get(`${object.metadata.namespace ?? ''}/${reference.name}`)
    return set?.metadata.uid === reference.uid ? set : undefined
  }

  #sync(key: string): void {
    const set = this.#sets.get(key)
    if (!set) return this.#expectations.forget(key)
    if (isEmptySelector(set.spec.selector)) {
      const message = 'This daemon set is selecting all pods. A non-empty selector is required.'
      return this.#recorder.event(ownerOf(set), 'Warning', 'SelectingAll', message)
    }
    if (set.metadata.deletionTimestamp !== undefined) return
    const { client } = this.#host
    const pods = this.#claim(set, 'pods', this.#pods)
    const revisions = this.#claim(set, 'controllerrevisions', this.#revisions)
    const { current, old } = syncRevisions(client, set, revisions, pods, release(this.#host.version).minor)
    const hash = hashOf(current)
    // a status is reported in any case, but a generation counts as seen only when it was acted upon
    if (!this.#expectations.isSatisfied(key))
      return this.#report(key, set, pods, hash, set.status.observedGeneration)
    let failure: unknown
    try {
      this.#manage(key, set, pods, hash)
      deleteSurplusRevisions(client, set, old, pods)
    } catch (error) {
      failure = error
    }
    this.#report(key, set, pods, hash, set.metadata.generation)
    if (failure !== undefined) throw failure
  }

  #claim<T extends KubeObject>(set: DaemonSet, resource: string, informer: Informer<T>): readonly T[] {
    const controlled = informer.byIndex(BY_CONTROLLER, set.metadata.uid ?? '')
    const orphans = informer.byIndex(ORPHANS, set.metadata.namespace ?? '')
    const claims = sortClaims(set, compileSelector(set.spec.selector), controlled, orphans)
    return settleClaims(this.#host.client, ownerOf(set), 'daemonsets', resource, claims)
  }

  #manage(key: string, set: DaemonSet, pods: readonly Pod[], hash: string): void {
    const now = this.#host.clock.now()
    const nodes = this.#nodes.list()
    const byNode = podsByNode(pods)
    const plan = placementPlan(set, nodes, byNode, hash, now)
    this.#apply(
      key,
      set,
      { create: plan.create, remove: [...plan.remove, ...this.#endedToRemove(key, set, plan.ended)] },
      hash,
    )
    if (set.spec.updateStrategy.type !== 'RollingUpdate' || !this.#expectations.isSatisfied(key)) return
    this.#apply(key, set, rollingUpdateStep(set, nodes, byNode, hash, now), hash)
  }

  #apply(key: string, set: DaemonSet, changes: Pick<PodChanges, 'create' | 'remove'>, hash: string): void {
    applyPodChanges({ key, set, owner: ownerOf(set), hash, ...changes }, this.#expectations, this.#podControl)
  }

  /** Ended pods that may be deleted now: failed ones only when their node is not in back-off. */
  #endedToRemove(key: string, set: DaemonSet, ended: DaemonPlan['ended']): readonly Pod[] {
    return ended.flatMap(({ pod, node }) => {
      const label = `${pod.metadata.namespace ?? ''}/${pod.metadata.name ?? ''} on node ${node}`
      if (pod.status.phase === 'Succeeded') {
        const message = `Found succeeded daemon pod ${label}, will try to delete it`
        this.#recorder.event(ownerOf(set), 'Normal', 'SucceededDaemonPod', message)
        return [pod]
      }
      const wait = this.#backOff.next(
        `${set.metadata.uid ?? ''}/${set.status.observedGeneration ?? 0}/${node}`,
      )
      if (wait > 0) {
        this.#queue.addAfter(key, wait, { class: 'watchdog' })
        return []
      }
      this.#recorder.event(
        ownerOf(set),
        'Warning',
        'FailedDaemonPod',
        `Found failed daemon pod ${label}, will try to kill it`,
      )
      return [pod]
    })
  }

  #report(
    key: string,
    set: DaemonSet,
    pods: readonly Pod[],
    hash: string,
    observedGeneration: number | undefined,
  ): void {
    const now = this.#host.clock.now()
    const status = daemonSetStatus(set, this.#nodes.list(), podsByNode(pods), hash, observedGeneration, now)
    if (!semanticEqual(status, set.status)) writeStatus(this.#host.client, 'daemonsets', set, status)
    const wait = nextAvailabilityCheck(pods.filter(isPodReady), set.spec.minReadySeconds ?? 0, now)
    if (wait !== undefined) this.#queue.addAfter(key, wait)
  }
}

/** Whether nothing has changed in a node that could matter to any DaemonSet. */
function isSamePlace(a: Node, b: Node): boolean {
  return semanticEqual(a.metadata.labels, b.metadata.labels) && semanticEqual(a.spec.taints, b.spec.taints)
}

function ownerOf(set: DaemonSet): Owner {
  return { object: set, apiVersion: 'apps/v1', kind: 'DaemonSet' }
}
