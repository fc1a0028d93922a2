import type { ReplicaSet } from '../api/apps/generated.js'
import type { PodTemplateSpec, ReplicationController } from '../api/core/generated.js'
import type { Component } from '../client/component.js'
import type { Change, Informer } from '../client/informers/informer.js'
import { keyOf } from '../client/informers/object-index.js'
import type { ReplicaSetView } from './replicaset/controller.js'
import { ReplicaSetController, replicaSetIndexers } from './replicaset/controller.js'
import type { ControllerClientOptions } from './shared/create-rate.js'
import { builtInController } from './shared/define-controller.js'
import { controllerIdentity, controllerName } from './shared/identity.js'
import { ownershipIndexers } from './shared/ownership.js'

/** Stands in for a template that was left out; a controller without one creates no pods. */
const NO_TEMPLATE = { metadata: {}, spec: { containers: [] } } as unknown as PodTemplateSpec

/**
 * Creates the ReplicationController controller, which is the ReplicaSet controller with
 * ReplicationControllers converted to ReplicaSets. Source:
 * pkg/controller/replication/replication_controller.go.
 */
export function createReplicationController(client?: ControllerClientOptions): Component {
  return builtInController({
    name: controllerName('replicationcontroller-controller'),
    identity: controllerIdentity('replication-controller'),
    informers: {
      replicationControllers: { resource: 'replicationcontrollers', indexers: replicaSetIndexers() },
      pods: { resource: 'pods', indexers: ownershipIndexers() },
    },
    setup: ({ host, informers: { replicationControllers, pods }, queue }) => {
      const sets = new ConvertedView(replicationControllers)
      const controller = new ReplicaSetController(host, sets, pods, queue, {
        kind: 'ReplicationController',
        apiVersion: 'v1',
        resource: 'replicationcontrollers',
        eventSource: 'replication-controller',
        reportsTerminating: false,
        original: (set) => sets.original(set),
        client,
      })
      return {
        on: {
          replicationControllers: (change) => controller.setChanged(sets.convertChange(change)),
          pods: (change) => controller.podChanged(change).map(keyOf),
        },
        reconcile: (key) => controller.reconcile(key),
      }
    },
  })
}

/** Converts the objects of an informer to ReplicaSets. Source: pkg/controller/replication/conversion.go. */
class ConvertedView implements ReplicaSetView {
  readonly #controllers: Informer<ReplicationController>
  /** Each frozen object is converted once, because the ReplicaSet controller caches by identity. */
  readonly #converted = new WeakMap<ReplicationController, ReplicaSet>()
  readonly #specs = new WeakMap<ReplicationController['spec'], ReplicaSet['spec']>()
  readonly #originals = new WeakMap<ReplicaSet, ReplicationController>()

  constructor(controllers: Informer<ReplicationController>) {
    this.#controllers = controllers
  }

  get(key: string): ReplicaSet | undefined {
    const controller = this.#controllers.get(key)
    return controller && this.#convert(controller)
  }

  byIndex(index: string, value: string): readonly ReplicaSet[] {
    return this.#controllers.byIndex(index, value).map((controller) => this.#convert(controller))
  }

  /** Converts both states of a change. */
  convertChange({ type, object, old }: Change<ReplicationController>): Change<ReplicaSet> {
    return { type, object: this.#convert(object), ...(old ? { old: this.#convert(old) } : {}) }
  }

  /** Returns the object that `set` was converted from. */
  original(set: ReplicaSet): ReplicationController {
    const controller = this.#originals.get(set)
    if (!controller) throw new Error('assertion failed: not a ReplicaSet of this view')
    return controller
  }

  #convert(controller: ReplicationController): ReplicaSet {
    let set = this.#converted.get(controller)
    if (!set) {
      const { metadata, status } = controller
      set = { metadata, spec: this.#convertSpec(controller.spec), status }
      this.#converted.set(controller, set)
      this.#originals.set(set, controller)
    }
    return set
  }

  #convertSpec(spec: ReplicationController['spec']): ReplicaSet['spec'] {
    let converted = this.#specs.get(spec)
    if (!converted) {
      const { selector = {}, template = NO_TEMPLATE, ...rest } = spec
      this.#specs.set(spec, (converted = { ...rest, selector: { matchLabels: selector }, template }))
    }
    return converted
  }
}
