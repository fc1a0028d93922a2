import type { ReplicaSet } from '../api/apps/generated.js'
import type { ReplicationController } from '../api/core/generated.js'
import type { Component, ComponentHost } from '../client/component.js'
import type { Change, Informer } from '../client/informer.js'
import type { ReplicaSetView, ReplicaSets } from './replicaset/controller.js'
import { ReplicaSetController } from './replicaset/controller.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { namespaceIndexer, ownershipIndexers } from './shared/ownership.js'

/**
 * The ReplicationController controller: the ReplicaSet controller over ReplicationControllers in the form of
 * ReplicaSets. Identity `system:serviceaccount:kube-system:replication-controller`. Source:
 * pkg/controller/replication/replication_controller.go.
 */
export function createReplicationController(): Component {
  return {
    name: controllerName('replicationcontroller-controller'),
    identity: controllerIdentity('replication-controller'),
    setup: (host) => void new ReplicaSetController(host, replicationControllers(host)),
  }
}

function replicationControllers(host: ComponentHost): ReplicaSets {
  const indexers = {
    ...ownershipIndexers<ReplicationController>(),
    ...namespaceIndexer<ReplicationController>(),
  }
  const sets = new AsReplicaSets(host.informer('replicationcontrollers', { indexers }))
  return {
    kind: 'ReplicationController',
    apiVersion: 'v1',
    resource: 'replicationcontrollers',
    eventSource: 'replication-controller',
    reportsTerminating: false,
    sets,
    original: (set) => sets.original(set),
  }
}

/**
 * Gives out what an informer has in the form of ReplicaSets. Source:
 * pkg/controller/replication/conversion.go.
 */
class AsReplicaSets implements ReplicaSetView {
  readonly #controllers: Informer<ReplicationController>
  /** Frozen objects have one form each, so that what is remembered of the form need not be found out anew. */
  readonly #forms = new WeakMap<ReplicationController, ReplicaSet>()
  readonly #specs = new WeakMap<ReplicationController['spec'], ReplicaSet['spec']>()
  readonly #originals = new WeakMap<ReplicaSet, ReplicationController>()

  constructor(controllers: Informer<ReplicationController>) {
    this.#controllers = controllers
  }

  get synced(): boolean {
    return this.#controllers.synced
  }

  get cutOff(): boolean {
    return this.#controllers.cutOff
  }

  get(key: string): ReplicaSet | undefined {
    const controller = this.#controllers.get(key)
    return controller && this.#formOf(controller)
  }

  byIndex(index: string, value: string): readonly ReplicaSet[] {
    return this.#controllers.byIndex(index, value).map((controller) => this.#formOf(controller))
  }

  onChange(listener: (change: Change<ReplicaSet>) => void): void {
    this.#controllers.onChange(({ type, object, old }) => {
      listener({ type, object: this.#formOf(object), ...(old ? { old: this.#formOf(old) } : {}) })
    })
  }

  original(set: ReplicaSet): ReplicationController {
    const controller = this.#originals.get(set)
    if (!controller) throw new Error('assertion failed: a form that was not given out here')
    return controller
  }

  #formOf(controller: ReplicationController): ReplicaSet {
    let form = this.#forms.get(controller)
    if (!form) {
      form = { metadata: controller.metadata, spec: this.#specOf(controller.spec), status: controller.status }
      this.#forms.set(controller, form)
      this.#originals.set(form, controller)
    }
    return form
  }

  #specOf(spec: ReplicationController['spec']): ReplicaSet['spec'] {
    let form = this.#specs.get(spec)
    if (!form) {
      const { selector = {}, template = { metadata: {}, spec: { containers: [] } }, ...rest } = spec
      this.#specs.set(spec, (form = { ...rest, selector: { matchLabels: selector }, template }))
    }
    return form
  }
}
