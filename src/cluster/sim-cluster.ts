import { synchronous } from '../lang/synchronous.js'
import { defaultObjects } from './compose/default-objects.js'
import type { Pod, Service } from '../api/core/generated.js'
import type { KubeObject } from '../api/kind/definition.js'
import { parseManifests } from '../api/manifests.js'
import { bootstrap } from '../apiserver/bootstrap.js'
import { ConnectionError, isApiError } from '../client/api-error.js'
import { NotFoundError, notFound } from '../client/not-found.js'
import type { UserClient } from '../client/client.js'
import type { ClusterEvents } from '../client/cluster-events.js'
import type { BuiltInName } from '../client/resources.js'
import type { EtcdStore } from '../etcd/store.js'
import type { Pki } from '../pki/index.js'
import type { SchedulingExplanation } from '../scheduler/explain.js'
import { type Duration, toMillis } from '../sim/duration.js'
import { HASH_SEED, hashNumber } from '../sim/data/hash.js'
import { modesOf } from './access/authorization-modes.js'
import { type AccessVerdict, type CanOptions, canAccess } from './access/can.js'
import { type Identity, userOf } from './access/identities.js'
import { checkArguments, throwAtCaller } from './at-caller.js'
import { ApiserverHandle, ComponentHandle } from './compose/process-handles.js'
import { belongsTo, processesAnd } from './compose/components.js'
import { assemble, userClient } from './compose/assemble.js'
import { checkCopyOptions, checkOptions } from './compose/check-options.js'
import { mergeOptions } from './compose/merge-options.js'
import { type CurrentParts, Internals } from './compose/internals.js'
import type { ClusterOptions, NodeOptions, RestoreOptions } from './compose/options.js'
import { withPreset } from './compose/presets.js'
import { waitingInformers } from './compose/waiting-informers.js'
import { VersionsFacet } from './compose/versions-facet.js'
import { logText } from './diagnosis/journal.js'
import { refusalOf } from './diagnosis/made-again.js'
import { unheard } from './diagnosis/unheard.js'
import { storyOf } from './diagnosis/story.js'
import { dumpOf } from './diagnosis/dump.js'
import { summarize } from './diagnosis/summary.js'
import type { Lack } from './diagnosis/shortfall.js'
import { type DiagnosisContext, whyNot } from './diagnosis/why.js'
import { viewOfEvents } from '../view/events.js'
import { toSvg } from '../view/picture.js'
import { timelineText } from '../view/timeline.js'
import { viewOf } from '../view/view-of.js'
import { clusterInputs, originInputs } from './inputs/methods.js'
import { NamespaceScope } from './namespace-scope.js'
import { NetworkFacet } from './network/network-facet.js'
import type { ClusterMetrics } from './nodes/cluster-metrics.js'
import { NodeHandle } from './nodes/node-handle.js'
import { meantImage } from './nodes/meant-image.js'
import { explainFlow, type FlowOptions, type RequestFlow } from './access/flow.js'
import { explainPlacement } from './nodes/placement.js'
import type { LanguageOptions } from '../lang/text/phrases.js'
import { type NameOf, type NamespacedName, keyOfName } from './object-name.js'
import { resourceNamed, servedNames } from './resource-name.js'
import { type EtcdImportOptions, importEtcdSnapshot, importEtcdStore } from './storage/etcd-import.js'
import { type ImportedObjects, importObjects, objectsIn } from './storage/objects-import.js'
import { type ClusterSnapshotJson, ClusterSnapshot } from './storage/snapshot.js'
import { judged, TimeoutError } from './timeout-error.js'
import { StateFacet } from './storage/state-facet.js'
import { HttpFacet } from './streams/http-facet.js'

type CopyObserver = (copy: SimCluster) => void

/** Those of the cluster that a snapshot was taken of, if it has any. */
const copyObservers = new WeakMap<ClusterSnapshot, readonly CopyObserver[]>()

/**
 * A Kubernetes cluster in memory. It is ready when the constructor returns: its nodes are Ready, its
 * namespaces exist. It is synchronous; time is virtual and moves only through {@link settle}, {@link
 * advance}, {@link until} and kubectl commands that wait. Equal options and equal calls give equal clusters,
 * byte for byte.
 *
 * ```ts
 * const cluster = new SimCluster({ nodes: 3, seed: 7 })
 * cluster.apply(manifest)
 * cluster.settle()
 * cluster.node('node-2').crash()
 * cluster.advance('7m')
 * ```
 *
 * Objects without a namespace are in `default`, and {@link list} without one lists all namespaces; {@link in}
 * gives the same methods for another namespace. They act as a cluster administrator; {@link as} gives a
 * client under another identity.
 */
export class SimCluster extends NamespaceScope {
  readonly #held: CurrentParts
  /** The apiserver's process: stop, start. */
  readonly apiserver: ApiserverHandle
  /** The apiserver's HTTP interface in process: `fetch`, raw requests, authentication. */
  readonly http: HttpFacet
  /** Plumbing for extensions: etcd, the event bus, options. */
  readonly internals: Internals
  /** Connections and DNS: `cluster.network.connect({ from: 'web', to: 'db', port: 6379 })`. */
  readonly network: NetworkFacet
  /** Versions of the components, version skew, feature gates. */
  readonly versions: VersionsFacet
  /** The state without requests: trace hash, stored objects, informer caches. */
  readonly state: StateFacet
  #copyObservers: readonly CopyObserver[] = []

  static {
    throwAtCaller(this.prototype, clusterInputs)
    checkArguments(this, originInputs)
    const print = function (this: SimCluster): string {
      return this.summary()
    }
    Object.defineProperty(this.prototype, Symbol.for('nodejs.util.inspect.custom'), { value: print })
  }

  /** @throws InputError if an option is unknown or has an invalid value */
  constructor(options?: ClusterOptions)
  /** @internal A cluster in the state of a snapshot: what {@link restore} calls. */
  constructor(options: ClusterOptions, given: ClusterSnapshot)
  constructor(options: ClusterOptions = {}, given?: ClusterSnapshot) {
    // those of a cluster have been checked when it was made
    if (given?.subscriptions === undefined) checkOptions(options)
    const full = withPreset(options)
    const held: CurrentParts = { current: assemble(full, given ?? populated(full)) }
    super(
      {
        client: () => held.current.client,
        kubectl: () => held.current.kubectlEnvironment,
        until: (predicate, timeout) => held.current.simulation.until(predicate, { timeout }),
      },
      'default',
      undefined,
    )
    this.#held = held
    const parts = (): CurrentParts['current'] => held.current
    this.apiserver = new ApiserverHandle(parts)
    this.http = new HttpFacet(parts)
    this.internals = new Internals(held)
    this.network = new NetworkFacet(parts)
    this.versions = new VersionsFacet(parts)
    this.state = new StateFacet(parts)
  }

  /** Kubernetes minor that the cluster behaves and prints as: `v1.35`. */
  get version(): string {
    return this.#parts.version
  }

  /** The administrator's client. It is exact: a namespaced object needs its namespace. */
  get client(): UserClient {
    return this.#parts.client
  }

  /** Usage of pods and custom metrics: set them for autoscalers and `kubectl top`. */
  get metrics(): ClusterMetrics {
    return this.#parts.metrics
  }

  /**
   * Certificates, keys and kubeconfig files, as kubeadm and the kubelets leave them. Made when first read.
   */
  get pki(): Pki {
    return this.#parts.plane.pki
  }

  /** Virtual time, milliseconds since the epoch. */
  now(): number {
    return this.#parts.simulation.clock.now()
  }

  /**
   * Runs until no work is pending. Time moves as far as that needs; lease renewals, tolerations and
   * crash-loop back-offs are not waited for.
   * @throws LivelockError if the cluster does not come to rest
   */
  settle(): this {
    this.#parts.simulation.settle()
    return this
  }

  /** Moves time by exactly `duration` (`'5m'`, or milliseconds) and runs everything that comes due. */
  advance(duration: Duration): this {
    this.#parts.simulation.advance(duration)
    return this
  }

  /**
   * Moves time until `predicate` holds. Returns true, so that it can be asserted.
   * @param options `timeout`: the longest virtual time to wait, by default 1h
   * @example cluster.until((cluster) => cluster.node('node-1').ready, { timeout: '5m' })
   * @throws TimeoutError if it does not hold by then, with the work that is pending and what is not as wanted
   * @throws InputError if the predicate returns anything but true or false
   */
  until(predicate: (cluster: this) => boolean, options: { readonly timeout?: Duration } = {}): true {
    const { timeout = '1h' } = options
    const { simulation } = this.#parts
    if (simulation.until(() => judged(predicate(this)), { timeout })) return true
    throw new TimeoutError({
      timeout,
      predicate: String(predicate),
      pending: simulation.pending(),
      now: simulation.clock.now(),
      summary: this.summary(),
    })
  }

  /** Runs one handler of one component without moving time. Returns whether there was one to run. */
  step(): boolean {
    return this.#parts.simulation.step()
  }

  /** A client under another identity: `cluster.as({ user: 'jane', groups: ['dev'] }).list('pods')`. */
  as(identity: Identity): UserClient {
    const { plane } = this.#parts
    const user = userOf(identity)
    return userClient(plane, user.name, plane.client(user))
  }

  /**
   * Returns whether a user may do something, and why: `can({ user: 'jane' }, 'list', 'pods', { namespace:
   * 'office' })`, `can(jane, 'get', '/healthz')`.
   * @throws ApiError 404 if the resource is not served
   */
  can(identity: Identity, verb: string, what: string, options?: CanOptions): AccessVerdict {
    const { plane } = this.#parts
    const modes = modesOf(this.internals.options.access?.authorization ?? 'RBAC')
    const parts = { server: plane.server, stored: this.state.peek.bind(this.state), modes }
    return canAccess(parts, identity, verb, what, options)
  }

  /**
   * Returns how API priority and fairness treats a request: its FlowSchema, priority level, queues and seats:
   * `cluster.explainFlow({ user: 'jane' }, 'list', 'pods', { limit: 500 }).priorityLevel`. Requests take no
   * virtual time, so that none ever waits.
   * @throws ApiError 404 if the resource is not served, 400 before v1.26
   */
  explainFlow(identity: Identity, verb: string, what: string, options?: FlowOptions): RequestFlow {
    return explainFlow(this.#parts.plane.server, identity, verb, what, options)
  }

  /**
   * Explains what the scheduler would do with a pod now, with its profile and the current cluster: each
   * node's rejection, or each plugin's score for it. The node of an assigned pod is ignored. A pod that does
   * not exist yet can be passed as returned by a dry run: `cluster.explainScheduling(cluster.create('pods',
   * pod, { dryRun: true }))`.
   * @throws ApiError if the pod does not exist
   * @throws InputError if another scheduler is responsible for the pod
   */
  explainScheduling(pod: NamespacedName | Pod): SchedulingExplanation {
    const object =
      typeof pod !== 'string' && 'spec' in pod ? pod : this.client.get('pods', keyOfName(pod, this.namespace))
    return explainPlacement(
      {
        resources: this.state.resources(),
        stored: this.state.peek.bind(this.state),
        version: this.version,
        scheduler: this.internals.options.scheduler,
      },
      object,
    )
  }

  /**
   * Returns why an object is not as wanted, as indented lines: what it lacks, its conditions, warnings about
   * it, the scheduler's verdict, containers with their exit codes and last words, claims, nodes, stopped
   * components, and the same of the objects that it owns or serves. Returns '' if it lacks nothing:
   * `console.log(cluster.why('deployments', 'web'))`. Sentences are in the language `lang`; reasons and
   * messages of Kubernetes stay as they are.
   * @throws ApiError if the object does not exist
   */
  why<R extends BuiltInName>(resource: R, name: NameOf<R>, { lang }: LanguageOptions = {}): string {
    const object = this.get(resource, name)
    return whyNot(resourceNamed(this.#parts.plane.scheme, resource), object, this.#diagnosis(), lang)
  }

  /**
   * Returns what a person wants to see after a failure, as texts by file name: a summary, why things are not
   * as wanted, objects by resource as YAML, events as a table and in order of time, the log of each
   * container, and a picture. `why.txt` and the picture are in the language `lang`.
   */
  dump({ lang }: LanguageOptions = {}): Readonly<Record<string, string>> {
    const diagnosis = this.#diagnosis()
    return dumpOf({
      summary: this.summary(),
      resources: this.state.resources(),
      stored: diagnosis.stored,
      why: (resource, object) => whyNot(resource, object, diagnosis, lang),
      log: (pod, container) => this.#log(pod, container),
      events: this.kubectl('get events --all-namespaces --sort-by=.metadata.creationTimestamp').stdout,
      timeline: timelineText(viewOfEvents(this)),
      story: this.story(),
      components: this.#parts.journal.logs(),
      picture: toSvg(viewOf(this), lang === undefined ? {} : { lang }),
      lang,
    })
  }

  /**
   * Tells what has happened in one time line: events, changes of conditions, logs of components and of
   * containers. `since` is how far back it goes, by default as far as the cluster remembers.
   * @example console.log(cluster.story({ since: '10m' }))
   */
  story(options: { readonly since?: Duration } = {}): string {
    const { since } = options
    const now = this.now()
    const diagnosis = this.#diagnosis()
    return storyOf({
      since: since === undefined ? 0 : now - toMillis(since),
      now,
      events: viewOfEvents(this),
      logs: this.#parts.journal.logs(),
      resources: this.state.resources(),
      stored: diagnosis.stored,
      containers: () =>
        (diagnosis.stored('pods') as readonly Pod[]).flatMap((pod) =>
          pod.spec.containers.map((container) => ({
            name: `${pod.metadata.namespace ?? ''}/${pod.metadata.name ?? ''}/${container.name}`,
            text: this.#log(pod, container.name, true),
          })),
        ),
    })
  }

  /**
   * Returns the cluster in a few lines: time, seed, nodes, pods by phase, and what is not as wanted.
   * `console.log(cluster)` prints them.
   */
  summary(): string {
    return summarize({
      version: this.version,
      now: this.now(),
      seed: this.internals.options.seed ?? 1,
      stored: (resource) => this.state.peek(resource),
      resources: this.state.resources(),
      stopped: this.#stopped(),
      refusals: this.#parts.journal.refusals(),
      unheard: (resource, object) => this.#unheard(resource, object),
      meantImage: this.#meantImage,
      refusal: this.#refusal(),
      served: () => servedNames(this.#parts.plane.scheme),
      waiting: waitingInformers(this.#parts.simulation.timers.toArray()),
    })
  }

  /**
   * Returns a node: `cluster.node('node-2').crash()`.
   * @throws NotFoundError if there is no such node
   */
  node(name: string): NodeHandle {
    return new NodeHandle(name, { parts: () => this.#parts, kubectl: (words) => this.kubectl(words) })
  }

  /** Returns all nodes that have a machine. */
  nodes(): readonly NodeHandle[] {
    return this.#parts.machines.names().map((name) => this.node(name))
  }

  /** Adds a machine; its Node exists after the next {@link settle}. */
  addNode(node: NodeOptions): NodeHandle {
    this.#parts.machines.add(node)
    return this.node(node.name)
  }

  /**
   * Returns a component: `kube-controller-manager/deployment-controller`, `kube-scheduler`.
   * @throws NotFoundError if no component has that name
   */
  component(name: string): ComponentHandle {
    const names = this.#parts.plane.simulation.moduleNames()
    if (names.includes(name)) return this.#handleOf([name])
    if (!names.some((each) => belongsTo(each, name))) throw notFound('component', name, { known: names })
    throw new NotFoundError(`${name} is a process of several components; write cluster.process('${name}')`, {
      name,
      kind: 'component',
    })
  }

  /**
   * Returns a process with all its components, which stop and start together: `kube-controller-manager`,
   * `kube-scheduler`, `kubelet/node-1`.
   * @throws NotFoundError if no component belongs to a process of that name
   */
  process(name: string): ComponentHandle {
    const all = this.#parts.plane.simulation.moduleNames()
    const names = all.filter((each) => belongsTo(each, name))
    if (names.length === 0) throw notFound('process', name, { known: processesAnd(all) })
    return this.#handleOf(names)
  }

  #handleOf(names: readonly string[]): ComponentHandle {
    const { plane, machines } = this.#parts
    return new ComponentHandle(
      names,
      plane,
      (component) => machines.network.onComponentChange(component),
      (some) => this.#parts.journal.logsOf(some).map(logText).join('\n'),
    )
  }

  /** Subscribes to what happens in the cluster. Returns a function that unsubscribes. */
  on<Name extends keyof ClusterEvents>(
    name: Name,
    listener: (event: ClusterEvents[Name]) => void,
  ): () => void {
    const called = (event: ClusterEvents[Name]): void =>
      void synchronous<unknown>(listener(event), `on('${name}'): the listener`)
    return this.internals.bus.on(name, called)
  }

  /**
   * Calls `observe` with each copy of this cluster from now on: forks, clusters restored from its snapshots,
   * and one rewound to them. For extensions that listen to a cluster and to its copies; a cluster read from
   * JSON has no observers.
   */
  onCopy(observe: (copy: SimCluster) => void): void {
    this.#copyObservers = [...this.#copyObservers, observe]
  }

  /** Returns the whole state as a value. */
  snapshot(): ClusterSnapshot {
    return this.#snapshot(false)
  }

  #snapshot(withViews: boolean): ClusterSnapshot {
    const { options, version, simulation, store, plane } = this.#parts
    const { hub } = plane.server.context
    const state = simulation.state()
    const snapshot = new ClusterSnapshot({ ...options, version }, state, store.fork(), {
      subscriptions: hub.share(),
      policy: plane.sharedPolicy(),
      quiet: simulation.quietMemory(),
      views: withViews ? plane.informerViews.share(state.slices) : undefined,
    })
    if (this.#copyObservers.length > 0) copyObservers.set(snapshot, this.#copyObservers)
    return snapshot
  }

  /**
   * Returns an independent cluster in the same state and with the same future; neither affects the other.
   * `options` override those of the original, as in {@link restore}.
   */
  fork(options: RestoreOptions = {}): SimCluster {
    // not in every snapshot: they can be many, and an informer that moves on copies what one holds
    checkCopyOptions('fork', options)
    return SimCluster.#copy(this.#snapshot(true), options)
  }

  /**
   * Replaces the state of this cluster with a snapshot, of this cluster or of another. Subscriptions to the
   * bus stay, and get the event `rewind`. Clients, components and watches obtained before refer to the old
   * state. `options` as in {@link restore}.
   */
  rewind(snapshot: ClusterSnapshot, options: RestoreOptions = {}): this {
    checkCopyOptions('rewind', options)
    const next = mergeOptions(snapshot.options, options)
    this.#parts.journal.close()
    this.#held.current = assemble(next, snapshot, this.#parts.simulation)
    this.#reseed(options.seed)
    for (const observe of copyObservers.get(snapshot) ?? [])
      synchronous<unknown>(observe(this), 'onCopy(): the function')
    this.#parts.plane.notifyApiserverState()
    this.internals.bus.emit('rewind', { time: this.now() })
    return this
  }

  /**
   * Creates a cluster from a snapshot. `options` override those of the original: another `interleaving`
   * replays the same state in another order, another `seed` draws other numbers from here on. After {@link
   * fromJSON}, custom components and scheduler plugins have to be passed again, since they are not data.
   */
  static restore(snapshot: ClusterSnapshot, options: RestoreOptions = {}): SimCluster {
    checkCopyOptions('restore', options)
    return SimCluster.#copy(snapshot, options)
  }

  static #copy(snapshot: ClusterSnapshot, options: RestoreOptions): SimCluster {
    const cluster = new SimCluster(mergeOptions(snapshot.options, options), snapshot)
    cluster.#reseed(options.seed)
    for (const observe of copyObservers.get(snapshot) ?? [])
      synchronous<unknown>(observe(cluster), 'onCopy(): the function')
    return cluster
  }

  /** Returns the whole state as plain JSON, for {@link fromJSON}. */
  toJSON(): ClusterSnapshotJson {
    return this.snapshot().toJSON()
  }

  /**
   * Creates a cluster from {@link toJSON}; see {@link restore}.
   * @throws InputError if the JSON has another format
   */
  static fromJSON(json: ClusterSnapshotJson, options: RestoreOptions = {}): SimCluster {
    return SimCluster.restore(ClusterSnapshot.fromJSON(json), options)
  }

  /**
   * Creates a cluster from a snapshot of etcd (`etcdctl snapshot save`, {@link EtcdStore.snapshot}), of a
   * simulator or of a real cluster, with every object, the retained history and leases. Nodes get machines
   * whose pods keep running; everything that etcd does not store (disks, memory, network) is new. Values that
   * cannot be read stay in etcd unchanged, see `cluster.state.unreadable()`.
   * @throws SnapshotError if the file is corrupt, truncated or not etcd's
   */
  static fromEtcdSnapshot(file: Uint8Array, options: EtcdImportOptions = {}): SimCluster {
    return SimCluster.#onStored(importEtcdSnapshot(file, options))
  }

  /** Like {@link fromEtcdSnapshot}, from a store, which is copied. */
  static fromEtcdStore(store: EtcdStore, options: Omit<EtcdImportOptions, 'skipHashCheck'> = {}): SimCluster {
    return SimCluster.#onStored(importEtcdStore(store, options))
  }

  /**
   * Like {@link fromEtcdSnapshot}, from the objects themselves: the text of `kubectl get -A -o yaml` or
   * `-o json`, a List, objects, or several of these. Uids and statuses stay. What a control plane brings
   * itself and is not among them is created: bootstrap roles, system namespaces, priority classes, and the
   * namespace and default service account of each object. `cluster.state.missingReferences()` names what
   * else they refer to that was not given; `summary()` prints it.
   *
   * Objects of custom kinds need their CustomResourceDefinition among the others.
   * @example
   * SimCluster.fromObjects(readFileSync('cluster.yaml', 'utf8'))
   * @throws InputError for a kind that is not served, or a text that is not YAML or JSON
   */
  static fromObjects(
    objects: ImportedObjects,
    options: Omit<EtcdImportOptions, 'skipHashCheck'> = {},
  ): SimCluster {
    checkOptions(options)
    const given = objectsIn(objects)
    const namespaces = new Set(given.flatMap(({ metadata }) => metadata.namespace ?? []))
    return SimCluster.#onStored(importObjects(given, options), [...namespaces])
  }

  /**
   * Starts like an apiserver on a populated etcd, with machines that have been running. With `namespaces`,
   * the etcd may lack what a control plane creates.
   */
  static #onStored(snapshot: ClusterSnapshot, namespaces?: readonly string[]): SimCluster {
    const cluster = new SimCluster(snapshot.options, snapshot)
    const { plane, machines, simulation } = cluster.#parts
    const components = simulation.moduleNames().map((name) => ({ name }))
    bootstrap(plane.server, {
      serviceAccounts: namespaces !== undefined,
      ...(namespaces === undefined
        ? {}
        : { namespaces, objects: defaultObjects(components, plane.scheme, simulation.clock.now()) }),
    })
    const { storage, resources } = plane.server.context
    const pods = resources.get('pods')
    const range = { from: pods.prefix, to: `${pods.prefix.slice(0, -1)}0` }
    machines.adopt(storage.lenient().list(range) as readonly Pod[])
    return cluster
  }

  #stopped(): readonly string[] {
    const { simulation } = this.#parts
    const names = simulation.moduleNames().filter((name) => simulation.isStopped(name))
    return this.apiserver.running ? names : ['kube-apiserver', ...names]
  }

  readonly #meantImage = (image: string): string | undefined => {
    return meantImage(this.#parts.machines, image)
  }

  #diagnosis(): DiagnosisContext {
    return {
      meantImage: this.#meantImage,
      stored: (resource) => (this.state.resources().includes(resource) ? this.state.peek(resource) : []),
      explain: (pod) => this.explainScheduling(pod),
      lastWords: (pod, container) => this.#log(pod, container).trimEnd().split('\n').at(-1) ?? '',
      stopped: this.#stopped(),
      unheard: (resource, object) => this.#unheard(resource, object),
      refusal: this.#refusal(),
    }
  }

  /** Returns what tells why a pod would be refused. All are tried in one copy, which no dry run changes. */
  #refusal(): DiagnosisContext['refusal'] {
    let copy: SimCluster | undefined
    return (pod) => refusalOf(pod, () => (copy ??= this.fork()).client)
  }

  #unheard(resource: string, object: KubeObject): Lack | undefined {
    if (resource !== 'services') return undefined
    const { machines } = this.#parts
    return unheard(object as Service, this.state.peek('endpointslices'), (node, pod, port, protocol) =>
      machines.network.listens(node, pod, port, protocol),
    )
  }

  #log(pod: Pod, container: string, timestamps = false): string {
    try {
      const { namespace = '', name = '' } = pod.metadata
      return this.logs({ namespace, name }, { container, timestamps })
    } catch (error) {
      if (isApiError(error) || error instanceof ConnectionError) return ''
      throw error
    }
  }

  /** Mixes in the revision, so that the original's seed does not draw the original's uids once more. */
  #reseed(seed: number | undefined): void {
    if (seed === undefined) return
    const { simulation, store } = this.#parts
    simulation.reseed(hashNumber(hashNumber(HASH_SEED, seed), store.revision))
  }

  get #parts(): CurrentParts['current'] {
    return this.#held.current
  }
}

/** The state in which the option `manifests` has been applied, without custom components; or none. */
function populated({ manifests, ...options }: ClusterOptions): ClusterSnapshot | undefined {
  if (manifests === undefined) return undefined
  const cluster = new SimCluster({ ...options, components: [] })
  cluster.apply(parseManifests(manifests))
  return cluster.settle().snapshot()
}
