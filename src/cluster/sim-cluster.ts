import type { Status } from '../client/api-error.js'
import type { Pod } from '../api/core/generated.js'
import type { Draft } from '../api/draft.js'
import type { FeatureGate } from '../api/feature-gates.js'
import { featureGates } from '../api/feature-gates.js'
import { bootstrap } from '../apiserver/bootstrap.js'
import type {
  Client,
  Creatable,
  DeleteOptions,
  ListOptions,
  ObjectKey,
  ObjectList,
  Patch,
  WatchEvent,
  WriteOptions,
} from '../client/client.js'
import type { ClusterEvents } from '../client/cluster-events.js'
import type { ObjectOf, ResourceName } from '../client/resources.js'
import { handleHttp, handleStreaming } from '../apiserver/http.js'
import type { AuthenticationVerdict } from '../apiserver/authentication/authenticator.js'
import type { ProtobufDecoder } from '../api/protobuf/protobuf-decoder.js'
import type { HttpCodecs } from '../apiserver/http/body.js'
import type { HttpStream } from '../client/http.js'
import type { HttpRequest, HttpResponse, HttpWatch } from '../client/http.js'
import { shownBy } from '../apiserver/http/sender.js'
import type { EtcdStore } from '../etcd/store.js'
import { applyObjects, createKubectl, kubectlWatch } from '../kubectl/index.js'
import type { Applied, KubectlEnvironment, KubectlOptions, KubectlResult } from '../kubectl/index.js'
import type { ConnectOptions, Connection, DnsReply, From, RecordType } from '../network/index.js'
import type { EffectiveSecurity } from '../kubelet/index.js'
import type { Explanation } from '../scheduler/explain.js'
import type { Duration } from '../sim/duration.js'
import type { EventBus } from '../sim/event-bus.js'
import type { Slice } from '../sim/topic.js'
import type { Simulation } from '../sim/simulation.js'
import type { ClusterParts } from './compose/assemble.js'
import { assemble, userClient } from './compose/assemble.js'
import type { AccessVerdict, CanOptions } from './access/can.js'
import { modesOf } from './access/authorization-modes.js'
import { canAccess } from './access/can.js'
import { checkOptions } from './compose/check-options.js'
import { ComponentHandle } from './compose/component-handle.js'
import type { ComponentView } from './compose/component-host.js'
import type { ControlPlane } from './compose/control-plane.js'
import type { FetchOptions } from './streams/fetch.js'
import { fetchFrom } from './streams/fetch.js'
import type { Identity } from './access/identities.js'
import { ADMIN, userOf } from './access/identities.js'
import { editObject } from './edit.js'
import type { EtcdImportOptions } from './storage/etcd-import.js'
import { importEtcdSnapshot, importEtcdStore } from './storage/etcd-import.js'
import type { ExecOptions, ExecResult, LogOptions, PodName } from './streams/pod-streams.js'
import { execInPod, logsOfPod, podKey } from './streams/pod-streams.js'
import { explainPlacement } from './nodes/placement.js'
import type { Machines } from './nodes/machines.js'
import type { ClusterMetrics } from './nodes/cluster-metrics.js'
import type { Manifests } from './manifests.js'
import { parseManifests } from './manifests.js'
import type { Pki } from '../pki/index.js'
import { NodeHandle } from './nodes/node-handle.js'
import type { ClusterOptions, NodeOptions, RestoreOptions } from './compose/options.js'
import type { ClusterSnapshotJson } from './storage/snapshot.js'
import { ClusterSnapshot } from './storage/snapshot.js'
import { securityOfPod } from './nodes/security.js'
import type { UnreadableValue } from './storage/unreadable.js'
import { unreadableValues } from './storage/unreadable.js'
import type { ComponentVersion, SkewFault } from './compose/version-skew.js'
import { componentVersions, versionSkew } from './compose/version-skew.js'
import { iterateWatch } from './streams/watch-iterator.js'

/**
 * A Kubernetes cluster in memory, ready for use when the constructor returns: its nodes are Ready, its
 * namespaces are there. Synchronous; time is virtual and moves only through {@link settle}, {@link advance},
 * {@link until} and kubectl commands that wait. Equal options and equal calls give equal clusters, byte for
 * byte.
 *
 * ```ts
 * const cluster = new SimCluster({ nodes: 3, seed: 7 })
 * cluster.apply(manifest)
 * cluster.settle()
 * cluster.node('node-2').crash()
 * cluster.advance('7m')
 * ```
 *
 * The methods that read and write objects throw ApiError (a Kubernetes Status) when the apiserver refuses,
 * and act as a cluster administrator; {@link as} gives a client under another identity.
 */
export class SimCluster {
  #parts: ClusterParts

  /**
   * A new cluster; `given` is what {@link restore} uses.
   * @throws RangeError when an option makes no sense (unknown version, component or number of nodes).
   */
  constructor(options: ClusterOptions = {}, given?: ClusterSnapshot) {
    checkOptions(options)
    this.#parts = assemble(options, given)
  }

  /** Kubernetes minor that it behaves and prints as. */
  get version(): string {
    return this.#parts.version
  }

  /** Administrator's client. */
  get client(): Client {
    return this.#parts.client
  }

  /** What pods use, and custom metrics: to be set, for autoscalers and `kubectl top`. */
  get metrics(): ClusterMetrics {
    return this.#parts.metrics
  }

  get #simulation(): Simulation<ClusterEvents> {
    return this.#parts.simulation
  }

  get #store(): EtcdStore {
    return this.#parts.store
  }

  get #plane(): ControlPlane {
    return this.#parts.plane
  }

  get #machines(): Machines {
    return this.#parts.machines
  }

  get #kubectlEnvironment(): KubectlEnvironment {
    return this.#parts.kubectlEnvironment
  }

  /** What it was made with. */
  get options(): ClusterOptions {
    return this.#parts.options
  }

  /** Virtual time, milliseconds since the epoch. */
  now(): number {
    return this.#simulation.clock.now()
  }

  /**
   * Runs until nothing is in flight; time moves as far as that needs. Lease renewals, tolerations and
   * crash-loop back-offs are not waited for.
   * @throws LivelockError when it does not come to rest.
   */
  settle(): this {
    this.#simulation.settle()
    return this
  }

  /** Moves time by exactly `duration` (`'5m'`, or milliseconds); everything that falls due happens. */
  advance(duration: Duration): this {
    this.#simulation.advance(duration)
    return this
  }

  /** Moves time until `predicate` holds, or `timeout` (default 1h) has passed; answers whether it holds. */
  until(predicate: (cluster: this) => boolean, options: { readonly timeout?: Duration } = {}): boolean {
    return this.#simulation.until(() => predicate(this), options)
  }

  /** Runs one handler of one component, without moving time; answers whether there was anything to run. */
  step(): boolean {
    return this.#simulation.step()
  }

  /** Calls `check` after every handler call; the answer ends that. For invariants and recorders. */
  onStep(check: () => void): () => void {
    return this.#simulation.onStep(check)
  }

  get<R extends ResourceName>(resource: R, key: ObjectKey): ObjectOf<R> {
    return this.client.get(resource, key)
  }

  list<R extends ResourceName>(resource: R, options?: ListOptions): ObjectList<ObjectOf<R>> {
    return this.client.list(resource, options)
  }

  create<R extends ResourceName>(
    resource: R,
    object: Creatable<ObjectOf<R>>,
    options?: WriteOptions,
  ): ObjectOf<R> {
    return this.client.create(resource, object, options)
  }

  update<R extends ResourceName>(resource: R, object: ObjectOf<R>, options?: WriteOptions): ObjectOf<R> {
    return this.client.update(resource, object, options)
  }

  patch<R extends ResourceName>(
    resource: R,
    key: ObjectKey,
    patch: Patch,
    options?: WriteOptions,
  ): ObjectOf<R> {
    return this.client.patch(resource, key, patch, options)
  }

  /**
   * Reads an object, lets `recipe` change a draft of it (immer), and writes it back; once more if someone
   * else was faster. `cluster.edit('deployments', { namespace, name }, (draft) => { draft.spec.replicas = 5
   * })`
   */
  edit<R extends ResourceName>(
    resource: R,
    key: ObjectKey,
    recipe: (draft: Draft<ObjectOf<R>>) => void,
  ): ObjectOf<R> {
    return editObject(this.client, resource, key, recipe)
  }

  delete<R extends ResourceName>(resource: R, key: ObjectKey, options?: DeleteOptions): ObjectOf<R> | Status {
    return this.client.delete(resource, key, options)
  }

  /** Watches a resource: `for await (const event of cluster.watch('pods'))`. Ends when the loop is left. */
  watch<R extends ResourceName>(
    resource: R,
    options?: ListOptions,
  ): AsyncGenerator<WatchEvent<ObjectOf<R>>, void, undefined> {
    return iterateWatch(this.client.watch(resource, options))
  }

  /** `kubectl apply` of manifests: YAML or JSON text, or objects. What is passed in is not changed. */
  apply(manifests: Manifests): readonly Applied[] {
    return applyObjects(this.#kubectlEnvironment, parseManifests(manifests))
  }

  /**
   * Runs a kubectl command line. Commands that wait move time. Never throws for what kubectl would report as
   * an error.
   */
  kubectl(command: string | readonly string[], options: KubectlOptions = {}): KubectlResult {
    return createKubectl(this.#kubectlEnvironment)(command, options)
  }

  /** `kubectl get ... -w`: what it prints, line by line, as time is moved elsewhere. */
  kubectlWatch(command: string | readonly string[], options: KubectlOptions = {}): AsyncIterable<string> {
    return kubectlWatch(this.#kubectlEnvironment, command, options)
  }

  /**
   * Answers one HTTP request as the apiserver does, synchronously: what HTTPS, `fetch` and tests stand on.
   * Without `user` and without credentials in the headers it comes from `system:anonymous`. A watch is
   * answered with something to pull from. Without the codec for them protobuf bodies are answered with 415.
   */
  handle(request: HttpRequest, codecs: HttpCodecs = {}): HttpResponse | HttpWatch {
    return handleHttp(this.#plane.server, request, codecs)
  }

  /**
   * Answers a request as the standard `fetch` does, in process: `await (await
   * cluster.fetch('/api/v1/nodes')).json()`. A path may stand for the URL; the host is not looked at. It
   * comes from the administrator, unless `as` or an `authorization` header says otherwise.
   */
  fetch(input: Request | URL | string, options?: FetchOptions): Promise<Response> {
    return fetchFrom(
      {
        handle: (request, codecs) => this.handle(request, codecs),
        now: () => this.now(),
        onStep: (check) => this.onStep(check),
        connect: () => this.#plane.connectivity.check(ADMIN.name),
      },
      input,
      options,
    )
  }

  /** As {@link handle}, for servers that can stream a pod's log and upgrade connections. */
  handleStreaming(request: HttpRequest, codecs: HttpCodecs = {}): HttpResponse | HttpStream | HttpWatch {
    return handleStreaming(this.#plane.server, request, codecs)
  }

  /**
   * Runs a command in a container, as `kubectl exec` does, and moves time until it ends: `cluster.exec('web',
   * ['cat', '/etc/hostname'])`, or a line for its shell: `cluster.exec('office/web', 'ls /data | wc -l')`.
   * @throws ApiError when there is no such pod or container.
   */
  exec(pod: PodName, command: string | readonly string[], options: ExecOptions = {}): ExecResult {
    return execInPod(
      this.client,
      (ended) => this.#simulation.until(ended, { timeout: options.timeout ?? '1h' }),
      pod,
      command,
      options,
    )
  }

  /**
   * What a container has written so far, as `kubectl logs` prints it. @throws ApiError when there is no log.
   */
  logs(pod: PodName, options: LogOptions = {}): string {
    return logsOfPod(this.client, pod, options)
  }

  /**
   * What each container of a pod runs with (user, groups, capabilities, profiles, ...), with the rule that
   * decided each setting.
   * @throws ApiError when there is no such pod.
   */
  security(pod: PodName): readonly EffectiveSecurity[] {
    return securityOfPod(this.client, this.#machines, pod)
  }

  /**
   * What the scheduler would make of a pod now, with its profile and all that is in the cluster: each node's
   * refusal, or each plugin's score for it. A pod that has a node is looked at as if it had none; one that is
   * not there yet can be given whole, as a dry run answers it: `cluster.explain(cluster.client.create('pods',
   * pod, { dryRun: true }))`.
   * @throws ApiError when there is no such pod. @throws RangeError for a pod of another scheduler.
   */
  explain(pod: PodName | Pod): Explanation {
    const object = typeof pod !== 'string' && 'spec' in pod ? pod : this.client.get('pods', podKey(pod))
    const parts = {
      resources: this.resources(),
      stored: <R extends ResourceName>(resource: R) => this.stored(resource),
    }
    return explainPlacement({ ...parts, version: this.version, scheduler: this.options.scheduler }, object)
  }

  /**
   * Whom the apiserver takes the sender of a request for, by its headers and client certificates; without a
   * user it is answered with 401, and `faults` are what the apiserver's log says.
   */
  identify(request: Pick<HttpRequest, 'headers' | 'clientCertificates'>): AuthenticationVerdict {
    const { authenticator } = this.#plane.server.context.dependencies
    return authenticator?.explain?.(shownBy({ method: 'GET', path: '/', ...request })) ?? { faults: [] }
  }

  /** A client under another identity. */
  as(identity: Identity): Client {
    return userClient(this.#plane, identity.user, this.#plane.client(userOf(identity)))
  }

  /**
   * Whether a user may do something, and why: `cluster.can({ user: 'jane' }, 'list', 'pods', { namespace:
   * 'office' })`, `cluster.can(jane, 'get', '/healthz')`. @throws ApiError 404 for a resource that is not
   * served.
   */
  can(identity: Identity, verb: string, what: string, options?: CanOptions): AccessVerdict {
    const modes = modesOf(this.options.authorization ?? 'RBAC')
    return canAccess(
      { server: this.#plane.server, stored: (resource) => this.stored(resource), modes },
      identity,
      verb,
      what,
      options,
    )
  }

  /** @throws RangeError when there is no such node. */
  node(name: string): NodeHandle {
    return new NodeHandle(name, { parts: () => this.#parts, kubectl: (words) => this.kubectl(words) })
  }

  /**
   * Tries a connection: `cluster.connect({ from: 'default/web', to: 'default/db', port: 6379 })`; `to` may be
   * a Service, a pod, a node, an address or a host name. Tells what the client sees, and every step of the
   * way: DNS, kube-proxy, routes, policies, who listens.
   * @throws ApiError NotFound when a pod or Service that is named is not there.
   */
  connect(options: ConnectOptions): Connection {
    return this.#machines.network.network.connect(options)
  }

  /**
   * Sends over a connection that {@link connect} made: whether it still carries, after changes of pods, nodes
   * and (with `networkPolicy: { existingConnections: 'cut' }`) policies. The connection is plain data: it can
   * be kept, and taken to a fork. @throws RangeError for one that was not made.
   */
  carryOn(connection: Connection, send?: ConnectOptions['send']): Connection {
    return this.#machines.network.network.carryOn(connection, send)
  }

  /**
   * Asks DNS as a pod does that has its server configured; `server` is the first of its /etc/resolv.conf
   * unless told otherwise. No search path.
   */
  resolve(from: From, name: string, type: RecordType = 'A', server?: string): DnsReply {
    const { ends, resolver } = this.#machines.network.network
    return resolver.query(ends.source(from), name, type, server)
  }

  /** All nodes that have a machine. */
  nodes(): readonly NodeHandle[] {
    return this.#machines.names().map((name) => this.node(name))
  }

  /** Adds a machine; its Node is there after the next {@link settle}. */
  addNode(node: NodeOptions): NodeHandle {
    this.#machines.add(node)
    return this.node(node.name)
  }

  /**
   * A component (`kube-controller-manager/deployment-controller`) or a whole process
   * (`kube-controller-manager`).
   */
  component(name: string): ComponentHandle {
    return new ComponentHandle(name, this.#plane, (component) => this.#machines.network.followed(component))
  }

  /** Stops the apiserver: every client gets `connection refused`. */
  stopApiserver(): this {
    this.#plane.setApiserverDown(true)
    return this
  }

  startApiserver(): this {
    this.#plane.setApiserverDown(false)
    return this
  }

  /** Whether the apiserver listens. */
  get apiserverRunning(): boolean {
    return !this.#plane.connectivity.apiserverDown
  }

  /**
   * Everything observable: requests, writes, scheduling, evictions, logs. Observers must not change the
   * cluster.
   */
  get bus(): EventBus<ClusterEvents> {
    return this.#simulation.bus
  }

  /** Subscribes to the bus; the answer ends the subscription. */
  on<Name extends keyof ClusterEvents>(
    name: Name,
    listener: (event: ClusterEvents[Name]) => void,
  ): () => void {
    return this.bus.on(name, listener)
  }

  /** The store. Writing to it past the apiserver is for tests of what that breaks. */
  get etcd(): EtcdStore {
    return this.#store
  }

  /**
   * Brings all that follows the cluster up to the present, so that history before it is needed by nobody
   * here: to be called before somebody else compacts {@link etcd}. In a real apiserver the watch cache does
   * that. Components that are cut off stay behind.
   */
  bookmarkWatches(): this {
    this.#plane.server.context.hub.bookmark()
    return this.advance(0)
  }

  /**
   * Reads objects that other clients have written to {@link etcd} as protobuf, here and in forks; see the
   * option `storedProtobuf`.
   */
  readStoredProtobuf(decoder: ProtobufDecoder): void {
    this.#parts = { ...this.#parts, options: { ...this.options, storedProtobuf: decoder } }
    this.#plane.server.readStoredProtobuf(decoder)
  }

  /**
   * Certificates, keys and kubeconfig files, as kubeadm and the kubelets have left them. Made when first
   * read.
   */
  get pki(): Pki {
    return this.#plane.pki
  }

  /**
   * A piece of state that something built upon the cluster keeps in it, under a name of its own; made by
   * `initial` when there is none. Plain data (maps and sets too), which snapshots and forks take along.
   */
  extensionState<S>(name: string, initial: () => S): Slice<S> {
    return this.#simulation.slice('extension', name, initial)
  }

  /** The whole state as a value. */
  snapshot(): ClusterSnapshot {
    return new ClusterSnapshot(
      { ...this.options, version: this.version },
      this.#simulation.state(),
      this.#store.fork(),
    )
  }

  /**
   * An independent cluster in the same state and with the same future; whatever one does, the other does not
   * see. `options` are laid over those of the original, as in {@link restore}.
   */
  fork(options: RestoreOptions = {}): SimCluster {
    return SimCluster.restore(this.snapshot(), options)
  }

  /**
   * Becomes what a snapshot holds, of this cluster or of another: the same object with that state, so that
   * whoever holds it sees it. Subscriptions to the bus stay. Clients, components and watches that were handed
   * out before belong to what is gone. `options` as in {@link restore}.
   */
  rewind(snapshot: ClusterSnapshot, options: Partial<ClusterOptions> = {}): this {
    const next = { ...snapshot.options, ...options }
    checkOptions(next)
    this.#parts = assemble(next, snapshot, this.#simulation)
    this.#plane.tellOfApiserver()
    return this
  }

  /**
   * A cluster from a snapshot. `options` are laid over those of the original: another `interleaving` plays
   * the same state in another order. After {@link fromJSON} components of your own and scheduler plugins,
   * which are no data, have to be given again.
   */
  static restore(snapshot: ClusterSnapshot, options: RestoreOptions = {}): SimCluster {
    return new SimCluster({ ...snapshot.options, ...options }, snapshot)
  }

  toJSON(): ClusterSnapshotJson {
    return this.snapshot().toJSON()
  }

  /** See {@link restore}. @throws TypeError when it is no snapshot of this format. */
  static fromJSON(json: ClusterSnapshotJson, options: RestoreOptions = {}): SimCluster {
    return SimCluster.restore(ClusterSnapshot.fromJSON(json), options)
  }

  /**
   * A cluster from a snapshot of etcd (`etcdctl snapshot save`, {@link EtcdStore.snapshot}), of a simulator
   * or of a real cluster: every object, the history that was kept, leases. Nodes get machines whose pods run
   * on; everything that etcd does not hold (what is on disks, in memory, in the network) is new. What cannot
   * be read stays in etcd as it is, see {@link unreadable}.
   * @throws SnapshotError when the file is corrupt, truncated or not etcd's.
   */
  static fromEtcdSnapshot(file: Uint8Array, options: EtcdImportOptions = {}): SimCluster {
    return SimCluster.#onStored(importEtcdSnapshot(file, options))
  }

  /** As {@link fromEtcdSnapshot}, of a store that has been filled otherwise; it is copied. */
  static fromEtcdStore(store: EtcdStore, options: Omit<EtcdImportOptions, 'skipHashCheck'> = {}): SimCluster {
    return SimCluster.#onStored(importEtcdStore(store, options))
  }

  static #onStored(snapshot: ClusterSnapshot): SimCluster {
    const cluster = new SimCluster(snapshot.options, snapshot)
    cluster.#beginOnStored()
    return cluster
  }

  /** As an apiserver that starts on an etcd that is not empty, and machines that have been running. */
  #beginOnStored(): void {
    const { server } = this.#plane
    bootstrap(server, { serviceAccounts: false })
    const { storage, resources } = server.context
    const pods = resources.get('pods')
    this.#machines.adopt(
      storage.lenient().list({ from: pods.prefix, to: `${pods.prefix.slice(0, -1)}0` }) as readonly Pod[],
    )
  }

  /**
   * Values in {@link etcd} that are no objects of this cluster's API: encrypted ones, unknown kinds, broken
   * ones, keys of other programs. O(all keys).
   */
  unreadable(): readonly UnreadableValue[] {
    const { storage, resources } = this.#plane.server.context
    return unreadableValues(this.#store, storage, resources)
  }

  /** Rolling hash over everything that has happened; equal for equal seeds and calls, anywhere. */
  traceHash(): string {
    return this.#simulation.trace.toString()
  }

  /** All stored objects of a resource, past the network: for invariant checkers and pictures. */
  stored<R extends ResourceName>(
    resource: R,
    options?: Pick<ListOptions, 'namespace' | 'labelSelector' | 'fieldSelector'>,
  ): readonly ObjectOf<R>[] {
    return this.#plane.server.peekAll(resource, options) as unknown as readonly ObjectOf<R>[]
  }

  /**
   * Which version each part has. Control plane components share one, kubelets have theirs, and etcd, CoreDNS
   * and pause follow none of them.
   */
  versions(): readonly ComponentVersion[] {
    const {
      value: { version },
    } = this.extensionState('release', () => ({ version: `${this.version}.0` }))
    return componentVersions(
      version,
      this.stored('nodes').map(({ metadata, status }) => ({
        node: metadata.name ?? '',
        version: status.nodeInfo?.kubeletVersion ?? '',
      })),
    )
  }

  /**
   * Parts whose version is further from the apiserver's than the policy of its minor allows, with the rule
   * that each breaks.
   */
  versionSkew(): readonly SkewFault[] {
    const versions = this.versions()
    const apiserver = versions.find(({ component }) => component === 'kube-apiserver')?.version ?? ''
    return versionSkew(
      apiserver,
      versions
        .filter(({ component }) => component.startsWith('kube'))
        .map(({ component, version, node }) => ({ kind: component, name: node ?? component, version })),
    )
  }

  /** Feature gates that its minor knows, with their stage and default. */
  featureGates(): readonly FeatureGate[] {
    return featureGates(this.version)
  }

  /** Names of the resources that are stored, in order. */
  resources(): readonly string[] {
    return this.#plane.storedResources()
  }

  /**
   * What the informers of the running components have in their caches: for invariant checkers and pictures.
   */
  views(): readonly ComponentView[] {
    return this.#plane.views()
  }

  /** Whether nothing is in flight, as after {@link settle}. */
  get atRest(): boolean {
    return this.#simulation.atRest
  }
}
