import type { Deployment, ReplicaSet } from '../../api/apps/generated.js'
import type { Pod } from '../../api/core/generated.js'
import { compileSelector } from '../../api/selectors/labels.js'
import type { Release } from '../../api/releases.js'
import { release } from '../../api/releases.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import type { Change, Informer } from '../../client/informers/informer.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { WorkQueue } from '../../sim/modules/work-queue.js'
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
  resolveControllerRef,
  settleClaims,
  sortClaims,
} from '../shared/ownership.js'
import { isEmptySelector } from '../shared/selectors.js'
import { Rollout } from './rollout.js'

type DeploymentInformers = {
  readonly pods: 'pods'
  readonly sets: 'replicasets'
  readonly deployments: 'deployments'
}

/**
 * Creates the Deployment controller, which rolls out pod templates by means of ReplicaSets, scales them,
 * keeps their history and reports progress. Source: pkg/controller/deployment/deployment_controller.go.
 */
export function createDeploymentController(): Component {
  return builtInController<DeploymentInformers>({
    name: controllerName('deployment-controller'),
    identity: controllerIdentity('deployment-controller'),
    informers: {
      pods: { resource: 'pods', indexers: ownershipIndexers() },
      sets: { resource: 'replicasets', indexers: ownershipIndexers() },
      deployments: { resource: 'deployments', indexers: namespaceIndexer() },
    },
    setup: (context) => new DeploymentController(context),
  })
}

class DeploymentController implements Controller<DeploymentInformers> {
  readonly on: Handlers<DeploymentInformers> = {
    deployments: ({ object }) => [keyOf(object)],
    sets: (change) => ownersToSync(this.#deployments, 'Deployment', change).map(keyOf),
    pods: (change) => this.#deploymentsOfPod(change).map(keyOf),
  }
  readonly #host: ComponentHost
  readonly #recorder: EventRecorder
  readonly #pods: Informer<Pod>
  readonly #sets: Informer<ReplicaSet>
  readonly #deployments: Informer<Deployment>
  readonly #queue: WorkQueue
  readonly #release: Release

  constructor({
    host,
    informers: { pods, sets, deployments },
    queue,
  }: ControllerContext<DeploymentInformers>) {
    this.#host = host
    this.#release = release(host.version)
    this.#recorder = host.recorder({ component: 'deployment-controller' })
    this.#pods = pods
    this.#sets = sets
    this.#deployments = deployments
    this.#queue = queue
  }

  /** Recreate waits until the last old pod is gone; otherwise a Deployment does not depend on single pods. */
  #deploymentsOfPod({ type, object }: Change<Pod>): readonly Deployment[] {
    if (type !== 'DELETED') return []
    const set = resolveControllerRef(this.#sets, 'ReplicaSet', object)
    const deployment = set && resolveControllerRef(this.#deployments, 'Deployment', set)
    if (deployment?.spec.strategy.type !== 'Recreate') return []
    const sets = this.#sets.byIndex(BY_CONTROLLER, deployment.metadata.uid ?? '')
    return sets.every((known) => this.#podsOf(known).length === 0) ? [deployment] : []
  }

  #podsOf(set: ReplicaSet): readonly Pod[] {
    return this.#pods.byIndex(BY_CONTROLLER, set.metadata.uid ?? '')
  }

  reconcile(key: string): void {
    const deployment = this.#deployments.get(key)
    if (!deployment) return
    if (isEmptySelector(deployment.spec.selector)) return this.#rejectSelector(deployment)
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

  #rejectSelector(deployment: Deployment): void {
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
