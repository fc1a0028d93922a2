import type { Deployment, ReplicaSet } from '../../api/apps/generated.js'
import type { Pod } from '../../api/core/generated.js'
import { compileSelector } from '../../api/labels.js'
import { controllerOf } from '../../api/meta/owner-references.js'
import { release } from '../../api/releases.js'
import type { Release } from '../../api/releases.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/event-recorder.js'
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
import { reconcileQueue } from '../shared/queue.js'
import { isEmptySelector } from '../shared/selectors.js'
import { Rollout } from './rollout.js'

/**
 * The Deployment controller: rolls templates out over ReplicaSets, scales, keeps history and reports
 * progress. Identity `system:serviceaccount:kube-system:deployment-controller`. Source:
 * pkg/controller/deployment/deployment_controller.go.
 */
export function createDeploymentController(): Component {
  return {
    name: controllerName('deployment-controller'),
    identity: controllerIdentity('deployment-controller'),
    setup: (host) => void new DeploymentController(host),
  }
}

class DeploymentController {
  readonly #host: ComponentHost
  readonly #recorder: EventRecorder
  readonly #pods: Informer<Pod>
  readonly #sets: Informer<ReplicaSet>
  readonly #deployments: Informer<Deployment>
  readonly #queue: WorkQueue
  readonly #release: Release

  constructor(host: ComponentHost) {
    this.#host = host
    this.#release = release(host.version)
    this.#recorder = host.recorder({ component: 'deployment-controller' })
    this.#pods = host.informer('pods', { indexers: ownershipIndexers<Pod>() })
    this.#sets = host.informer('replicasets', { indexers: ownershipIndexers<ReplicaSet>() })
    this.#deployments = host.informer('deployments', { indexers: namespaceIndexer<Deployment>() })
    this.#queue = reconcileQueue(host, [this.#pods, this.#sets, this.#deployments], (key) => this.#sync(key))
    this.#deployments.onChange(({ object }) => this.#queue.add(keyOf(object)))
    this.#sets.onChange((change) => this.#setChanged(change))
    this.#pods.onChange((change) => this.#podChanged(change))
  }

  #setChanged({ type, object, old }: Change<ReplicaSet>): void {
    const owner = this.#ownerOf(object)
    const formerOwner =
      old && controllerOf(old)?.uid !== controllerOf(object)?.uid ? this.#ownerOf(old) : undefined
    if (formerOwner) this.#queue.add(keyOf(formerOwner))
    if (owner) return this.#queue.add(keyOf(owner))
    const isNews =
      type === 'ADDED' || formerOwner !== undefined || old?.metadata.labels !== object.metadata.labels
    if (type !== 'DELETED' && isNews && !controllerOf(object)) this.#wakeAdopters(object)
  }

  /** Recreate waits for the last old pod to go; nothing else of a Deployment depends on single pods. */
  #podChanged({ type, object }: Change<Pod>): void {
    if (type !== 'DELETED') return
    const reference = controllerOf(object)
    if (reference?.kind !== 'ReplicaSet') return
    const set = this.#sets.get(`${object.metadata.namespace ?? ''}/${reference.name}`)
    const deployment = set?.metadata.uid === reference.uid ? this.#ownerOf(set) : undefined
    if (deployment?.spec.strategy.type !== 'Recreate') return
    const sets = this.#sets.byIndex(BY_CONTROLLER, deployment.metadata.uid ?? '')
    if (sets.every((known) => this.#podsOf(known).length === 0)) this.#queue.add(keyOf(deployment))
  }

  #ownerOf(set: ReplicaSet): Deployment | undefined {
    const reference = controllerOf(set)
    if (reference?.kind !== 'Deployment') return undefined
    const deployment = this.#deployments.get(`${set.metadata.namespace ?? ''}/${reference.name}`)
    return deployment?.metadata.uid === reference.uid ? deployment : undefined
  }

  #wakeAdopters(set: ReplicaSet): void {
    for (const deployment of this.#deployments.byIndex(BY_NAMESPACE, set.metadata.namespace ?? '')) {
      if (compileSelector(deployment.spec.selector)(set.metadata.labels)) this.#queue.add(keyOf(deployment))
    }
  }

  #podsOf(set: ReplicaSet): readonly Pod[] {
    return this.#pods.byIndex(BY_CONTROLLER, set.metadata.uid ?? '')
  }

  #sync(key: string): void {
    const deployment = this.#deployments.get(key)
    if (!deployment) return
    if (isEmptySelector(deployment.spec.selector)) return this.#refuse(deployment)
    const rollout = new Rollout(deployment, this.#claimSets(deployment), {
      client: this.#host.client,
      recorder: this.#recorder,
      podsOf: (set) => this.#podsOf(set),
      minor: this.#release.minor,
      reportsTerminating: this.#release.has('terminatingReplicas'),
      now: this.#host.clock.now(),
    })
    const deadline = rollout.run()
    if (deadline !== undefined) this.#queue.addAfter(key, deadline, { class: 'watchdog' })
  }

  #refuse(deployment: Deployment): void {
    const message = 'This deployment is selecting all pods. A non-empty selector is required.'
    this.#recorder.event(ownerOf(deployment), 'Warning', 'SelectingAll', message)
    const observedGeneration = deployment.metadata.generation ?? 0
    if ((deployment.status.observedGeneration ?? 0) >= observedGeneration) return
    this.#host.client.updateStatus('deployments', {
      ...deployment,
      status: { ...deployment.status, observedGeneration },
    })
  }

  #claimSets(deployment: Deployment): readonly ReplicaSet[] {
    const controlled = this.#sets.byIndex(BY_CONTROLLER, deployment.metadata.uid ?? '')
    const orphans = this.#sets.byIndex(ORPHANS, deployment.metadata.namespace ?? '')
    const claims = sortClaims(deployment, compileSelector(deployment.spec.selector), controlled, orphans)
    return settleClaims(this.#host.client, ownerOf(deployment), 'deployments', 'replicasets', claims)
  }
}

function ownerOf(deployment: Deployment): Owner {
  return { object: deployment, apiVersion: 'apps/v1', kind: 'Deployment' }
}
