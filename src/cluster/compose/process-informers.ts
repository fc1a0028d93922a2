import type { InformerSelection, Informer, InformerOptions } from '../../client/informers/informer.js'
import type { ResourceName, ObjectOf } from '../../client/resources.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { ResumableClient } from '../../client/client.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import type {
  Delivery,
  InformerDependencies,
  InformerState,
} from '../../client/informers/list-watch-informer.js'
import { SharedInformer, type MemberState } from '../../client/informers/shared-informer.js'
import type { KernelHost, Module, Slice, Topic } from '../../sim/modules/module.js'
import type { InformerViews } from './informer-views.js'

/** The topic of shared informers; the key is the id of one, which is also the name of its state slice. */
export const SHARED_INFORMER = 'informer'

/** Ids of informers without a selector, cached because each cluster has about a hundred. */
const whole = new Map<ResourceName, string>()

/** Returns the id of an informer within its component or process: the resource and the selection. */
export function informerId(
  resource: ResourceName,
  { namespace = '', labelSelector = '', fieldSelector = '' }: InformerSelection,
): string {
  if (namespace !== '' || labelSelector !== '' || fieldSelector !== '')
    return [resource, namespace, labelSelector, fieldSelector].join('|')
  let id = whole.get(resource)
  if (id === undefined) whole.set(resource, (id = `${resource}|||`))
  return id
}

/** Name of the state slice, and of the topic, of a component that has joined the informer of that id. */
export const memberSlice = (id: string): string => `informer ${id}`

/** What the shared informers of a process need from their environment. */
export interface ProcessInformerDependencies {
  readonly client: ResumableClient
  readonly connected: () => boolean
  /** Sets up the dormant components that have a state slice of that name: those that have joined. */
  readonly awakenMembers: (slice: string) => void
  /** Whether the changes are heartbeats, for which no component is set up. */
  readonly passesOver: () => boolean
  readonly views: InformerViews
  /** Returns how informers take what has happened in the present step. */
  readonly delivery: () => Delivery | undefined
}

/**
 * The informers shared by the components of a process (`kube-controller-manager`). The module runs as long as
 * the cluster. Without members it holds nothing; what the process has seen is dropped when its last component
 * stops.
 */
export class ProcessInformers implements Module<KernelHost<ClusterEvents>> {
  readonly name: string
  readonly #dependencies: ProcessInformerDependencies
  readonly #shared = new Map<string, SharedInformer<KubeObject>>()
  /** The ids of the informers whose members are set up. */
  readonly #awake = new Set<string>()
  #host: KernelHost<ClusterEvents> | undefined
  #topic: Topic | undefined

  constructor(process: string, dependencies: ProcessInformerDependencies) {
    this.name = `informers/${process}`
    this.#dependencies = dependencies
  }

  setup(host: KernelHost<ClusterEvents>): void {
    this.#host = host
    this.#topic = host.handle(SHARED_INFORMER, (id) => this.#deliver(id), { passive: true })
  }

  #deliver(id: string): void {
    if (!this.#awake.has(id) && !this.#dependencies.passesOver()) {
      this.#awake.add(id)
      this.#dependencies.awakenMembers(memberSlice(id))
    }
    // a wake-up may arrive after its informer was closed
    this.#shared.get(id)?.deliver()
  }

  /** Returns an informer for a component, shared with others that watch the same. */
  join<R extends ResourceName>(
    component: KernelHost<ClusterEvents>,
    resource: R,
    options: InformerOptions<ObjectOf<R>>,
  ): Informer<ObjectOf<R>> {
    const { indexers = {}, ...selection } = options
    const id = informerId(resource, selection)
    const shared = this.#sharedOf(id, resource, selection) as unknown as SharedInformer<ObjectOf<R>>
    const name = memberSlice(id)
    const topic = component.handle(name, () => member.replay())
    const state: Slice<MemberState> = component.state(name, () => ({ joined: false }))
    const member = shared.join({ indexers }, { component: component.name, state, topic })
    return member
  }

  disconnect(): void {
    for (const { informer } of this.#shared.values()) informer.disconnect()
  }

  /** Reconnects in the order of ids, since a copy may have created the informers in another order. */
  reconnect(): void {
    for (const id of [...this.#shared.keys()].sort()) {
      const shared = this.#shared.get(id)
      if (shared !== undefined && shared.members > 0) shared.informer.reconnect()
    }
  }

  #sharedOf(
    id: string,
    resource: ResourceName,
    selection: InformerOptions<KubeObject>,
  ): SharedInformer<KubeObject> {
    const known = this.#shared.get(id)
    if (known && !known.informer.closed) return known
    const shared = new SharedInformer<KubeObject>(resource, selection, this.#dependenciesOf(id))
    this.#shared.set(id, shared)
    this.#dependencies.views.add(this.name, id, shared.informer)
    return shared
  }

  #dependenciesOf(id: string): InformerDependencies<KubeObject> {
    const { client, connected, delivery, views } = this.#dependencies
    const host = this.#host as KernelHost<ClusterEvents>
    const state = host.state<InformerState>(id, () => ({ resourceVersion: undefined }))
    const log = (message: string): void => host.log('warning', message)
    const original = views.originalOf<KubeObject>(this.name, id)
    return {
      client,
      connected,
      state,
      stateName: id,
      topic: this.#topic as Topic,
      key: id,
      log,
      delivery,
      original,
    }
  }
}
