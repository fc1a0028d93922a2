import type { KernelHost } from '../sim/modules/module.js'
import type { Client, UserInfo } from './client.js'
import type { ClusterEvents } from './cluster-events.js'
import type { EventRecorder } from './recorders/event-recorder.js'
import type { Informer, InformerOptions } from './informers/informer.js'
import type { Heartbeats } from './heartbeats.js'
import type { ObjectOf, ResourceName } from './resources.js'

/**
 * A part of the control plane (a controller, the scheduler, one kubelet): a module with its own identity at
 * the apiserver. `name` is unique; parts of one real process share a prefix
 * (`kube-controller-manager/deployment-controller`).
 */
export interface Component {
  readonly name: string
  readonly identity: UserInfo
  /**
   * See `Module.subject` of the kernel.
   * @default everything
   */
  readonly subject?: string
  /** See `Module.setup` of the kernel: runs at start, after a restart, and in every fork and restore. */
  setup(host: ComponentHost): void
  /** See `Module.doze` of the kernel. */
  doze?(host: DozingHost): void
}

/** What a component can use in a copy of a cluster in which it has not been set up. */
export type DozingHost = Pick<ComponentHost, 'state' | 'random' | 'heartbeats' | 'quietForm'>

/** What the cluster provides to a component. */
export interface ComponentHost extends KernelHost<ClusterEvents> {
  /** A client with the component's identity. */
  readonly client: Client
  /**
   * The server's minor version, `v1.35`, for behaviour that differs between minors (see `api/releases.ts`).
   */
  readonly version: string
  /**
   * Returns a view of a resource that follows the store. Call it only in `setup`, once for each resource and
   * selection. Work queues of a component retry ApiErrors and ConnectionErrors with back-off; any other
   * exception of `reconcile` is a bug.
   */
  informer<R extends ResourceName>(resource: R, options?: InformerOptions<ObjectOf<R>>): Informer<ObjectOf<R>>
  /** Heartbeats that need no request; undefined where every one is a request. */
  readonly heartbeats?: Heartbeats | undefined
  /** Returns a recorder of Event objects with this `source` (default: the component's name). */
  recorder(source: RecorderSource): EventRecorder
}

/** The source of Event objects. */
export interface RecorderSource {
  readonly component: string
  readonly host?: string
  /**
   * `<component>-<host>`. If set, events are written as through events.k8s.io, where repeated events form a
   * series.
   */
  readonly instance?: string
}
