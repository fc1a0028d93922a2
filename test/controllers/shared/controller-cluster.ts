import type { KubeObject } from '../../../src/api/kind/definition.js'
import { createScheme } from '../../../src/api/scheme.js'
import { ApiServer } from '../../../src/apiserver/api-server.js'
import { bootstrap } from '../../../src/apiserver/bootstrap.js'
import type { Client } from '../../../src/client/client.js'
import type { ClusterEvents } from '../../../src/client/cluster-events.js'
import type { Component } from '../../../src/client/component.js'
import type { ScalableResource } from '../../../src/controllers/disruption/expected-pods.js'
import { ClusterComponentHost } from '../../../src/cluster/compose/component-host.js'
import type { ConnectivityState } from '../../../src/cluster/compose/connectivity.js'
import { Connectivity } from '../../../src/cluster/compose/connectivity.js'
import { EtcdStore } from '../../../src/etcd/index.js'
import { Simulation } from '../../../src/sim/simulation.js'
import type { SimulationOptions } from '../../../src/sim/simulation.js'
import type { SimulationState } from '../../../src/sim/state.js'

/** An Event as the recorder was given it. `at`: seconds since the cluster began. */
export interface Recorded {
  readonly at: number
  readonly source: string
  readonly type: string
  readonly reason: string
  readonly object: string
  readonly message: string
}

/** A change of an object as it was written. */
export interface Written {
  readonly at: number
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly resource: string
  readonly object: KubeObject
}

/** How an object was from `at` on. */
export interface State {
  readonly at: number
  readonly state: unknown
}

/** What to run over the apiserver; `resources` is all that it serves. */
export type Components = (resources: readonly ScalableResource[]) => readonly Component[]

/**
 * How a {@link ControllerCluster} is made; `serviceAccounts`: whether namespaces begin with theirs, default
 * true.
 */
export type ControllerClusterOptions = SimulationOptions & {
  readonly version?: string
  readonly serviceAccounts?: boolean
}

/** What a fork is made from. */
interface Origin {
  readonly state: SimulationState
  readonly store: EtcdStore
  readonly events: readonly Recorded[]
  readonly start: number
}

/** A real apiserver and store, and only those components that a test is about. Forks like a whole cluster. */
export class ControllerCluster {
  readonly sim: Simulation<ClusterEvents>
  readonly server: ApiServer
  readonly client: Client
  readonly events: Recorded[]
  readonly writes: Written[] = []
  readonly #store: EtcdStore
  readonly #hosts = new Map<string, ClusterComponentHost>()
  readonly #components: Components
  readonly #options: ControllerClusterOptions
  readonly #start: number

  constructor(components: Components, options: ControllerClusterOptions = {}, from?: Origin) {
    this.#components = components
    this.#options = options
    const sim = new Simulation<ClusterEvents>({ seed: 7, ...options }, from?.state)
    this.sim = sim
    this.#start = from?.start ?? sim.clock.now()
    this.events = [...(from?.events ?? [])]
    this.#store = from ? from.store.fork({ clock: sim.clock }) : new EtcdStore({ clock: sim.clock })
    const scheme = createScheme(options.version ?? 'v1.35')
    const { clock, random, bus, trace, quiet } = sim
    this.server = new ApiServer({ store: this.#store, clock, random, bus, trace, quiet, scheme })
    this.client = this.server.client({ name: 'admin', groups: ['system:masters'] })
    sim.bus.on('write', ({ type, resource, object }) =>
      this.writes.push({ at: this.now, type, resource, object }),
    )
    if (!from) bootstrap(this.server, { serviceAccounts: options.serviceAccounts ?? true })
    for (const component of components(scheme.definitions())) this.add(component)
  }

  /** Seconds of virtual time since the cluster began. */
  get now(): number {
    return (this.sim.clock.now() - this.#start) / 1000
  }

  add(component: Component): void {
    const { sim } = this
    const connectivity = new Connectivity(
      sim.slice<ConnectivityState>('cluster', 'connectivity', () => ({
        apiserverDown: false,
        cut: new Set(),
      })),
      '10.0.0.10:6443',
    )
    // the user agent tells apart the watches of components that share an identity
    const client = this.server.client(component.identity, { userAgent: component.name })
    const host = new ClusterComponentHost(sim, component.name, client, {
      version: this.#options.version ?? 'v1.35',
      connectivity,
      makeRecorder: (_client, _host, { component: source }) => ({
        event: ({ object: { metadata }, kind }, type, reason, message) => {
          this.events.push({
            at: this.now,
            source,
            type,
            reason,
            object: `${kind}/${metadata.name as string}`,
            message,
          })
        },
      }),
    })
    this.#hosts.set(component.name, host)
    sim.add(component, host)
  }

  /** Kills a component: it forgets all that is not in the store. */
  stop(name: string): void {
    this.#hosts.get(name)?.close()
    this.sim.stop(name)
  }

  start(name: string): void {
    this.sim.start(name)
  }

  fork(): ControllerCluster {
    const from = { state: this.sim.state(), store: this.#store, events: this.events, start: this.#start }
    return new ControllerCluster(this.#components, this.#options, from)
  }

  advance(seconds: number): this {
    this.sim.advance(seconds * 1000)
    return this
  }

  /** The events of a source as `at object reason: message`. */
  eventLines(source: string): string[] {
    const ofSource = this.events.filter((event) => event.source === source)
    return ofSource.map(({ object, reason, message }) => `${object} ${reason}: ${message}`)
  }

  /** The versions of one object as they were written, without neighbours that `summary` sees as equal. */
  history<T extends KubeObject>(resource: string, name: string, summary: (object: T) => unknown): State[] {
    const states: State[] = []
    for (const write of this.writes) {
      if (write.resource !== resource || write.object.metadata.name !== name) continue
      const state = write.type === 'DELETED' ? 'DELETED' : summary(write.object as T)
      if (JSON.stringify(states.at(-1)?.state) !== JSON.stringify(state)) states.push({ at: write.at, state })
    }
    return states
  }
}
