import type { ControllerRevision, StatefulSet, StatefulSetStatus } from '../../api/apps/generated.js'
import type { Pod } from '../../api/core/generated.js'
import { compileSelector } from '../../api/selectors/labels.js'
import { release } from '../../api/releases.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { Informer } from '../../client/informers/informer.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { WorkQueue } from '../../sim/modules/work-queue.js'
import type { ControllerClientOptions } from '../shared/create-rate.js'
import { CreateRate } from '../shared/create-rate.js'
import type { Controller, ControllerContext, Handlers } from '../shared/define-controller.js'
import { builtInController } from '../shared/define-controller.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import type { Owner } from '../shared/ownership.js'
import {
  BY_CONTROLLER,
  ORPHANS,
  namespaceIndexer,
  ownersToSync,
  ownershipIndexers,
  settleClaims,
  sortClaims,
} from '../shared/ownership.js'
import { nextAvailabilityCheck } from '../shared/pod-control.js'
import { writeStatus } from '../shared/status-writer.js'
import { StatefulPodControl } from './pod-control.js'
import { isMemberOf, isRunningAndReady } from './pods.js'
import type { Revisions } from './revisions.js'
import { sortRevisions, syncRevisions, truncateHistory } from './revisions.js'
import { isInconsistent, statefulSetStatus } from './status.js'
import { StatefulSetUpdate } from './update.js'

type StatefulSetInformers = {
  readonly pods: 'pods'
  readonly claims: 'persistentvolumeclaims'
  readonly revisions: 'controllerrevisions'
  readonly sets: 'statefulsets'
}

/**
 * Creates the StatefulSet controller, whose pods have stable names and claims of their own, and are created
 * and replaced in order. Source: pkg/controller/statefulset/stateful_set.go.
 */
export function createStatefulSetController(client?: ControllerClientOptions): Component {
  return builtInController<StatefulSetInformers>({
    name: controllerName('statefulset-controller'),
    identity: controllerIdentity('statefulset-controller'),
    informers: {
      pods: { resource: 'pods', indexers: ownershipIndexers() },
      claims: { resource: 'persistentvolumeclaims' },
      revisions: { resource: 'controllerrevisions', indexers: ownershipIndexers() },
      sets: { resource: 'statefulsets', indexers: namespaceIndexer() },
    },
    setup: (context) => new StatefulSetController(context, client),
  })
}

class StatefulSetController implements Controller<StatefulSetInformers> {
  readonly on: Handlers<StatefulSetInformers> = {
    sets: ({ object }) => [keyOf(object)],
    pods: (change) => ownersToSync(this.#sets, 'StatefulSet', change).map(keyOf),
  }
  readonly #host: ComponentHost
  readonly #minor: number
  readonly #pods: Informer<Pod>
  readonly #revisions: Informer<ControllerRevision>
  readonly #sets: Informer<StatefulSet>
  readonly #control: StatefulPodControl
  readonly #queue: WorkQueue

  constructor(
    { host, informers: { pods, claims, revisions, sets }, queue }: ControllerContext<StatefulSetInformers>,
    client?: ControllerClientOptions,
  ) {
    this.#host = host
    this.#minor = release(host.version).minor
    this.#pods = pods
    this.#revisions = revisions
    this.#sets = sets
    this.#control = new StatefulPodControl(host, claims, new CreateRate(host, queue, client))
    this.#queue = queue
  }

  reconcile(key: string): void {
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

  /** Syncs the pods and writes the status; returns the error that ended the sync, if any. */
  #update(key: string, set: StatefulSet, revisions: Revisions, pods: readonly Pod[]): unknown {
    const now = this.#host.clock.now()
    const { counts, failure } = new StatefulSetUpdate({ key, set, revisions, pods, now }, this.#control).run()
    this.#report(set, statefulSetStatus(set, counts, revisions))
    const wait = nextAvailabilityCheck(pods.filter(isRunningAndReady), set.spec.minReadySeconds ?? 0, now)
    if (wait !== undefined) this.#queue.addAfter(key, wait)
    return failure
  }

  #report(set: StatefulSet, status: StatefulSetStatus): void {
    if (isInconsistent(set, status)) writeStatus(this.#host.client, 'statefulsets', set, status)
  }

  /** Adopts the orphaned revisions that the set selects. */
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

  /** Returns the set's revisions, oldest first. */
  #knownRevisions(set: StatefulSet): readonly ControllerRevision[] {
    const isSelected = compileSelector(set.spec.selector)
    const owned = this.#revisions.byIndex(BY_CONTROLLER, set.metadata.uid ?? '')
    return sortRevisions(owned.filter(({ metadata }) => isSelected(metadata.labels)))
  }

  /** Returns the pods that match the set by labels and by name; releases others that it controls. */
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
    const misnamed =
      set.metadata.deletionTimestamp === undefined ? owned.filter((pod) => !isMemberOf(set, pod)) : []
    const members = owned.filter((pod) => isMemberOf(set, pod))
    const claims = { owned: members, adopt, release: [...unselected, ...misnamed] }
    return settleClaims(this.#host.client, ownerOf(set), 'statefulsets', 'pods', claims)
  }
}

function ownerOf(set: StatefulSet): Owner {
  return { object: set, apiVersion: 'apps/v1', kind: 'StatefulSet' }
}
