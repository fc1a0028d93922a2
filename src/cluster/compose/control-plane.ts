import type { KindDefinition } from '../../api/kind/definition.js'
import { formatApiVersion } from '../../api/api-version.js'
import { createScheme, type Scheme } from '../../api/scheme.js'
import type { StaticUser } from '../../apiserver/authentication/token-file.js'
import { parseEncryption } from '../../apiserver/storage/encryption/configuration.js'
import { ApiServer, type InProcessClientOptions } from '../../apiserver/api-server.js'
import type { AdmissionChoice } from '../../apiserver/admission/default-plugins.js'
import type { WebhookHandlers } from '../../apiserver/admission/extensions/call-webhook.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import type { Component, RecorderSource } from '../../client/component.js'
import type { Client, Follower, UserInfo } from '../../client/client.js'
import { CorrelatingRecorder, type RecorderState } from '../../client/recorders/correlating-recorder.js'
import { SeriesRecorder, type SeriesState } from '../../client/recorders/series-recorder.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import type { Informers, Subscriptions } from '../../apiserver/watch/watch-hub.js'
import type { Delivery, InformerState } from '../../client/informers/list-watch-informer.js'
import { etcdCompactor } from '../../apiserver/storage/etcd-compactor.js'
import { etcdLessor } from '../../apiserver/storage/etcd-lessor.js'
import type { EtcdStore } from '../../etcd/store.js'
import type { ModuleHost } from '../../sim/modules/module-host.js'
import type { Module } from '../../sim/modules/module.js'
import type { NodeAgents } from '../../client/node-agent.js'
import type { Resource } from '../../apiserver/registry/resources.js'
import type { ProtobufDecoder } from '../../api/protobuf/protobuf-codec.js'
import type { Pki } from '../../pki/index.js'
import type { RbacAuthorizer } from '../../rbac/compile/authorizer.js'
import type { CompiledPolicy } from '../../rbac/compile/compiled.js'
import { DECISIONS, type KeptDecisions } from '../../rbac/modes/webhook.js'
import { reconcilePolicy } from '../../rbac/reconcile/reconcile-policy.js'
import type { Simulation } from '../../sim/simulation.js'
import { advertisedAddress, clusterPki } from '../access/cluster-pki.js'
import { type AuthenticationOptions, type UserOptions, accessControl } from '../access/access.js'
import { unknownName } from './disabled.js'
import type { KubeadmOptions } from './options.js'
import { type AuthorizationMode, modesOf } from '../access/authorization-modes.js'
import { CheckedComponentHost } from './checked-component-host.js'
import { ClusterComponentHost, type ComponentView, INFORMER_TOPIC } from './component-host.js'
import { belongsTo, componentHealth } from './components.js'
import { Connectivity, type ConnectivityState } from './connectivity.js'
import { legacyTokenTracker, TokenFile } from '../access/tokens.js'
import { Supervisor } from './supervisor.js'
import type { RequestGate } from './request-gate.js'
import { processOf, type SharedProcess } from '../access/identities.js'
import { InformerViews, type SharedViews } from './informer-views.js'
import { ProcessInformers, SHARED_INFORMER } from './process-informers.js'

/** The options of a control plane. */
export interface ControlPlaneOptions {
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
  /** API versions that are not served: `batch/v1`. */
  readonly disabledAPIs?: readonly string[] | undefined
  readonly serviceCIDR?: string | undefined
  readonly managedFields?: boolean | undefined
  readonly kubeadm?: KubeadmOptions | undefined
  /** Default: no kubelet responds. */
  readonly nodeAgents?: NodeAgents | undefined
  /** Default: protobuf values in etcd cannot be read. */
  readonly storedProtobuf?: ProtobufDecoder | undefined
  /** Text of `--encryption-provider-config`; none if it is empty. */
  readonly encryption?: string | undefined
  /** The subscriptions of the cluster of which this one is a copy: components can be dormant at first. */
  readonly subscriptions?: Subscriptions | undefined
  /** The views of its informers. */
  readonly views?: SharedViews | undefined
  /** What its RBAC authorizer has compiled. */
  readonly policy?: CompiledPolicy | undefined
  /** How informers take what has happened. Default: all of it. */
  readonly delivery?: Delivery | undefined
}

/** How a component is added, see {@link ControlPlane.addComponent}. */
export interface ComponentOptions {
  readonly identify?: (() => UserInfo | undefined) | undefined
  readonly isOwn?: boolean
}

/** Whose caches are looked at. Default: those of all components. */
export interface ViewOptions {
  /** Only those of one component. */
  readonly component?: string
  /** Only those of components that something has happened to, if this is a fork. Default false. */
  readonly awake?: boolean
}

/** The apiserver as its own client. */
const APISERVER: UserInfo = { name: 'system:apiserver', groups: ['system:masters'] }

const SILENT: EventRecorder = { event: () => undefined }

/** Names of the stored resources, by the list of served ones. */
const storedNames = new WeakMap<readonly Resource[], readonly string[]>()

/** The apiserver on top of etcd, and the components that have been started on it, each with its host. */
export class ControlPlane {
  readonly simulation: Simulation<ClusterEvents>
  readonly scheme: Scheme
  readonly pki: Pki
  readonly server: ApiServer
  readonly connectivity: Connectivity
  /** Restarts kubelets that exit by themselves. */
  readonly supervisor: Supervisor
  /** Revisions that informers of components list when they start, by the component's name. */
  readonly staleReads: Map<string, number> = new Map()
  /** How informers take what has happened in the present step. */
  delivery: Delivery | undefined
  /** Stands between the components and the apiserver. */
  gate: RequestGate | undefined
  readonly informerViews: InformerViews
  #rbac: RbacAuthorizer | undefined
  readonly #options: ControlPlaneOptions
  readonly #tokens: TokenFile
  readonly #hosts = new Map<string, ClusterComponentHost>()
  #joined: (node: string) => number | undefined = () => undefined
  #neededElsewhere: () => number | undefined = () => undefined
  readonly #informers = new Map<string, ProcessInformers>()
  /** The processes of components that share their informers, by the component. */
  readonly #processes = new Map<string, string>()

  constructor(options: ControlPlaneOptions) {
    const { simulation, store, version, kubeadm = {} } = options
    const address = advertisedAddress(kubeadm.advertiseAddress, options.serviceCIDR)
    const { clock, random, bus, trace, quiet } = simulation
    quiet.asksOutside = asksOutside(options)
    this.#options = options
    this.informerViews = new InformerViews(options.views)
    this.delivery = options.delivery
    this.simulation = simulation
    this.scheme = createScheme(version)
    for (const { group, version: v, kind } of disabledIn(this.scheme, options.disabledAPIs))
      this.scheme.remove(group, v, kind)
    this.pki = clusterPki(simulation, {
      version,
      address,
      serviceCIDR: options.serviceCIDR,
      kubeadm,
      joined: (node) => this.#joined(node),
    })
    this.supervisor = new Supervisor(
      (name) => this.start(name),
      () => this.setApiserverDown(false),
    )
    this.#tokens = new TokenFile(simulation, this.pki, options.authentication?.tokenFile)
    this.server = new ApiServer({
      address,
      signer: this.pki.tokens,
      store,
      clock,
      random,
      bus,
      trace,
      quiet,
      scheme: this.scheme,
      plug: (view, { signer }) => {
        const { authorization, authentication, users, policy } = options
        const { minor } = this.scheme.release
        const tokenFile = (): readonly StaticUser[] => this.#tokens.users()
        const webhooks = {
          now: () => clock.now(),
          kept: () => simulation.slice<KeptDecisions>('extension', DECISIONS, () => new Map()).value,
        }
        const who = { authorization, authentication, users, policy, tokenFile, webhooks }
        const given = { ...who, minor, pki: this.pki }
        const { dependencies, rbac } = accessControl(view, signer, given)
        this.#rbac = rbac
        return dependencies
      },
      ...(options.serviceCIDR === undefined ? {} : { serviceRanges: options.serviceCIDR.split(',') }),
      ...(options.managedFields === undefined ? {} : { managedFields: options.managedFields }),
      ...(options.nodeAgents === undefined ? {} : { nodeAgents: options.nodeAgents }),
      ...(options.storedProtobuf === undefined ? {} : { storedProtobuf: options.storedProtobuf }),
      ...((options.encryption ?? '') === ''
        ? {}
        : { encryption: parseEncryption(options.encryption ?? '', 'access.encryption') }),
      ...(options.webhooks === undefined ? {} : { webhooks: options.webhooks }),
      ...(options.admissionPlugins === undefined ? {} : { admissionPlugins: options.admissionPlugins }),
      informers: informersOf(simulation, this.informerViews),
      subscriptions: options.subscriptions,
      componentHealth: () =>
        componentHealth(simulation.moduleNames().filter((name) => !simulation.isStopped(name))),
    })
    const link = simulation.slice<ConnectivityState>('cluster', 'connectivity', () => ({
      apiserverDown: false,
      cut: new Set(),
    }))
    this.connectivity = new Connectivity(link, address)
    const { hub, storage, dependencies } = this.server.context
    const tracker = legacyTokenTracker(
      this.scheme.release.minor,
      () => this.client(APISERVER),
      () => clock.now(),
    )
    if (tracker !== undefined) dependencies.late.legacyTokenUsed = tracker
    const wakeWaiting = (): void => this.#wakeWaiting() // see docs/decisions/garbage.md
    dependencies.late.served = wakeWaiting
    this.addModule(this.supervisor)
    this.addModule(etcdLessor({ store, storage }))
    const { heartbeats } = this.server
    this.addModule(etcdCompactor({ store, hub, heartbeats, oldestNeeded: () => this.#oldestNeeded() }))
  }

  /** Whether components are set up, and machines made, when something happens to them: this is a copy. */
  get isLazy(): boolean {
    return this.#options.subscriptions !== undefined
  }

  /** Returns a client under an identity, for users; it fails like any other while the apiserver is down. */
  client(user: UserInfo, options: InProcessClientOptions = {}): Client {
    return this.server.client(user, options)
  }

  /** Returns what a copy of the cluster need not compile again; undefined if nothing has been compiled. */
  sharedPolicy(): CompiledPolicy | undefined {
    return this.#rbac?.share()
  }

  addModule(module: Module): void {
    this.simulation.add(module, this.simulation.host(module.name))
  }

  /**
   * Adds and starts a component. `identify` returns the identity that the apiserver derives from its
   * certificate; undefined if there is none. Default: its own identity. A component that `isOwn`, and not one
   * of the user, touches nothing but its host: in a copy of a cluster, it is set up when something happens to
   * it, and its steps concern nothing but itself.
   */
  addComponent(component: Component, { identify, isOwn = false }: ComponentOptions = {}): void {
    const { name, subject = isOwn ? name : undefined } = component
    const process = processOf(component)
    const shared = this.#informersOf(process)
    if (process !== undefined) this.#processes.set(name, process.name)
    // made when it is used: in most copies, most components have nothing to do
    const host = (): ClusterComponentHost =>
      this.#hosts.get(name) ?? this.#makeHost(component, shared, { identify, isOwn })
    const doze = component.doze && ((): void => component.doze?.(host()))
    const module = { name, subject, setup: () => component.setup(host()), doze }
    this.simulation.add(module, undefined, isOwn && this.isLazy)
  }

  #makeHost(
    { name, identity }: Component,
    shared: ProcessInformers | undefined,
    { identify, isOwn = false }: ComponentOptions,
  ): ClusterComponentHost {
    const { version, events } = this.#options
    const client = this.server.client(identity, { userAgent: name })
    const host = new (isOwn ? ClusterComponentHost : CheckedComponentHost)(this.simulation, name, client, {
      version,
      connectivity: this.connectivity,
      isUsers: !isOwn,
      identify,
      clientOf: (user) => this.server.client(user, { userAgent: name }),
      shared,
      heartbeats: this.server.heartbeats,
      views: this.informerViews,
      gate: () => this.gate,
      staleRevision: (component) => this.staleReads.get(component),
      delivery: () => this.delivery,
      makeRecorder: (through, owner, source) => (events ? recorder(through, owner, source) : SILENT),
    })
    this.#hosts.set(name, host)
    return host
  }

  /**
   * Sets up what depends on a component that is about to be stopped or disconnected: the component, and those
   * that share its informers.
   */
  #awaken(name: string): void {
    const isShared = [...this.#informers.keys()].some((process) => belongsTo(name, process))
    if (isShared) this.simulation.awakenAll()
    else this.simulation.awaken(name)
  }

  /** Returns the informers of a process, which are created with its first component. */
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
          awakenMembers: (slice) => this.simulation.awakenAll(slice),
          passesOver: () => this.server.context.hub.passesOver,
          views: this.informerViews,
          delivery: () => this.delivery,
        })),
      )
      this.addModule(informers)
    }
    return informers
  }

  /** Makes informers that wait for another try list now: the kind may be theirs. */
  #wakeWaiting(): void {
    for (const { owner, topic, key } of this.simulation.timers.toArray()) {
      if (topic !== SHARED_INFORMER && !topic.startsWith(INFORMER_TOPIC)) continue
      this.simulation.timers.cancel(owner, topic, key)
      this.simulation.wake({ owner, topic, key })
    }
  }

  /** Stops a component like a killed process. */
  stop(name: string): void {
    this.supervisor.forget(name)
    this.#awaken(name)
    this.#hosts.get(name)?.close()
    this.simulation.stop(name)
  }

  start(name: string): void {
    this.supervisor.forget(name)
    this.simulation.start(name)
  }

  /** Handles a process that exits by itself: it will be restarted. */
  onExit(name: string): void {
    this.stop(name)
    this.supervisor.onExit(name)
  }

  /** Removes a component for good. */
  remove(name: string): void {
    this.supervisor.forget(name)
    this.#awaken(name)
    this.#hosts.get(name)?.close()
    this.#hosts.delete(name)
    this.connectivity.repair(name) // a later component of that name starts with an intact network
    this.simulation.remove(name)
  }

  /** Cuts the network between a component and the apiserver; no-op if it is cut already. */
  cut(name: string): void {
    if (this.connectivity.isCut(name)) return
    this.#awaken(name)
    this.connectivity.cut(name)
    this.simulation.quiet.disturb()
    this.#hosts.get(name)?.disconnect()
  }

  /** Restores the network of a component; no-op if it is not cut. */
  repair(name: string): void {
    if (!this.connectivity.isCut(name)) return
    this.#awaken(name)
    this.connectivity.repair(name)
    this.simulation.quiet.disturb()
    this.#hosts.get(name)?.reconnect()
  }

  /**
   * Stops or starts the apiserver; etcd keeps everything. On start it reconciles the default roles. A no-op
   * if nothing changes.
   */
  setApiserverDown(down: boolean): void {
    if (down === this.connectivity.apiserverDown) return
    if (!down) this.#tokens.load()
    if (!down && modesOf(this.#options.authorization).includes('RBAC'))
      reconcilePolicy(this.client(APISERVER, { userAgent: 'kube-apiserver' }), this.scheme.release.minor)
    this.simulation.awakenAll()
    this.connectivity.apiserverDown = down
    this.simulation.quiet.disturb()
    for (const informers of this.#informers.values()) {
      if (down) informers.disconnect()
      else informers.reconnect()
    }
    for (const [name, host] of this.#hostsInOrder()) {
      if (down) host.disconnect()
      else if (!this.simulation.isStopped(name)) host.reconnect()
    }
    this.notifyApiserverState()
  }

  /** Notifies observers of the cluster whether the apiserver listens. */
  notifyApiserverState(): void {
    this.simulation.bus.emit('apiserver', {
      time: this.simulation.clock.now(),
      running: !this.connectivity.apiserverDown,
    })
  }

  /** Returns one name for each stored kind, however many versions it is served in. */
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

  /** See `StateFacet.views`. */
  views({ component, awake = false }: ViewOptions): readonly ComponentView[] {
    if (component !== undefined) {
      this.simulation.awaken(component)
      return this.#hosts.get(component)?.views() ?? []
    }
    if (!awake) this.simulation.awakenAll()
    return this.#hostsInOrder().flatMap(([, host]) => host.views())
  }

  /** Returns the process that a component belongs to and cannot crash without; by default its own name. */
  processOf(component: string): string {
    return this.#processes.get(component) ?? component
  }

  /** Whether a component runs and can reach the apiserver, which accepts its credentials. */
  isConnected(component: string): boolean {
    if (!this.#hosts.has(component)) this.simulation.awaken(component)
    const host = this.#hosts.get(component)
    return host?.connected === true && !this.simulation.isStopped(component)
  }

  /** Returns the hosts in an order that a copy has, too, in which those of kubelets are made on demand. */
  #hostsInOrder(): readonly (readonly [string, ClusterComponentHost])[] {
    return this.simulation.moduleNames().flatMap((name) => {
      const host = this.#hosts.get(name)
      return host === undefined ? [] : [[name, host] as const]
    })
  }

  /** Sets the function that returns when a node joined, in virtual ms; undefined means from the start. */
  setJoinTimes(at: (node: string) => number | undefined): void {
    this.#joined = at
  }

  /** Registers another reader of history besides the components. */
  keepHistory(oldest: () => number | undefined): void {
    this.#neededElsewhere = oldest
  }

  /**
   * Returns the oldest revision that must stay readable: what a disconnected component has seen is needed to
   * rebuild its view in a fork.
   */
  #oldestNeeded(): number | undefined {
    let oldest = this.#neededElsewhere()
    if (this.connectivity.apiserverDown) this.simulation.awakenAll()
    else for (const name of this.connectivity.cutComponents()) this.#awaken(name)
    for (const [name, host] of this.#hosts) {
      if (host.connected || this.simulation.isStopped(name)) continue
      const seen = host.oldestSeen()
      if (seen !== undefined && (oldest === undefined || seen < oldest)) oldest = seen
    }
    return oldest
  }
}

/** What the names of the slices of event recorders begin with; no component may use it for others. */
export const RECORDER_SLICE = '$recorder '

function recorder(client: Client, host: ModuleHost<ClusterEvents>, source: RecorderSource): EventRecorder {
  if (source.instance !== undefined) return seriesRecorder(client, host, source.component, source.instance)
  const state = host.state<RecorderState>(RECORDER_SLICE + source.component, () => new Map())
  return new CorrelatingRecorder({ client, clock: host.clock, source, state })
}

function seriesRecorder(
  client: Client,
  host: ModuleHost<ClusterEvents>,
  controller: string,
  instance: string,
): EventRecorder {
  const state = host.state<SeriesState>(RECORDER_SLICE + controller, () => ({ events: new Map(), made: 0 }))
  const timer = host.handle(`events ${controller}`, () => made.finish())
  const made = new SeriesRecorder({ client, clock: host.clock, controller, instance, state, timer })
  return made
}

/** Whether functions of the user decide about requests; they can decide otherwise at any time. */
function asksOutside({ webhooks, authentication, authorization }: ControlPlaneOptions): boolean {
  return (
    webhooks !== undefined ||
    authentication?.webhook !== undefined ||
    modesOf(authorization).some((mode) => typeof mode === 'object')
  )
}

function disabledIn(scheme: Scheme, disabled: readonly string[] = []): readonly KindDefinition[] {
  if (disabled.length === 0) return []
  const served = scheme.definitions()
  const versions = new Set(served.map(formatApiVersion))
  const unknown = disabled.find((each) => !versions.has(each))
  if (unknown !== undefined) throw unknownName(unknown, [...versions])
  return served.filter((definition) => disabled.includes(formatApiVersion(definition)))
}

/** Returns the informers of a simulation, for the hub. */
function informersOf(simulation: Simulation<ClusterEvents>, views: InformerViews): Informers {
  const move = ({ step, state }: Follower, revision: number): void => {
    const position = simulation.slice<InformerState>(step.owner, state, () => ({
      resourceVersion: undefined,
    }))
    position.value = { resourceVersion: String(revision) }
  }
  return {
    wake: ({ step }) => simulation.wake(step),
    advance: (informer, revision) => {
      if (simulation.ready.waits(informer.step)) return false
      move(informer, revision)
      return true
    },
    passOver: (informer, revision) => {
      move(informer, revision)
      views.passOver(informer.step.owner, informer.state)
    },
  }
}
