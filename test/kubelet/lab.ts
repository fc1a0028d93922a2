import type { Duration } from '../../src/sim/duration.js'
import { partial } from '../support/typed.js'
import type { Node, Pod, PodSpec } from '../../src/api/core/generated.js'
import { createScheme } from '../../src/api/scheme.js'
import { ApiServer } from '../../src/apiserver/api-server.js'
import { bootstrap } from '../../src/apiserver/bootstrap.js'
import { ignoreNotFound } from '../../src/client/api-error.js'
import type { Client } from '../../src/client/client.js'
import type { ClusterEvents } from '../../src/client/cluster-events.js'
import { ClusterComponentHost } from '../../src/cluster/compose/component-host.js'
import { Connectivity } from '../../src/cluster/compose/connectivity.js'
import { EtcdStore } from '../../src/etcd/index.js'
import type { ContainerRuntimeOptions, KubeletOptions, Machine } from '../../src/kubelet/index.js'
import { knownImage } from '../../src/images/known-images.js'
import { createContainerRuntime, createKubelet } from '../../src/kubelet/index.js'
import { Simulation } from '../../src/sim/simulation.js'
import type { SimulationState } from '../../src/sim/state.js'

export const NODE = 'node-1'

export interface LabOptions {
  readonly machine?: Partial<ContainerRuntimeOptions>
  readonly kubelet?: Partial<KubeletOptions>
  readonly version?: string
  readonly interleaving?: 'fifo' | 'seeded'
  readonly seed?: number
}

/** An apiserver and one node: machine and kubelet, without any controller or scheduler. */
export class Lab {
  readonly sim: Simulation<ClusterEvents>
  readonly client: Client
  readonly machine: Machine
  /** `reason: message` of every event, as it was recorded. */
  readonly events: string[] = []
  /** Status writes of pods, as `name phase`. */
  readonly writes: string[] = []
  readonly #options: LabOptions
  readonly #store: EtcdStore
  readonly #host: ClusterComponentHost
  readonly #connectivity: Connectivity

  constructor(options: LabOptions = {}, from?: { store: EtcdStore; state: SimulationState }) {
    this.#options = options
    const { version = 'v1.35', interleaving = 'fifo', seed = 7 } = options
    this.sim = new Simulation<ClusterEvents>({ seed, interleaving }, from?.state)
    const { sim } = this
    this.#store = from?.store.fork({ clock: sim.clock }) ?? new EtcdStore({ clock: sim.clock })
    const scheme = createScheme(version)
    const server = new ApiServer({
      store: this.#store,
      clock: sim.clock,
      random: sim.random,
      bus: sim.bus,
      trace: sim.trace,
      quiet: sim.quiet,
      scheme,
    })
    if (!from) bootstrap(server)
    this.client = server.client({ name: 'admin', groups: ['system:masters'] })
    sim.bus.on('write', ({ resource, type, object }) => {
      if (resource === 'pods' && type === 'MODIFIED')
        this.writes.push(`${object.metadata.name} ${(object as Pod).status.phase}`)
    })
    const link = sim.slice('cluster', 'connectivity', () => ({
      apiserverDown: false,
      cut: new Set<string>(),
    }))
    this.#connectivity = new Connectivity(link, '10.0.0.1:6443')

    this.machine = createContainerRuntime({ node: NODE, registry: knownImage, ...options.machine })
    sim.add(this.machine, sim.host(this.machine.name))
    const kubelet = createKubelet({
      node: NODE,
      runtime: this.machine,
      internalIP: '192.168.0.11',
      podCIDR: '10.244.1.0/24',
      ...options.kubelet,
    })
    this.#host = new ClusterComponentHost(sim, kubelet.name, server.client(kubelet.identity), {
      version,
      connectivity: this.#connectivity,
      makeRecorder: () => ({
        event: (target, type, reason, message) => {
          const about = target.fieldPath ?? target.kind
          this.events.push(`${about} ${type} ${reason}: ${message}`)
        },
      }),
    })
    sim.add(kubelet, this.#host)
  }

  create(name: string, spec: object = {}, metadata: object = {}): void {
    const pod = {
      metadata: { name, namespace: 'default', ...metadata },
      spec: partial<PodSpec>({ nodeName: NODE, containers: [{ name: 'c', image: 'nginx:1.27' }], ...spec }),
    }
    this.client.create('pods', pod)
  }

  /** Creates a pod with fields that the server drops, as one that was made while their feature was on. */
  createStored(name: string, spec: object): void {
    const { metadata, ...pod } = this.client.create('pods', {
      metadata: { name, namespace: 'default' },
      spec: partial<PodSpec>({ containers: [{ name: 'c', image: 'nginx:1.27' }] }),
    })
    const stored = { ...pod, metadata, spec: { ...pod.spec, nodeName: NODE, ...spec } }
    this.#store.put({
      key: `/registry/pods/default/${name}`,
      value: new TextEncoder().encode(JSON.stringify(stored)),
    })
  }

  pod(name: string): Pod {
    return this.client.get('pods', { namespace: 'default', name })
  }

  find(name: string): Pod | undefined {
    return ignoreNotFound(() => this.pod(name))
  }

  node(): Node {
    return this.client.get('nodes', { name: NODE })
  }

  settle(): this {
    this.sim.settle()
    return this
  }

  advance(duration: Duration): this {
    this.sim.advance(duration)
    return this
  }

  stopKubelet(): void {
    this.#host.close()
    this.sim.stop(`kubelet/${NODE}`)
  }

  startKubelet(): void {
    this.sim.start(`kubelet/${NODE}`)
  }

  crash(): void {
    this.stopKubelet()
    this.machine.powerOff()
  }

  recover(): void {
    this.machine.powerOn()
    this.startKubelet()
  }

  partition(): void {
    this.#connectivity.cut(`kubelet/${NODE}`)
    this.#host.disconnect()
  }

  repair(): void {
    this.#connectivity.repair(`kubelet/${NODE}`)
    this.#host.reconnect()
  }

  fork(through: (state: SimulationState) => SimulationState = (state) => state): Lab {
    return new Lab(this.#options, { store: this.#store, state: through(this.sim.state()) })
  }

  /** Events about containers and pods of one reason. */
  eventsOf(reason: string): readonly string[] {
    return this.events.filter((event) => event.includes(` ${reason}: `))
  }
}

/** Conditions as `type=status` with reason. */
export function conditions(pod: Pod): readonly string[] {
  return (pod.status.conditions ?? []).map(
    ({ type, status, reason }) => `${type}=${status}${reason ? ` ${reason}` : ''}`,
  )
}
