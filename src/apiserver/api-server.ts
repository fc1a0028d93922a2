import type { KubeObject } from '../api/kind/definition.js'
import type { Scheme } from '../api/scheme.js'
import type { EtcdStore } from '../etcd/store.js'
import type { Clock } from '../sim/clock.js'
import type { EventBus } from '../sim/event-bus.js'
import type { RandomStream } from '../sim/random.js'
import type { QuietTime } from '../sim/quiet/quiet.js'
import type { Trace } from '../sim/trace.js'
import { AdmissionChain } from './admission/chain.js'
import type { AdmissionChoice } from './admission/default-plugins.js'
import { defaultAdmission } from './admission/default-plugins.js'
import type { WebhookHandlers } from './admission/extensions/call-webhook.js'
import { ExtensionConfiguration } from './admission/extensions/configuration.js'
import { extensionPlugins } from './admission/extensions/plugins.js'
import { RequestObserver } from './audit.js'
import { ApiError } from '../client/api-error.js'
import type { ListOptions, ResumableClient, UserInfo } from '../client/client.js'
import type { ClusterEvents } from '../client/cluster-events.js'
import type { ConnectRequestOptions } from './connect/connect.js'
import { connectPod, queryOf } from './connect/connect.js'
import type { PodStream } from '../client/pod-stream.js'
import { impersonating } from './in-process-client.js'
import { InProcessClient } from './in-process-client.js'
import type { RequestHandler } from './in-process-client.js'
import { dispatch, type EndpointResult } from './endpoints/dispatch.js'
import { FlowControl } from './flow-control/flow-control.js'
import { AggregatedServices } from './extensions/aggregated-services.js'
import { converterOf } from './extensions/conversion.js'
import { CustomResources } from './extensions/custom-resources.js'
import { withinRequest } from './request-budget.js'
import { badRequest, PlainTextError } from './errors.js'
import type { Heartbeats } from '../client/heartbeats.js'
import { QuietHeartbeats } from './heartbeats.js'
import { reportWrites } from './observe.js'
import type { Exchange, Stage } from './pipeline.js'
import { accessDenied, attributesOfRequest } from './access.js'
import { accessStages, exchangeOf, isNonResource, resolve, stagesOf } from './pipeline.js'
import type { NodeAgents } from '../client/node-agent.js'
import type { AdmissionPlugin } from './admission/plugin.js'
import type { Authenticator, Impersonator, Signer } from './authentication/authenticator.js'
import { tokenTrust } from './authentication/claims.js'
import type { Authorizer, RuleResolver } from './authorization/authorizer.js'
import type { ComponentHealth, ServerDependencies } from './server-dependencies.js'
import type { StoreView } from './storage/stored-objects.js'
import type { ProtobufDecoder } from '../api/protobuf/protobuf-codec.js'
import { alwaysAllow } from './authorization/authorizer.js'
import type { RegistryRequest, RegistryContext } from './registry/context.js'
import { listObjects, readAll, watchObjects } from './registry/read.js'
import { Resources } from './registry/resources.js'
import { SpecSharing } from './registry/spec-sharing.js'
import type { ApiRequest, ApiResponse, Impersonation, NonResourceRequest } from './request.js'
import { selectionOf } from './selectors/selection.js'
import { DEFAULT_SERVICE_RANGES, serviceHooks } from './services/service-allocator.js'
import { EtcdStorage } from './storage/etcd-storage.js'
import { FieldIndexes } from './storage/field-indexes.js'
import type { Encryption } from './storage/encryption/configuration.js'
import { StoredEncryption } from './storage/encryption/stored-encryption.js'
import { decodeStored } from './storage/stored-bytes.js'
import { storeView } from './storage/store-view.js'
import type { ResourceWatch } from './watch/resource-watch.js'
import { type Informers, type Subscriptions, WatchHub } from './watch/watch-hub.js'

/** Default address and secure port. */
const DEFAULT_ADDRESS = '10.0.0.10:6443'

/** Options of an {@link ApiServer}. */
export interface ApiServerOptions {
  readonly store: EtcdStore
  readonly clock: Clock
  /**
   * Source of uids, name suffixes and the random values of admission: the streams `apiserver/uid`,
   * `apiserver/name` and `apiserver/admission`.
   */
  readonly random: { stream(name: string): RandomStream }
  readonly bus: EventBus<ClusterEvents>
  /** The kinds that are served. */
  readonly scheme: Scheme
  /** Admission plugins in their order. Default: {@link defaultAdmission}. */
  readonly admission?: readonly AdmissionPlugin[]
  /** Default plugins to enable or disable. Default: those of kubeadm. */
  readonly admissionPlugins?: AdmissionChoice
  /** Default: allows everything. */
  readonly authorizer?: Authorizer
  /** Needed only for requests with credentials instead of a user. */
  readonly authenticator?: Authenticator
  readonly impersonator?: Impersonator
  /** Lists rules for SelfSubjectRulesReview. */
  readonly ruleResolver?: RuleResolver
  /** Signs service account tokens. */
  readonly signer?: Signer
  /** The kubelets, for logs, exec, attach and port-forward. */
  readonly nodeAgents?: NodeAgents
  /**
   * `--service-cluster-ip-range`: ranges of cluster IPs, one for each family, the default family first.
   * Default 10.96.0.0/12.
   */
  readonly serviceRanges?: readonly string[]
  /** Returns the health of the parts of the control plane, for ComponentStatus. */
  readonly componentHealth?: () => readonly ComponentHealth[]
  /** Makes the ports that need to see the stored objects; they replace those above. */
  readonly plug?: (view: StoreView, dependencies: ServerDependencies) => Partial<ServerDependencies>
  /** Host and port in discovery documents and the OpenID configuration. Default: `10.0.0.10:6443`. */
  readonly address?: string
  /**
   * Whether writes are tracked in metadata.managedFields. Without that, server-side apply detects no
   * conflicts. Default true.
   */
  readonly managedFields?: boolean
  /** Webhooks in this process, by URL or Service. Default none. */
  readonly webhooks?: WebhookHandlers
  /**
   * Decodes values that other clients of etcd have written as protobuf. Default: such values cannot be read.
   */
  readonly storedProtobuf?: ProtobufDecoder
  /** Encryption of stored values; its nonces are drawn from `apiserver/encryption`. Default none. */
  readonly encryption?: Encryption
  /** Hash to which each write is added as `key@revision`. */
  readonly trace?: Trace
  /** The kernel's account of quiet times, which writes end. */
  readonly quiet: QuietTime
  /** The informers of the cluster. Default: each is woken by its watch. */
  readonly informers?: Informers
  /** The watches of the server of which this one is a copy. Default: all watches are opened anew. */
  readonly subscriptions?: Subscriptions | undefined
}

/** Options of {@link ApiServer.client}. */
export interface InProcessClientOptions {
  /**
   * `kube-controller-manager/v1.35.0 (linux/amd64) kubernetes/abc`; the part before `/` is the field manager.
   * Default: the user's name.
   */
  readonly userAgent?: string
  /**
   * Distinguishes clients with the same user and user agent: watches are woken in the order of these names.
   * Set it where several components share an identity, so that a fork wakes them in the same order. Default:
   * the user agent.
   */
  readonly owner?: string
  /** Called with each `Warning:` of a response, without the `299 - `. Default: warnings are dropped. */
  readonly onWarning?: (text: string) => void
  /** The user as which every request acts; the client's user must have the right to impersonate it. */
  readonly impersonate?: Impersonation
}

/**
 * The apiserver: authentication -> impersonation -> authorization -> admission -> registry -> storage.
 * Synchronous. Its whole state is the etcd store; indexes and watches are caches, so a fork is a new server
 * over a fork of the store.
 */
export class ApiServer {
  readonly context: RegistryContext
  /** Heartbeats of nodes in quiet times. */
  readonly heartbeats: Heartbeats | undefined
  readonly #stages: readonly Stage[]
  readonly #accessStages: readonly Stage[]
  readonly #resolve: Stage
  readonly #observer: RequestObserver
  /** The context for {@link reread}. */
  readonly #rereading: RegistryContext
  #storedProtobuf: ProtobufDecoder | undefined

  constructor(options: ApiServerOptions) {
    const { store, clock, random, bus, trace, quiet } = options
    const resources = new Resources(options.scheme)
    this.#storedProtobuf = options.storedProtobuf
    const strict = new EtcdStorage(
      store,
      () => clock.now(),
      (kv) => decodeStored({ resources, protobuf: () => this.#storedProtobuf }, kv),
      options.encryption &&
        new StoredEncryption(options.encryption, resources, random.stream('apiserver/encryption')),
    )
    // an unreadable value fails the request for it, but not caches, watches and admission
    const storage = strict.lenient()
    const indexes = new FieldIndexes(storage)
    const admissionRandom = random.stream('apiserver/admission')
    const given = portsOf(options)
    const ports = { ...given, ...options.plug?.(storeView({ storage, resources, indexes, clock }), given) }
    const uids = random.stream('apiserver/uid')
    const serviceRanges = options.serviceRanges ?? DEFAULT_SERVICE_RANGES
    const extensions = new ExtensionConfiguration({
      storage,
      resources,
      random: admissionRandom,
      handlers: options.webhooks ?? {},
      network: () => ports.late.proxy,
      authorizer: ports.authorizer,
    })
    this.context = {
      managedFields: options.managedFields ?? true,
      storage: strict,
      clock,
      resources,
      indexes,
      specSharing: new SpecSharing(),
      scheme: options.scheme,
      address: options.address ?? DEFAULT_ADDRESS,
      uids,
      names: random.stream('apiserver/name'),
      admission: new AdmissionChain(
        [
          ...(options.admission ??
            defaultAdmission(
              options.scheme.release.minor,
              extensionPlugins(extensions),
              options.admissionPlugins,
            )),
          ...ports.guards,
        ],
        { storage, resources, clock, random: admissionRandom, authorizer: ports.authorizer },
      ),
      admitsPlainly: () => options.admission === undefined && extensions.isEmpty,
      hub: new WatchHub(storage, options.informers, options.subscriptions),
      flowControl: resources.find('flowschemas') === undefined ? undefined : new FlowControl(storage),
      aggregated: new AggregatedServices(storage),
      hooks: serviceHooks({
        storage,
        resources,
        clock,
        uids,
        random: random.stream('apiserver/service'),
        ranges: serviceRanges,
        managedFields: options.managedFields ?? true,
      }),
      serviceRanges,
      dependencies: ports,
      bus,
    }
    this.#rereading = { ...this.context, storage }
    new CustomResources({
      storage,
      scheme: options.scheme,
      converter: converterOf({ storage, handlers: options.webhooks ?? {}, network: () => ports.late.proxy }),
      onServed: () => ports.late.served?.(),
    }).follow()
    reportWrites({ storage, resources, clock, bus, trace, quiet, extensions })
    if (trace !== undefined)
      this.heartbeats = new QuietHeartbeats({ storage, hub: this.context.hub, clock, bus, quiet })
    this.#observer = new RequestObserver(bus, clock, ports.late)
    this.#stages = stagesOf(this.context)
    this.#accessStages = accessStages(this.context.dependencies)
    this.#resolve = resolve(this.context)
  }

  /** Returns a client with the given identity, without authentication, which is for requests from outside. */
  client(user: UserInfo, options: InProcessClientOptions = {}): ResumableClient {
    const { onWarning, impersonate, userAgent = user.name, owner = userAgent } = options
    const heard = onWarning ? this.#warning(onWarning) : this
    return new InProcessClient(
      impersonate ? impersonating(heard, impersonate) : heard,
      user,
      userAgent,
      owner,
    )
  }

  /** Sets the decoder of values in etcd that are protobuf. */
  readStoredProtobuf(decoder: ProtobufDecoder): void {
    this.#storedProtobuf = decoder
  }

  /**
   * Handles a request. Errors become responses with a Status; only PlainTextError, which has none, is thrown.
   */
  handle(request: ApiRequest): ApiResponse {
    const exchange = exchangeOf(request)
    try {
      const { code, object } = this.#run(exchange)
      return { code, object, warnings: exchange.call?.warnings ?? exchange.warnings }
    } catch (error) {
      if (!(error instanceof ApiError) || error instanceof PlainTextError) throw error
      return {
        code: error.code,
        object: error.status,
        warnings: exchange.call?.warnings ?? exchange.warnings,
      }
    }
  }

  /** Handles a request and returns the object of its response. Throws ApiError. */
  execute(request: ApiRequest): object {
    return this.#run(exchangeOf(request)).object
  }

  /** Returns this server for a client that gets the warnings of each response. */
  #warning(onWarning: (text: string) => void): RequestHandler {
    return {
      context: this.context,
      watch: (request) => this.watch(request),
      resume: (request) => this.resume(request),
      reread: (request) => this.reread(request),
      connect: (request, options) => this.connect(request, options),
      execute: (request) => {
        const exchange = exchangeOf(request)
        try {
          return this.#run(exchange).object
        } finally {
          for (const text of exchange.call?.warnings ?? exchange.warnings) onWarning(text)
        }
      },
    }
  }

  /** Opens a watch. Throws ApiError. */
  watch(request: ApiRequest): ResourceWatch {
    const exchange = exchangeOf(request)
    return this.#observer.observe(exchange, () => ({
      code: 200,
      object: watchObjects(this.context, this.#admit(exchange)),
    })).object as ResourceWatch
  }

  /**
   * Reopens a watch of the server of which this one is a copy, without a new authorization and without a
   * request event. Throws ApiError 404 and 410.
   */
  resume(request: ApiRequest): ResourceWatch {
    return watchObjects(this.context, this.#resumed(request), true)
  }

  /** Lists what a watch had received in the original server; see {@link resume}. */
  reread(request: ApiRequest): object {
    return listObjects(this.#rereading, this.#resumed(request))
  }

  /**
   * Opens a log, a command, an attachment or forwarded ports of a pod (`pods/log`, `exec`, ...). Throws
   * ApiError.
   */
  connect(request: ApiRequest, options: ConnectRequestOptions): PodStream {
    const exchange = exchangeOf({ ...request, query: queryOf(options) })
    return this.#observer.observe(exchange, () => {
      const call = this.#admit(exchange)
      this.#checkUpgrade(exchange)
      return { code: 200, object: connectPod(this.context, call, options) }
    }).object as PodStream
  }

  /**
   * Refuses a GET (a WebSocket) that may not create the stream, so that a right to read is none to run
   * commands. Source: pkg/registry/core/pod/rest/subresources.go ensureAuthorizedForVerb
   * (AuthorizePodWebsocketUpgradeCreatePermission).
   */
  #checkUpgrade({ request, user }: Exchange): void {
    const { dependencies, scheme } = this.context
    const isUpgrade = !isNonResource(request) && request.verb === 'get' && request.subresource !== 'log'
    if (!isUpgrade || user === undefined || !scheme.release.has('upgradeNeedsCreate')) return
    const attributes = { ...attributesOfRequest(request), verb: 'create' }
    const { allowed, reason } = dependencies.authorizer.authorize(user, attributes)
    if (!allowed) throw accessDenied(user, attributes, reason)
  }

  /**
   * Authenticates and authorizes a request, then calls `respond`. For requests that do not reach the
   * registry: those for a path that is not a resource, and malformed ones. Throws ApiError 401 and 403, and
   * what `respond` throws.
   */
  admit<T extends { readonly code: number }>(
    request: ApiRequest | NonResourceRequest,
    respond: (user: UserInfo) => T,
  ): T {
    const exchange = exchangeOf(request)
    return this.#observer.observe(exchange, () => {
      for (const stage of this.#accessStages) stage(exchange)
      const object = respond(exchange.user as UserInfo)
      return { code: object.code, object }
    }).object as T
  }

  /**
   * Returns a stored object without authorization: for composition roots, invariant checks and pictures, not
   * for components.
   */
  peek<T extends KubeObject>(resource: string, namespace: string, name: string): T | undefined {
    const { storage, resources } = this.context
    const { prefix, namespaced } = resources.get(resource)
    return storage.get(namespaced ? `${prefix}${namespace}/${name}` : prefix + name) as T | undefined
  }

  /**
   * Returns all stored objects of a resource that the options select, without authorization and without a
   * request event; see {@link peek}. Throws ApiError.
   */
  peekAll(
    name: string,
    { namespace, ...selectors }: Pick<ListOptions, 'namespace' | 'labelSelector' | 'fieldSelector'> = {},
  ): readonly KubeObject[] {
    const resource = this.context.resources.get(name)
    const items = readAll(this.context, { resource }, selectionOf(resource, namespace, selectors), undefined)
    this.context.dependencies.late.read?.(resource.definition.resource, { items })
    return Object.freeze(items)
  }

  #run(exchange: Exchange): EndpointResult {
    try {
      return this.#observer.observe(exchange, () =>
        withinRequest(() => dispatch(this.context, this.#admit(exchange))),
      )
    } catch (error) {
      throw isStackOverflow(error) ? badRequest('exceeded max depth') : error
    }
  }

  #resumed(request: ApiRequest): RegistryRequest {
    const exchange = exchangeOf(request)
    exchange.user = request.user
    this.#resolve(exchange)
    return exchange.call as RegistryRequest
  }

  #admit(exchange: Exchange): RegistryRequest {
    for (const stage of this.#stages) stage(exchange)
    return exchange.call as RegistryRequest
  }
}

function portsOf(options: ApiServerOptions): ServerDependencies {
  const {
    authorizer = alwaysAllow,
    authenticator,
    impersonator,
    ruleResolver,
    signer,
    nodeAgents,
    componentHealth,
  } = options
  return {
    authorizer,
    authenticator,
    impersonator,
    ruleResolver,
    signer,
    tokenTrust: tokenTrust(),
    nodeAgents,
    late: {},
    componentHealth,
    guards: [],
  }
}

/**
 * Whether a body was nested too deeply for the engine's stack, which is smaller than what Go reads. Such a
 * request fails before anything is written.
 */
const isStackOverflow = (error: unknown): boolean =>
  error instanceof RangeError && error.message.includes('call stack')
