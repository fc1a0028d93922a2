import type { Host } from '../sim/module.js'
import type { Client, UserInfo } from './client.js'
import type { ClusterEvents } from './cluster-events.js'
import type { EventRecorder } from './event-recorder.js'
import type { Informer, InformerOptions } from './informer.js'
import type { ObjectOf, ResourceName } from './resources.js'

/**
 * A part of the control plane (a controller, the scheduler, one kubelet): a module that talks to the
 * apiserver under an identity of its own. `name` is unique; parts of one real process share a prefix
 * (`kube-controller-manager/deployment-controller`).
 */
export interface Component {
  readonly name: string
  readonly identity: UserInfo
  /** See `Module.setup` of the kernel: runs at start, after a restart, and in every fork and restore. */
  setup(host: ComponentHost): void
}

/** What the cluster gives to a component. */
export interface ComponentHost extends Host<ClusterEvents> {
  /** Client under the component's identity. */
  readonly client: Client
  /** The server's minor version, `v1.35`: texts that differ between minors hang on `api/releases.ts`. */
  readonly version: string
  /**
   * A view of a resource that follows the store. Call it in `setup` only, once for each (resource,
   * selection). Work queues of a component retry ApiErrors and ConnectionErrors with back-off; anything else
   * that `reconcile` throws is a bug.
   */
  informer<R extends ResourceName>(resource: R, options?: InformerOptions<ObjectOf<R>>): Informer<ObjectOf<R>>
  /** Records Event objects as `source` (default: the component's own name). */
  recorder(source: EventSource): EventRecorder
}

/** Who an Event object says it comes from. */
export interface EventSource {
  readonly component: string
  readonly host?: string
  /** `<component>-<host>`: writes as through events.k8s.io, where what comes again is a series. */
  readonly instance?: string
}
