import type { ControllerRevision, DaemonSet } from '../../api/apps/generated.js'
import { isPodReady } from '../../api/core/conditions.js'
import type { Node, Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { compileSelector } from '../../api/selectors/labels.js'
import { controllerOf } from '../../api/meta/owner-references.js'
import { release } from '../../api/releases.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import type { Change, Informer } from '../../client/informers/informer.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { WorkQueue } from '../../sim/modules/work-queue.js'
import type { ControllerClientOptions } from '../shared/create-rate.js'
import { CreateRate } from '../shared/create-rate.js'
import type { Controller, ControllerContext, Handlers } from '../shared/define-controller.js'
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
import { PodControl, nextAvailabilityCheck } from '../shared/pod-control.js'
import { isEmptySelector } from '../shared/selectors.js'
import { writeStatus } from '../shared/status-writer.js'
import type { DaemonPlan } from './placement.js'
import { nodeShouldRunDaemonPod, placementPlan, podsByNode } from './placement.js'
import type { DaemonBackOffs, PodChanges } from './pods.js'
import { FailedPodBackOff, applyPodChanges } from './pods.js'
import { deleteSurplusRevisions, hashOf, syncRevisions } from './revisions.js'
import { rollingUpdateStep } from './rolling-update.js'
import { daemonSetStatus } from './status.js'

type DaemonSetInformers = {
  readonly nodes: 'nodes'
  readonly pods: 'pods'
  readonly revisions: 'controllerrevisions'
  readonly sets: 'daemonsets'
}

/**
 * Creates the DaemonSet controller, which runs one pod on each eligible node and performs rolling updates
 * with a history of revisions. Source: pkg/controller/daemon/daemon_controller.go.
 */
export function createDaemonSetController(client?: ControllerClientOptions): Component {
  return builtInController<DaemonSetInformers>({
    name: controllerName('daemonset-controller'),
    identity: controllerIdentity('daemon-set-controller'),
    informers: {
      nodes: { resource: 'nodes' },
      pods: { resource: 'pods', indexers: ownershipIndexers() },
      revisions: { resource: 'controllerrevisions', indexers: ownershipIndexers() },
      sets: { resource: 'daemonsets', indexers: namespaceIndexer() },
    },
    setup: (context) => new DaemonSetController(context, client),
  })
}

class DaemonSetController implements Controller<DaemonSetInformers> {
  readonly on: Handlers<DaemonSetInformers> = {
    sets: (change) => this.#setChanged(change),
    nodes: (change) => this.#setsOfNode(change).map(keyOf),
    pods: (change) => this.#podChanged(change).map(keyOf),
    revisions: (change) => this.#revisionChanged(change).map(keyOf),
  }
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

  constructor(
    { host, informers: { nodes, pods, revisions, sets }, queue }: ControllerContext<DaemonSetInformers>,
    client?: ControllerClientOptions,
  ) {
    this.#host = host
    this.#recorder = host.recorder({ component: 'daemonset-controller' })
    this.#nodes = nodes
    this.#pods = pods
    this.#revisions = revisions
    this.#sets = sets
    this.#queue = queue
    this.#expectations = new Expectations(
      host.state<ExpectationsState>('expectations', () => new Map()),
      host.clock,
    )
    this.#backOff = new FailedPodBackOff(
      host.state<DaemonBackOffs>('failed-pods', () => new Map()),
      host.clock,
    )
    this.#podControl = new PodControl(host.client, this.#recorder, new CreateRate(host, queue, client))
  }

  #setChanged({ type, object, old }: Change<DaemonSet>): readonly string[] {
    const isGone = type === 'DELETED' || (old && old.metadata.uid !== object.metadata.uid)
    if (isGone) {
      this.#expectations.forget(keyOf(object))
      this.#backOff.forget(`${(old ?? object).metadata.uid ?? ''}/`)
    }
    return [keyOf(object)]
  }

  /** Returns the DaemonSets for which the node has become eligible, or is no longer. */
  #setsOfNode({ type, object, old }: Change<Node>): readonly DaemonSet[] {
    if (type === 'MODIFIED' && old && hasSameEligibility(old, object)) return []
    return this.#sets.list().filter((set) => {
      const now = nodeShouldRunDaemonPod(object, set)
      const before = type === 'MODIFIED' && old ? nodeShouldRunDaemonPod(old, set) : undefined
      return before ? !semanticEqual(before, now) : now.shouldRun
    })
  }

  #podChanged(change: Change<Pod>): readonly DaemonSet[] {
    const { type, object } = change
    const owner = resolveControllerRef(this.#sets, 'DaemonSet', object)
    const isDeleted = object.metadata.deletionTimestamp !== undefined
    if (type === 'DELETED' || (type === 'ADDED' && isDeleted)) {
      if (owner) this.#expectations.deletionObserved(keyOf(owner), keyOf(object))
      return owner ? [owner] : []
    }
    if (owner && type === 'ADDED') this.#expectations.creationObserved(keyOf(owner))
    if (owner && isDeleted) this.#expectations.deletionObserved(keyOf(owner), keyOf(object))
    return ownersToSync(this.#sets, 'DaemonSet', change, owner)
  }

  /**
   * A new revision that has an owner wakes no set, so that one that a user has added stays until the next
   * sync of its set. Source: daemon_controller.go addHistory.
   */
  #revisionChanged(change: Change<ControllerRevision>): readonly DaemonSet[] {
    const { type, object } = change
    const owner = resolveControllerRef(this.#sets, 'DaemonSet', object)
    if (type !== 'ADDED' || controllerOf(object) === undefined)
      return ownersToSync(this.#sets, 'DaemonSet', change, owner)
    return owner && object.metadata.deletionTimestamp !== undefined ? [owner] : []
  }

  reconcile(key: string): void {
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
    // the status is always written, but a generation counts as observed only after it has been acted upon
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

  /** Returns the terminated pods to delete now: not the failed ones of a node that is in back-off. */
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

/** Whether labels and taints, on which the eligibility of a node depends, are the same. */
function hasSameEligibility(a: Node, b: Node): boolean {
  return semanticEqual(a.metadata.labels, b.metadata.labels) && semanticEqual(a.spec.taints, b.spec.taints)
}

function ownerOf(set: DaemonSet): Owner {
  return { object: set, apiVersion: 'apps/v1', kind: 'DaemonSet' }
}
