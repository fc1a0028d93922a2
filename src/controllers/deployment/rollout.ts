import type { Deployment, DeploymentStatus, ReplicaSet } from '../../api/apps/generated.js'
import { findCondition } from '../../api/core/conditions.js'
import type { Pod } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { isControlledBy } from '../../api/meta/owner-references.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import { isNamespaceTerminating } from '../shared/pod-control.js'
import { buildReplicaSet } from './new-replica-set.js'
import {
  REVISION,
  equalIgnoringHash,
  findNewReplicaSet,
  maxRevision,
  newReplicaSetAnnotations,
  progressDeadline,
  replicasAnnotations,
  specReplicas,
  surplusHistory,
} from './replica-sets.js'
import type { ScaleIntent } from './scaling.js'
import { isScalingEvent, oldPodsRunning, recreateScaleDown, rollingUpdateStep, scaleStep } from './scaling.js'
import {
  deploymentStatus,
  isComplete,
  newCondition,
  nextDeadlineCheck,
  pauseCondition,
  rolloutStatus,
  setCondition,
} from './status.js'

/** The dependencies of a {@link Rollout}. */
export interface RolloutDependencies {
  readonly client: Client
  readonly recorder: EventRecorder
  /** Returns the pods that a ReplicaSet controls. */
  readonly podsOf: (set: ReplicaSet) => readonly Pod[]
  /** Minor version of Kubernetes. */
  readonly minor: number
  readonly reportsTerminating: boolean
  /** Virtual ms. */
  readonly now: number
}

/**
 * One sync of a Deployment: carries out the decisions of this folder's pure functions, in upstream's order.
 * Source: pkg/controller/deployment/{deployment_controller,sync,rolling,recreate}.go.
 */
export class Rollout {
  #deployment: Deployment
  #sets: readonly ReplicaSet[]
  readonly #dependencies: RolloutDependencies

  constructor(deployment: Deployment, sets: readonly ReplicaSet[], dependencies: RolloutDependencies) {
    this.#deployment = deployment
    this.#sets = sets
    this.#dependencies = dependencies
  }

  /** Syncs, and returns the delay in ms of the next check of the progress deadline, if one is needed. */
  run(): number | undefined {
    if (this.#deployment.metadata.deletionTimestamp !== undefined)
      return this.#reportOnly(this.#syncRevision())
    this.#markPaused()
    if (this.#deployment.spec.paused === true) return this.#scale()
    const newSet = this.#syncRevision()
    if (isScalingEvent(this.#deployment, this.#sets)) return this.#scale()
    return this.#deployment.spec.strategy.type === 'Recreate'
      ? this.#recreate(newSet)
      : this.#rollingUpdate(newSet)
  }

  #rollingUpdate(found: ReplicaSet | undefined): number | undefined {
    const newSet = found ?? this.#createNewSet()
    const steps = rollingUpdateStep(this.#deployment, newSet, this.#oldSets(newSet))
    if (steps.length > 0) this.#carryOut(steps)
    else this.#cleanUpIfComplete(newSet)
    return this.#reportRollout(newSet)
  }

  #recreate(found: ReplicaSet | undefined): number | undefined {
    const oldSets = this.#oldSets(found)
    const steps = recreateScaleDown(oldSets)
    if (steps.length > 0) {
      this.#carryOut(steps)
      return this.#reportRollout(found)
    }
    if (oldPodsRunning(oldSets, this.#dependencies.podsOf)) return this.#reportRollout(found)
    const newSet = found ?? this.#createNewSet()
    const replicas = this.#deployment.spec.replicas ?? 1
    if (specReplicas(newSet) !== replicas) this.#carryOut([{ set: newSet, replicas }])
    this.#cleanUpIfComplete(newSet)
    return this.#reportRollout(newSet)
  }

  /** Syncs a scaled or paused Deployment, whose rollout takes no step. */
  #scale(): number | undefined {
    const newSet = this.#syncRevision()
    this.#carryOut(scaleStep(this.#deployment, newSet, this.#oldSets(newSet)))
    if (this.#deployment.spec.paused === true) this.#deleteSurplus(newSet)
    return this.#reportOnly(newSet)
  }

  #oldSets(newSet: ReplicaSet | undefined): readonly ReplicaSet[] {
    return this.#sets.filter((set) => set.metadata.uid !== newSet?.metadata.uid)
  }

  /**
   * Sets the condition of a paused or resumed Deployment. Upstream continues with the version from before
   * this write, so that the next write of this sync conflicts and another sync follows; therefore a resumed
   * rollout never has the reason NewReplicaSetCreated.
   */
  #markPaused(): void {
    const before = this.#deployment
    const condition = pauseCondition(before, this.#dependencies.now)
    if (!condition) return
    const status = this.#withCondition(condition)
    this.#writeStatus(status)
    this.#deployment = { ...before, status }
  }

  #withCondition(condition: Parameters<typeof setCondition>[1]): DeploymentStatus {
    return {
      ...this.#deployment.status,
      conditions: setCondition(this.#deployment.status.conditions, condition),
    }
  }

  /**
   * Returns the ReplicaSet with the current template, if there is one, after updating its annotations,
   * revision and minReadySeconds, and the Deployment's revision. Source: getAllReplicaSetsAndSyncRevision.
   */
  #syncRevision(): ReplicaSet | undefined {
    const found = findNewReplicaSet(this.#deployment, this.#sets)
    if (!found) return undefined
    const newSet = this.#refreshSet(found)
    const condition =
      progressDeadline(this.#deployment) !== undefined &&
      !findCondition(this.#deployment.status.conditions, 'Progressing')
        ? this.#progressing('FoundNewReplicaSet', `Found new replica set "${newSet.metadata.name ?? ''}"`)
        : undefined
    const revision = newSet.metadata.annotations?.[REVISION]
    if (condition || revision !== this.#deployment.metadata.annotations?.[REVISION]) {
      this.#writeStatus(condition ? this.#withCondition(condition) : this.#deployment.status, revision)
    }
    return newSet
  }

  #refreshSet(set: ReplicaSet): ReplicaSet {
    const revision = maxRevision(this.#oldSets(set)) + 1n
    const annotations = newReplicaSetAnnotations(this.#deployment, set.metadata.annotations ?? {}, revision)
    const { minReadySeconds = 0 } = this.#deployment.spec
    if (
      (set.spec.minReadySeconds ?? 0) === minReadySeconds &&
      semanticEqual(annotations, set.metadata.annotations)
    )
      return set
    return this.#updateSet({
      ...set,
      metadata: { ...set.metadata, annotations },
      spec: { ...set.spec, minReadySeconds },
    })
  }

  #updateSet(set: ReplicaSet): ReplicaSet {
    const updated = this.#dependencies.client.update('replicasets', set)
    this.#sets = this.#sets.map((known) => (known.metadata.uid === updated.metadata.uid ? updated : known))
    return updated
  }

  #createNewSet(): ReplicaSet {
    const oldSets = this.#sets
    const revision = maxRevision(oldSets) + 1n
    const wanted = buildReplicaSet(this.#deployment, oldSets, revision, this.#dependencies.minor)
    const { set, isNew } = this.#create(wanted)
    const name = set.metadata.name ?? ''
    const replicas = specReplicas(wanted)
    if (isNew && replicas > 0)
      this.#event('Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${replicas}`)
    this.#sets = [...oldSets, set]
    const isTracked = isNew && progressDeadline(this.#deployment) !== undefined
    const status = isTracked
      ? this.#withCondition(this.#progressing('NewReplicaSetCreated', `Created new replica set "${name}"`))
      : this.#deployment.status
    const isRecorded = this.#deployment.metadata.annotations?.[REVISION] === String(revision)
    if (isTracked || !isRecorded) this.#writeStatus(status, String(revision))
    return set
  }

  #create(wanted: ReplicaSet): { readonly set: ReplicaSet; readonly isNew: boolean } {
    try {
      return { set: this.#dependencies.client.create('replicasets', wanted), isNew: true }
    } catch (error) {
      if (isApiError(error, 'AlreadyExists'))
        return { set: this.#resolveCollision(wanted, error), isNew: false }
      if (isApiError(error) && !isNamespaceTerminating(error)) this.#reportCreateError(wanted, error.message)
      throw error
    }
  }

  /**
   * Returns the existing ReplicaSet of that name if it is the wanted one, not seen by the informer yet;
   * otherwise increments collisionCount, which changes the hash, and throws `error` to retry.
   */
  #resolveCollision(wanted: ReplicaSet, error: Error): ReplicaSet {
    const taken = this.#dependencies.client.get('replicasets', wanted.metadata)
    const template = this.#deployment.spec.template
    if (isControlledBy(taken, this.#deployment) && equalIgnoringHash(taken.spec.template, template))
      return taken
    this.#writeStatus({
      ...this.#deployment.status,
      collisionCount: (this.#deployment.status.collisionCount ?? 0) + 1,
    })
    throw error
  }

  #reportCreateError(wanted: ReplicaSet, message: string): void {
    const text = `Failed to create new replica set "${wanted.metadata.name ?? ''}": ${message}`
    if (progressDeadline(this.#deployment) !== undefined) {
      const condition = newCondition(
        'Progressing',
        'False',
        'ReplicaSetCreateError',
        text,
        this.#dependencies.now,
      )
      try {
        this.#writeStatus(this.#withCondition(condition))
      } catch (error) {
        // ignored as upstream does: the sync is retried anyway, because of the failed creation
        if (!isApiError(error)) throw error
      }
    }
    this.#event('Warning', 'ReplicaSetCreateError', text)
  }

  #progressing(reason: string, message: string): ReturnType<typeof newCondition> {
    return newCondition('Progressing', 'True', reason, message, this.#dependencies.now)
  }

  /** Scales the sets. `#sets` keeps the former sizes, because upstream calculates the status from them. */
  #carryOut(intents: readonly ScaleIntent[]): void {
    const latest = new Map<ReplicaSet, ReplicaSet>()
    for (const { set, replicas } of intents) {
      const current = latest.get(set) ?? set
      const annotations = { ...current.metadata.annotations, ...replicasAnnotations(this.#deployment) }
      const before = specReplicas(current)
      if (before === replicas && semanticEqual(annotations, current.metadata.annotations)) continue
      const metadata = { ...current.metadata, annotations }
      latest.set(
        set,
        this.#dependencies.client.update('replicasets', {
          ...current,
          metadata,
          spec: { ...current.spec, replicas },
        }),
      )
      if (before !== replicas) this.#scaledEvent(set, before, replicas)
    }
  }

  #scaledEvent(set: ReplicaSet, from: number, to: number): void {
    const direction = from > to ? 'down' : 'up'
    this.#event(
      'Normal',
      'ScalingReplicaSet',
      `Scaled ${direction} replica set ${set.metadata.name ?? ''} from ${from} to ${to}`,
    )
  }

  #cleanUpIfComplete(newSet: ReplicaSet): void {
    if (isComplete(this.#deployment, this.#deployment.status)) this.#deleteSurplus(newSet)
  }

  #deleteSurplus(newSet: ReplicaSet | undefined): void {
    for (const set of surplusHistory(this.#deployment, this.#oldSets(newSet))) {
      ignoreNotFound(() => this.#dependencies.client.delete('replicasets', set.metadata))
      this.#sets = this.#sets.filter((known) => known !== set)
    }
  }

  #statusOf(newSet: ReplicaSet | undefined): DeploymentStatus {
    return deploymentStatus(
      this.#deployment,
      newSet,
      this.#oldSets(newSet),
      this.#dependencies.reportsTerminating,
      this.#dependencies.now,
    )
  }

  #reportOnly(newSet: ReplicaSet | undefined): undefined {
    const status = this.#statusOf(newSet)
    if (!semanticEqual(status, this.#deployment.status)) this.#writeStatus(status)
  }

  #reportRollout(newSet: ReplicaSet | undefined): number | undefined {
    const status = rolloutStatus(
      this.#deployment,
      this.#statusOf(newSet),
      newSet,
      this.#oldSets(newSet),
      this.#dependencies.now,
    )
    if (semanticEqual(status, this.#deployment.status))
      return nextDeadlineCheck(this.#deployment, status, this.#dependencies.now)
    this.#writeStatus(status)
    return undefined
  }

  /** Writes the status and the revision annotation, which the status subresource accepts too. */
  #writeStatus(status: DeploymentStatus, revision?: string): void {
    const { metadata } = this.#deployment
    const annotations =
      revision === undefined ? metadata.annotations : { ...metadata.annotations, [REVISION]: revision }
    const annotated = annotations ? { ...metadata, annotations } : metadata
    this.#deployment = this.#dependencies.client.updateStatus('deployments', {
      ...this.#deployment,
      metadata: annotated,
      status,
    })
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#dependencies.recorder.event(
      { object: this.#deployment, apiVersion: 'apps/v1', kind: 'Deployment' },
      type,
      reason,
      message,
    )
  }
}
