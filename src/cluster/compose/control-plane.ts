import { createScheme } from '../../api/scheme.js'
import type { Scheme } from '../../api/scheme.js'
import { ApiServer } from '../../apiserver/api-server.js'
import type { ApiServerOptions, ClientOptions } from '../../apiserver/api-server.js'
import type { AdmissionChoice } from '../../apiserver/admission/default-plugins.js'
import type { WebhookHandlers } from '../../apiserver/admission/extensions/call-webhook.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import type { Component, EventSource } from '../../client/component.js'
import type { Client, UserInfo } from '../../client/client.js'
import { CorrelatingRecorder } from '../../client/correlating-recorder.js'
import type { RecorderState } from '../../client/correlating-recorder.js'
import { SeriesRecorder, type SeriesState } from '../../client/series-recorder.js'
import type { EventRecorder } from '../../client/event-recorder.js'
import { etcdCompactor } from '../../apiserver/storage/etcd-compactor.js'
import { etcdLessor } from '../../apiserver/storage/etcd-lessor.js'
import type { EtcdStore } from '../../etcd/store.js'
import type { ModuleHost } from '../../sim/module-host.js'
import type { Module } from '../../sim/module.js'
import type { NodeAgents } from '../../client/node-agent.js'
import type { Resource } from '../../apiserver/registry/resources.js'
import type { ProtobufDecoder } from '../../api/protobuf/protobuf-decoder.js'
import type { KeyProvider, Pki } from '../../pki/index.js'
import { reconcilePolicy } from '../../rbac/reconcile-policy.js'
import type { Simulation } from '../../sim/simulation.js'
import { clusterPki } from '../access/cluster-pki.js'
import type { AccessOptions, AuthenticationOptions, UserOptions } from '../access/access.js'
import type { KubeadmOptions } from './options.js'
import type { AuthorizationMode } from '../access/authorization-modes.js'
import { modesOf } from '../access/authorization-modes.js'
import { accessPorts } from '../access/access.js'
import { ClusterComponentHost } from './component-host.js'
import type { ComponentView } from './component-host.js'
import { componentHealth } from './component-health.js'
import { Connectivity } from './connectivity.js'
import { legacyTokenTracker } from '../access/legacy-tokens.js'
import { Supervisor } from './supervisor.js'
import { processOf } from '../access/identities.js'
import type { SharedProcess } from '../access/identities.js'
import { ProcessInformers } from './process-informers.js'
import type { ConnectivityState } from './connectivity.js'
import { TokenFile } from '../access/token-file.js'

/** Where clients find the apiserver unless told otherwise, as their errors print it. */
const APISERVER_ADDRESS = '10.0.0.10:6443'

/** What a control plane is put together from. */
export interface ControlPlaneParts {
  readonly simulation: Simulation<ClusterEvents>
  readonly store: EtcdStore
  /** `v1.35`. */
  readonly version: string
  /** Whether components write Event objects. */
  readonly events: boolean
  readonly authorization: AuthorizationMode | readonly AuthorizationMode[]
  readonly users: readonly UserOptions[]
  readonly authentication?: AuthenticationOptions | undefined
  readonly webhooks?: WebhookHandlers | undefined
  readonly admissionPlugins?: AdmissionChoice | undefined
  /** Host and port that the apiserver advertises. */
  readonly advertiseAddress?: string | undefined
  readonly serviceCIDR?: string | undefined
  readonly managedFields?: boolean | undefined
  /** Private keys for the PKI. Default: test keys. */
  readonly keys?: KeyProvider | undefined
  readonly kubeadm?: KubeadmOptions | undefined
  /** Default: no kubelet answers. */
  readonly nodeAgents?: NodeAgents | undefined
  /** Default: values in etcd that are protobuf cannot be read. */
  readonly storedProtobuf?: ProtobufDecoder | undefined
}

/** The apiserver as its own client. */
const APISERVER: UserInfo = { name: 'system:apiserver', groups: ['system:masters'] }

const SILENT: EventRecorder = { event: () => undefined }

/** Names of what is stored, by what is served. */
const storedNames = new WeakMap<readonly Resource[], readonly string[]>()

/** The apiserver over etcd, and the components that have been started on it, each with its host. */
export class ControlPlane {
  readonly simulation: Simulation<ClusterEvents>
  readonly scheme: Scheme
  readonly pki: Pki
  readonly server: ApiServer
  readonly connectivity: Connectivity
  /** Starts again the kubelets that have ended by themselves. */
  readonly supervisor: Supervisor
  readonly #parts: ControlPlaneParts
  readonly #tokens: TokenFile
  readonly #hosts = new Map<string, ClusterComponentHost>()
  #joined: (node: string) => number | undefined = () => undefined
  #neededElsewhere: () => number | undefined = () => undefined
  readonly #informers = new Map<string, ProcessInformers>()

  constructor(parts: ControlPlaneParts) {
    const { simulation, store, version, advertiseAddress: address = APISERVER_ADDRESS } = parts
    const { clock, random, bus, trace } = simulation
    this.#parts = parts
    this.simulation = simulation
    this.scheme = createScheme(version)
    this.pki = clusterPki(simulation, {
      version,
      address,
      serviceCIDR: parts.serviceCIDR,
      keys: parts.keys,
      kubeadm: parts.kubeadm,
      joined: (node) => this.#joined(node),
    })
    this.supervisor = new Supervisor((name) => this.start(name))
    this.#tokens = new TokenFile(simulation, this.pki, parts.authentication?.tokenFile)
    this.server = new ApiServer({
      address,
      signer: this.pki.tokens,
      store,
      clock,
      random,
      bus,
      trace,
      scheme: this.scheme,
      plug: accessOf(parts, {
        minor: this.scheme.release.minor,
        pki: this.pki,
        tokenFile: () => this.#tokens.users(),
      }),
      ...(parts.serviceCIDR === undefined ? {} : { serviceRanges: parts.serviceCIDR.split(',') }),
      ...(parts.managedFields === undefined ? {} : { managedFields: parts.managedFields }),
      ...(parts.nodeAgents === undefined ? {} : { nodeAgents: parts.nodeAgents }),
      ...(parts.storedProtobuf === undefined ? {} : { storedProtobuf: parts.storedProtobuf }),
      ...(parts.webhooks === undefined ? {} : { webhooks: parts.webhooks }),
      ...(parts.admissionPlugins === undefined ? {} : { admissionPlugins: parts.admissionPlugins }),
      componentHealth: () =>
        componentHealth([...this.#hosts.keys()].filter((name) => !simulation.isStopped(name))),
    })
    const link = simulation.slice<ConnectivityState>('cluster', 'connectivity', () => ({
      apiserverDown: false,
      cut: new Set(),
    }))
    this.connectivity = new Connectivity(link, address)
    const { hub, storage, dependencies: ports } = this.server.context
    const tracker = legacyTokenTracker(
      this.scheme.release.minor,
      () => this.client(APISERVER),
      () => clock.now(),
    )
    if (tracker !== undefined) ports.late.legacyTokenUsed = tracker
    this.addModule(this.supervisor)
    this.addModule(etcdLessor({ store, storage }))
    this.addModule(etcdCompactor({ store, hub, oldestNeeded: () => this.#oldestNeeded() }))
  }

  /** A client under an identity, for users; it fails like any other while the apiserver is down. */
  client(user: UserInfo, options: ClientOptions = {}): Client {
    return this.server.client(user, options)
  }

  addModule(module: Module): void {
    this.simulation.add(module, this.simulation.host(module.name))
  }

  /**
   * `identify`: whom the apiserver takes it for by the certificate that it shows; undefined: nobody. Default:
   * its own identity.
   */
  addComponent(component: Component, identify?: () => UserInfo | undefined): void {
    const { version, events } = this.#parts
    const client = this.server.client(component.identity, { userAgent: component.name })
    const host = new ClusterComponentHost(this.simulation, component.name, client, {
      version,
      connectivity: this.connectivity,
      identify,
      clientOf: (user) => this.server.client(user, { userAgent: component.name }),
      shared: this.#informersOf(processOf(component)),
      makeRecorder: (through, owner, source) => (events ? recorder(through, owner, source) : SILENT),
    })
    this.#hosts.set(component.name, host)
    this.simulation.add(component, host)
  }

  /** The informers of a process, which begin with its first component. */
  #informersOf(process: SharedProcess | undefined): ProcessInformers | undefined {
    if (process === undefined) return undefined
    const { name, reader } = process
    let informers = this.#informers.get(name)
    if (informers === undefined) {
      const client = this.server.client(reader, { userAgent: name })
      this.#informers.set(
        name,
        (informers = new ProcessInformers(name, {
          client,
          connected: () => this.connectivity.isConnected(name),
        })),
      )
      this.addModule(informers)
    }
    return informers
  }

  /** Stops a component as a killed process stops. */
  stop(name: string): void {
    this.supervisor.forget(name)
    this.#hosts.get(name)?.close()
    this.simulation.stop(name)
  }

  start(name: string): void {
    this.supervisor.forget(name)
    this.simulation.start(name)
  }

  /** A process has ended by itself: it will be started again. */
  ended(name: string): void {
    this.stop(name)
    this.supervisor.ended(name)
  }

  /** Takes a component away for good. */
  remove(name: string): void {
    this.supervisor.forget(name)
    this.#hosts.get(name)?.close()
    this.#hosts.delete(name)
    this.connectivity.repair(name) // what may come back under that name has a network of its own
    this.simulation.remove(name)
  }

  /** Cuts the network between one component and the apiserver, unless it is cut. */
  cut(name: string): void {
    if (this.connectivity.isCut(name)) return
    this.connectivity.cut(name)
    this.#hosts.get(name)?.disconnect()
  }

  /** Joins it again, if it was cut. */
  repair(name: string): void {
    if (!this.connectivity.isCut(name)) return
    this.connectivity.repair(name)
    this.#hosts.get(name)?.reconnect()
  }

  /**
   * The apiserver stops or starts listening; etcd keeps everything. At its start it puts the default roles
   * right. What is so already stays as it is.
   */
  setApiserverDown(down: boolean): void {
    if (down === this.connectivity.apiserverDown) return
    if (!down) this.#tokens.load()
    if (!down && modesOf(this.#parts.authorization).includes('RBAC')) reconcilePolicy(this.client(APISERVER))
    this.connectivity.apiserverDown = down
    for (const informers of this.#informers.values()) {
      if (down) informers.disconnect()
      else informers.reconnect()
    }
    for (const [name, host] of this.#hosts) {
      if (down) host.disconnect()
      else if (!this.simulation.isStopped(name)) host.reconnect()
    }
    this.tellOfApiserver()
  }

  /** Tells whoever observes the cluster whether its apiserver listens. */
  tellOfApiserver(): void {
    this.simulation.bus.emit('apiserver', {
      time: this.simulation.clock.now(),
      running: !this.connectivity.apiserverDown,
    })
  }

  /** One name for each kind that is stored, whatever the number of versions that it is served in. */
  storedResources(): readonly string[] {
    const { resources } = this.server.context
    const known = storedNames.get(resources.all)
    if (known !== undefined) return known
    const byPrefix = new Map<string, string>()
    for (const { prefix, resource, group, definition } of resources.all) {
      if (!definition.verbs.includes('watch') || byPrefix.has(prefix)) continue
      byPrefix.set(prefix, resources.find(resource)?.prefix === prefix ? resource : `${resource}.${group}`)
    }
    const names = [...byPrefix.values()]
    storedNames.set(resources.all, names)
    return names
  }

  /** What the informers of the running components have in their caches. */
  views(): readonly ComponentView[] {
    return [...this.#hosts.values()].flatMap((host) => host.views())
  }

  /** Says when nodes have joined, in virtual ms; undefined: at the beginning. */
  nodesJoined(at: (node: string) => number | undefined): void {
    this.#joined = at
  }

  /** Somebody besides the components needs history from a revision on. */
  keepHistory(oldest: () => number | undefined): void {
    this.#neededElsewhere = oldest
  }

  /** What a component that is cut off has seen must stay readable, so that a fork can rebuild its view. */
  #oldestNeeded(): number | undefined {
    let oldest = this.#neededElsewhere()
    for (const [name, host] of this.#hosts) {
      if (host.connected || this.simulation.isStopped(name)) continue
      const seen = host.oldestSeen()
      if (seen !== undefined && (oldest === undefined || seen < oldest)) oldest = seen
    }
    return oldest
  }
}

function recorder(client: Client, host: ModuleHost<ClusterEvents>, source: EventSource): EventRecorder {
  if (source.instance !== undefined) return seriesRecorder(client, host, source.component, source.instance)
  const state = host.state<RecorderState>(`events ${source.component}`, () => new Map())
  return new CorrelatingRecorder({ client, clock: host.clock, source, state })
}

function seriesRecorder(
  client: Client,
  host: ModuleHost<ClusterEvents>,
  controller: string,
  instance: string,
): EventRecorder {
  const state = host.state<SeriesState>(`events ${controller}`, () => ({ events: new Map(), made: 0 }))
  const timer = host.handle(`events ${controller}`, () => made.finish())
  const made = new SeriesRecorder({ client, clock: host.clock, controller, instance, state, timer })
  return made
}

function accessOf(
  { authorization, authentication, users }: ControlPlaneParts,
  { minor, pki, tokenFile }: Pick<AccessOptions, 'minor' | 'pki' | 'tokenFile'>,
): NonNullable<ApiServerOptions['plug']> {
  return (view, { signer }) =>
    accessPorts(view, signer, { authorization, authentication, users, minor, pki, tokenFile })
}
