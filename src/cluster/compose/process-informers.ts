import type { KubeObject } from '../../api/definition.js'
import type { ResumableClient } from '../../client/client.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import type { Informer, InformerOptions } from '../../client/informer.js'
import type { InformerPorts, InformerState } from '../../client/list-watch-informer.js'
import { SharedInformer } from '../../client/shared-informer.js'
import type { MemberState } from '../../client/shared-informer.js'
import type { ObjectOf, ResourceName } from '../../client/resources.js'
import type { Host, Module, Slice, Topic } from '../../sim/module.js'
import { informerId } from './informer-id.js'

/** What the shared informers of a process need from their environment. */
export interface ProcessInformerPorts {
  readonly client: ResumableClient
  readonly connected: () => boolean
}

/**
 * The informers shared by the components of a process (`kube-controller-manager`). The module runs as long as
 * the cluster. Without members it holds nothing; what the process has seen is dropped when its last component
 * stops.
 */
export class ProcessInformers implements Module<Host<ClusterEvents>> {
  readonly name: string
  readonly #ports: ProcessInformerPorts
  readonly #shared = new Map<string, SharedInformer<KubeObject>>()
  #host: Host<ClusterEvents> | undefined
  #topic: Topic | undefined

  constructor(process: string, ports: ProcessInformerPorts) {
    this.name = `informers/${process}`
    this.#ports = ports
  }

  setup(host: Host<ClusterEvents>): void {
    this.#host = host
    // a wake-up may arrive after its informer was closed
    this.#topic = host.handle('informer', (id) => this.#shared.get(id)?.deliver())
  }

  /** Returns an informer for a component, shared with others that watch the same. */
  join<R extends ResourceName>(
    component: Host<ClusterEvents>,
    resource: R,
    options: InformerOptions<ObjectOf<R>>,
  ): Informer<ObjectOf<R>> {
    const { indexers = {}, ...selection } = options
    const id = informerId(resource, selection)
    const shared = this.#sharedOf(id, resource, selection) as unknown as SharedInformer<ObjectOf<R>>
    const name = `informer ${id}`
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
    const shared = new SharedInformer<KubeObject>(resource, selection, this.#portsOf(id))
    this.#shared.set(id, shared)
    return shared
  }

  #portsOf(id: string): InformerPorts {
    const { client, connected } = this.#ports
    const host = this.#host as Host<ClusterEvents>
    const state = host.state<InformerState>(id, () => ({ resourceVersion: undefined }))
    return { client, connected, state, topic: this.#topic as Topic, key: id }
  }
}
