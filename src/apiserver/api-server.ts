import type { KubeObject } from '../api/definition.js'
import type { Scheme } from '../api/scheme.js'
import type { EtcdStore } from '../etcd/store.js'
import type { Clock } from '../sim/clock.js'
import type { EventBus } from '../sim/event-bus.js'
import type { RandomStream } from '../sim/random.js'
import type { Trace } from '../sim/trace.js'
import { AdmissionChain } from './admission/chain.js'
import type { AdmissionChoice } from './admission/default-plugins.js'
import { defaultAdmission } from './admission/default-plugins.js'
import type { WebhookHandlers } from './admission/extensions/call-webhook.js'
import { extensionPlugins } from './admission/extensions/plugins.js'
import { RequestObserver } from './audit.js'
import { ApiError } from '../client/api-error.js'
import type { ListOptions, ResumableClient, UserInfo } from '../client/client.js'
import type { ClusterEvents } from '../client/cluster-events.js'
import type { ConnectOptions } from './connect/connect.js'
import { connectPod } from './connect/connect.js'
import type { PodStream } from '../client/pod-stream.js'
import { impersonating } from './in-process-client.js'
import { InProcessClient } from './in-process-client.js'
import type { RequestHandler } from './in-process-client.js'
import { dispatch, type Answer } from './endpoints/dispatch.js'
import { AggregatedServices } from './extensions/aggregated-services.js'
import { converterOf } from './extensions/conversion.js'
import { CustomResources } from './extensions/custom-resources.js'
import { PlainTextError } from './errors.js'
import { reportWrites } from './observe.js'
import type { Exchange, Stage } from './pipeline.js'
import { accessStages, exchangeOf, resolve, stagesOf } from './pipeline.js'
import type { NodeAgents } from '../client/node-agent.js'
import type { AdmissionPlugin } from './admission/plugin.js'
import type { Authenticator, Impersonator, Signer } from './authentication/authenticator.js'
import type { Authorizer, RuleResolver } from './authorization/authorizer.js'
import type { ComponentHealth } from './server-dependencies.js'
import type { ServerDependencies } from './server-dependencies.js'
import type { StoreView } from './storage/stored-objects.js'
import type { ProtobufDecoder } from '../api/protobuf/protobuf-decoder.js'
import { alwaysAllow } from './authorization/authorizer.js'
import type { Call, RegistryContext } from './registry/context.js'
import { listObjects, readAll, watchObjects } from './registry/read.js'
import { Resources } from './registry/resources.js'
import { SharedSpecs } from './registry/shared-specs.js'
import type { ApiRequest, ApiResponse, Impersonation, NonResourceRequest } from './request.js'
import { selectionOf } from './selectors/selection.js'
import { DEFAULT_SERVICE_RANGES, serviceHooks } from './services/service-allocator.js'
import { EtcdStorage } from './storage/etcd-storage.js'
import { FieldIndexes } from './storage/field-indexes.js'
import { decodeStored } from './storage/stored-bytes.js'
import { storeView } from './storage/store-view.js'
import type { ResourceWatch } from './watch/resource-watch.js'
import { WatchHub } from './watch/watch-hub.js'

/** Advertised address and secure port unless told otherwise. */
const DEFAULT_ADDRESS = '10.0.0.10:6443'

/** What an {@link ApiServer} is built from. */
export interface ApiServerOptions {
  readonly store: EtcdStore
  readonly clock: Clock
  /**
   * Draws uids, name suffixes and what admission needs, from the streams `apiserver/uid`, `apiserver/name`
   * and `apiserver/admission`.
   */
  readonly random: { stream(name: string): RandomStream }
  readonly bus: EventBus<ClusterEvents>
  /** The kinds that are served. */
  readonly scheme: Scheme
  /** Admission plugins in their order. Default: {@link defaultAdmission}. */
  readonly admission?: readonly AdmissionPlugin[]
  /** Which of the default plugins are on. Default: those of kubeadm. */
  readonly admissionPlugins?: AdmissionChoice
  /** Default: everybody may do everything. */
  readonly authorizer?: Authorizer
  /** Needed only for requests that come with credentials instead of a user. */
  readonly authenticator?: Authenticator
  readonly impersonator?: Impersonator
  /** Lists rules for SelfSubjectRulesReview. */
  readonly ruleResolver?: RuleResolver
  /** Signs service account tokens. */
  readonly signer?: Signer
  /** Where logs, exec, attach and port-forward go. */
  readonly nodeAgents?: NodeAgents
  /**
   * `--service-cluster-ip-range`: where cluster IPs come from, one range a family, the default family first.
   * Default 10.96.0.0/12.
   */
  readonly serviceRanges?: readonly string[]
  /** Asks the parts of the control plane how they are, for ComponentStatus. */
  readonly componentHealth?: () => readonly ComponentHealth[]
  /** Ports that need to see the stored objects; they take the place of those above. */
  readonly plug?: (view: StoreView, ports: ServerDependencies) => Partial<ServerDependencies>
  /** Host and port that discovery and the OpenID configuration name. Default: `10.0.0.10:6443`. */
  readonly address?: string
  /**
   * Whether metadata.managedFields tell who owns which fields. Without them server-side apply knows of no
   * owners. Default true.
   */
  readonly managedFields?: boolean
  /** Webhooks in this process, by URL or Service. Default none. */
  readonly webhooks?: WebhookHandlers
  /** Reads values that other clients of etcd have written as protobuf. Default: they cannot be read. */
  readonly storedProtobuf?: ProtobufDecoder
  /** Each write is folded into this hash as `key@revision`. */
  readonly trace?: Trace
}

/** Options of {@link ApiServer.client}. */
export interface ClientOptions {
  /**
   * `kube-controller-manager/v1.35.0 (linux/amd64) kubernetes/abc`; the part before `/` is the field manager.
   * Default: the user's name.
   */
  readonly userAgent?: string
  /**
   * Who this is among the clients that share user and user agent: watches are woken in the order of these
   * names. Give it where several components share an identity, so that a fork wakes them as the original
   * does. Default: the user agent.
   */
  readonly owner?: string
  /** Called with each `Warning:` of the server's answers, without the `299 - `. Default: they are dropped. */
  readonly onWarning?: (text: string) => void
  /** Whom every request asks to act as; the user must be allowed to. */
  readonly impersonate?: Impersonation
}

/**
 * The apiserver: authentication -> impersonation -> authorization -> admission -> registry -> storage.
 * Synchronous. All of its state is the etcd store; indexes and watches are caches, so that a fork builds
 * another server over a fork of the store.
 */
export class ApiServer {
  readonly context: RegistryContext
  readonly #stages: readonly Stage[]
  readonly #accessStages: readonly Stage[]
  readonly #resolve: Stage
  readonly #observer: RequestObserver
  /** The context for rereading what a watch had brought. */
  readonly #rereading: RegistryContext
  #storedProtobuf: ProtobufDecoder | undefined

  constructor(options: ApiServerOptions) {
    const { store, clock, random, bus, trace } = options
    const resources = new Resources(options.scheme)
    this.#storedProtobuf = options.storedProtobuf
    const strict = new EtcdStorage(
      store,
      () => clock.now(),
      (kv) => decodeStored({ resources, protobuf: () => this.#storedProtobuf }, kv),
    )
    // only what clients ask for is refused when it cannot be read
    const storage = strict.lenient()
    const indexes = new FieldIndexes(storage)
    const admissionRandom = random.stream('apiserver/admission')
    const given = portsOf(options)
    const ports = { ...given, ...options.plug?.(storeView({ storage, resources, indexes, clock }), given) }
    const uids = random.stream('apiserver/uid')
    const serviceRanges = options.serviceRanges ?? DEFAULT_SERVICE_RANGES
    const extensions = extensionPlugins({
      storage,
      resources,
      random: admissionRandom,
      handlers: options.webhooks ?? {},
      authorizer: ports.authorizer,
    })
    this.context = {
      managedFields: options.managedFields ?? true,
      storage: strict,
      clock,
      resources,
      indexes,
      sharedSpecs: new SharedSpecs(),
      scheme: options.scheme,
      address: options.address ?? DEFAULT_ADDRESS,
      uids,
      names: random.stream('apiserver/name'),
      admission: new AdmissionChain(
        [
          ...(options.admission ??
            defaultAdmission(options.scheme.release.minor, extensions, options.admissionPlugins)),
          ...ports.guards,
        ],
        { storage, resources, clock, random: admissionRandom, authorizer: ports.authorizer },
      ),
      hub: new WatchHub(storage),
      aggregated: new AggregatedServices(storage),
      hooks: serviceHooks({
        storage,
        resources,
        clock,
        uids,
        random: random.stream('apiserver/service'),
        ranges: serviceRanges,
      }),
      serviceRanges,
      dependencies: ports,
      bus,
    }
    this.#rereading = { ...this.context, storage }
    new CustomResources({
      storage,
      scheme: options.scheme,
      converter: converterOf({ storage, handlers: options.webhooks ?? {} }),
    }).follow()
    reportWrites({ storage, resources, clock, bus, trace })
    this.#observer = new RequestObserver(bus, clock)
    this.#stages = stagesOf(this.context)
    this.#accessStages = accessStages(this.context.dependencies)
    this.#resolve = resolve(this.context)
  }

  /** A client under one identity. It is taken at its word: authentication is for requests from outside. */
  client(user: UserInfo, options: ClientOptions = {}): ResumableClient {
    const { onWarning, impersonate, userAgent = user.name, owner = userAgent } = options
    const heard = onWarning ? this.#warning(onWarning) : this
    return new InProcessClient(
      impersonate ? impersonating(heard, impersonate) : heard,
      user,
      userAgent,
      owner,
    )
  }

  /** Reads values in etcd that are protobuf from now on. */
  readStoredProtobuf(decoder: ProtobufDecoder): void {
    this.#storedProtobuf = decoder
  }

  /**
   * Answers a request; errors are answers too, but for those that have no object: PlainTextError is thrown.
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

  /** Answers the object of a request; throws ApiError when it is refused. */
  execute(request: ApiRequest): object {
    return this.#run(exchangeOf(request)).object
  }

  /** The same server for a client that hears the warnings of each answer. */
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
   * Opens a watch again that was open in the server that this one is a copy of. Its sender was let in then
   * and is not asked again; nor is it a request that anybody could see. Throws ApiError 404 and 410.
   */
  resume(request: ApiRequest): ResourceWatch {
    return watchObjects(this.context, this.#resumed(request))
  }

  /** Lists what a watch had brought before this server was made; see {@link resume}. */
  reread(request: ApiRequest): object {
    return listObjects(this.#rereading, this.#resumed(request))
  }

  /**
   * Opens a log, a command, an attachment or forwarded ports of a pod (`pods/log`, `exec`, ...). Throws
   * ApiError.
   */
  connect(request: ApiRequest, options: ConnectOptions): PodStream {
    const exchange = exchangeOf(request)
    return this.#observer.observe(exchange, () => ({
      code: 200,
      object: connectPod(this.context, this.#admit(exchange), options),
    })).object as PodStream
  }

  /**
   * Lets `answer` answer a request that its sender may make: one for a path that is no resource, or one that
   * the registry does not get to see because it is malformed. Throws ApiError 401 and 403, and what `answer`
   * throws.
   */
  admit<T extends { readonly code: number }>(
    request: ApiRequest | NonResourceRequest,
    answer: (user: UserInfo) => T,
  ): T {
    const exchange = exchangeOf(request)
    return this.#observer.observe(exchange, () => {
      for (const stage of this.#accessStages) stage(exchange)
      const object = answer(exchange.user as UserInfo)
      return { code: object.code, object }
    }).object as T
  }

  /**
   * The stored object, past all authorization: for composition roots, invariant checkers and pictures, not
   * for components.
   */
  peek<T extends KubeObject>(resource: string, namespace: string, name: string): T | undefined {
    const { storage, resources } = this.context
    const { prefix, namespaced } = resources.get(resource)
    return storage.get(namespaced ? `${prefix}${namespace}/${name}` : prefix + name) as T | undefined
  }

  /**
   * All stored objects of a resource that the options select; past all authorization, as {@link peek}, and
   * nobody sees it as a request. Throws ApiError.
   */
  peekAll(
    name: string,
    { namespace, ...selectors }: Pick<ListOptions, 'namespace' | 'labelSelector' | 'fieldSelector'> = {},
  ): readonly KubeObject[] {
    const resource = this.context.resources.get(name)
    return Object.freeze(
      readAll(this.context, { resource }, selectionOf(resource, namespace, selectors), undefined),
    )
  }

  #run(exchange: Exchange): Answer {
    return this.#observer.observe(exchange, () => dispatch(this.context, this.#admit(exchange)))
  }

  #resumed(request: ApiRequest): Call {
    const exchange = exchangeOf(request)
    exchange.user = request.user
    this.#resolve(exchange)
    return exchange.call as Call
  }

  #admit(exchange: Exchange): Call {
    for (const stage of this.#stages) stage(exchange)
    return exchange.call as Call
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
    nodeAgents,
    late: {},
    componentHealth,
    guards: [],
  }
}
