import type { KubeObject } from '../../api/kind/definition.js'
import { ApiError, ConnectionError } from '../../client/api-error.js'
import type { Client, ResumableClient, UserInfo } from '../../client/client.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import type { ComponentHost, RecorderSource } from '../../client/component.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import type { Informer, InformerOptions } from '../../client/informers/informer.js'
import { missingRule } from '../../client/missing-rule.js'
import {
  type Delivery,
  ListWatchInformer,
  type InformerState,
} from '../../client/informers/list-watch-informer.js'
import type { Heartbeats } from '../../client/heartbeats.js'
import type { ObjectOf, ResourceName } from '../../client/resources.js'
import { ModuleHost, type Kernel } from '../../sim/modules/module-host.js'
import type { WorkQueue, WorkQueueOptions } from '../../sim/modules/work-queue.js'
import { CheckedClient, ConnectedClient } from './connected-client.js'
import type { Connectivity } from './connectivity.js'
import { gatedRequest, type RequestGate } from './request-gate.js'
import type { InformerViews } from './informer-views.js'
import { informerId, type ProcessInformers } from './process-informers.js'

/** What all component hosts of a cluster share. */
export interface HostServices {
  readonly version: string
  readonly connectivity: Connectivity
  /**
   * Returns the identity that the apiserver derives from the component's certificate; undefined if it is
   * refused. Default: its own identity.
   */
  readonly identify?: (() => UserInfo | undefined) | undefined
  /** Returns a client under another identity. */
  readonly clientOf?: ((user: UserInfo) => Client) | undefined
  /** Returns what stands between components and the apiserver; see {@link RequestGate}. */
  readonly gate?: (() => RequestGate | undefined) | undefined
  /** Returns the old revision that a component's informers list; undefined for the present one. */
  readonly staleRevision?: ((component: string) => number | undefined) | undefined
  /** See `ComponentHost.heartbeats`. */
  readonly heartbeats?: Heartbeats | undefined
  /** The informers of the component's process. By default, the component has its own, through its client. */
  readonly shared?: ProcessInformers | undefined
  /** Returns how informers take what has happened in the present step, see {@link Delivery}. */
  readonly delivery?: (() => Delivery | undefined) | undefined
  /** The views that informers of a copy start with. By default, they read all objects again. */
  readonly views?: InformerViews | undefined
  /** Whether the component is the user's, whose requests are checked as those of `cluster.client`. */
  readonly isUsers?: boolean
  /** Creates the recorder that writes Event objects through a client. */
  readonly makeRecorder: (
    client: Client,
    host: ModuleHost<ClusterEvents>,
    source: RecorderSource,
  ) => EventRecorder
}

/** The cache of one informer of a component. */
export interface ComponentView {
  readonly component: string
  readonly resource: ResourceName
  readonly selection: Informer<KubeObject>['selection']
  /** Whether the network currently lets it reach the apiserver. */
  readonly connected: boolean
  /** The resource version up to which it has seen the store; undefined before its first list. */
  readonly resourceVersion: string | undefined
  /** In key order, frozen. */
  readonly objects: readonly KubeObject[]
}

/** What the topics of a component's own informers begin with; no component may use it for others. */
export const INFORMER_TOPIC = 'informer '

/** The apiserver's response without valid credentials. */
const unauthorized = (): ApiError => new ApiError(401, 'Unauthorized', 'Unauthorized')

const isRequestFailure = (error: unknown): boolean =>
  error instanceof ApiError || error instanceof ConnectionError

/** The {@link ComponentHost} of one component of a cluster. */
export class ClusterComponentHost extends ModuleHost<ClusterEvents> implements ComponentHost {
  readonly client: Client
  readonly version: string
  readonly heartbeats: Heartbeats | undefined
  readonly #direct: ResumableClient
  readonly #services: HostServices
  readonly #informers = new Map<
    string,
    Pick<Informer<KubeObject>, 'resource' | 'selection' | 'list' | 'seen' | 'closed' | 'close'>
  >()
  /** Those that have been logged. */
  readonly #missingRules = new Set<string>()
  /** The informers that are not shared. */
  readonly #own: Pick<ListWatchInformer<KubeObject>, 'disconnect' | 'reconnect' | 'closed'>[] = []

  constructor(kernel: Kernel<ClusterEvents>, name: string, client: ResumableClient, services: HostServices) {
    super(kernel, name)
    this.#direct = client
    this.#services = services
    this.version = services.version
    this.heartbeats = services.heartbeats
    this.client = new (services.isUsers === true ? CheckedClient : ConnectedClient)(
      () => this.#admitted(client),
      client.user,
      (verb, resource, key, part) => {
        const gate = services.gate?.()
        return gate && ((send) => gate(gatedRequest(this.name, verb, resource, key, part), send))
      },
      (error) => this.#noteForbidden(error),
    )
  }

  /** Logs a right that the component lacks, once. */
  #noteForbidden(error: ApiError): void {
    const rule = missingRule(error)
    if (rule === undefined || this.#missingRules.has(rule)) return
    this.#missingRules.add(rule)
    this.log('warning', `${error.message}; missing rule: ${rule}`)
  }

  /**
   * Returns the client for the identity that the component's credentials prove. Throws ConnectionError, or
   * ApiError 401.
   */
  #admitted(own: ResumableClient): Client {
    const { connectivity, identify, clientOf } = this.#services
    connectivity.check(this.name)
    if (identify === undefined) return own
    const user = identify()
    if (user === undefined) throw unauthorized()
    return user.name === own.user.name || clientOf === undefined ? own : clientOf(user)
  }

  /** Whether the apiserver can be reached and accepts the component's credentials. */
  get connected(): boolean {
    const { connectivity, identify } = this.#services
    return (
      connectivity.isConnected(this.name) &&
      (identify === undefined || identify()?.name === this.#direct.user.name)
    )
  }

  informer<R extends ResourceName>(
    resource: R,
    options: InformerOptions<ObjectOf<R>> = {},
  ): Informer<ObjectOf<R>> {
    const { id = informerId(resource, options) } = options
    if (this.#informers.get(id)?.closed === false)
      throw new Error(`assertion failed: ${this.name} already has an informer for ${id}`)
    const informer =
      this.#services.shared?.join(this, resource, options) ?? this.#ownInformer(id, resource, options)
    this.#informers.set(id, informer)
    return informer
  }

  #ownInformer<R extends ResourceName>(
    id: string,
    resource: R,
    options: InformerOptions<ObjectOf<R>>,
  ): Informer<ObjectOf<R>> {
    const stateName = `informer ${id}`
    const state = this.state<InformerState>(stateName, () => ({ resourceVersion: undefined }))
    const topic = this.handle(INFORMER_TOPIC + id, () => informer.deliver(), { passive: true })
    const { connectivity, delivery, identify, views } = this.#services
    const informer = new ListWatchInformer<ObjectOf<R>>(resource, options, {
      client: this.#reads(),
      state,
      stateName,
      topic,
      connected: () => connectivity.isConnected(this.name),
      log: (message) => this.log('warning', message),
      onForbidden: (error) => this.#noteForbidden(error),
      original: views?.originalOf(this.name, stateName),
      delivery,
      ...(identify === undefined ? {} : { refused: () => !this.connected }),
    })
    this.#own.push(informer)
    views?.add(this.name, stateName, informer)
    return informer
  }

  /** Returns the client of informers, whose lists are stale while the component is told to read old ones. */
  #reads(): Pick<ResumableClient, 'list' | 'watch' | 'resumeWatch' | 'reread'> {
    const direct = this.#direct
    const staleRevision = (): number | undefined => this.#services.staleRevision?.(this.name)
    if (staleRevision() === undefined) return direct
    return {
      list: (resource, options) => {
        const revision = staleRevision()
        if (revision === undefined) return direct.list(resource, options)
        const stale = { resourceVersion: String(revision), resourceVersionMatch: 'Exact' } as const
        return direct.reread(resource, { ...options, ...stale })
      },
      watch: (resource, options) => direct.watch(resource, options),
      resumeWatch: (resource, options) => direct.resumeWatch(resource, options),
      reread: (resource, options) => direct.reread(resource, options),
    }
  }

  override workQueue(
    name: string,
    reconcile: (key: string) => void,
    options: WorkQueueOptions = {},
  ): WorkQueue {
    return super.workQueue(name, reconcile, { retryOn: isRequestFailure, workRetries: 8, ...options })
  }

  recorder(source: RecorderSource): EventRecorder {
    return this.#services.makeRecorder(this.client, this, source)
  }

  /** Breaks all watches, as when the connection to the apiserver is lost. */
  disconnect(): void {
    for (const informer of this.#own) informer.disconnect()
  }

  /** Resumes all watches where they were. */
  reconnect(): void {
    for (const informer of this.#own) if (!informer.closed) informer.reconnect()
  }

  /**
   * Returns the oldest revision that an informer of this component has seen; the history since then must be
   * kept.
   */
  oldestSeen(): number | undefined {
    const seen = [...this.#informers.values()].flatMap((informer) =>
      informer.seen === undefined ? [] : [Number(informer.seen)],
    )
    return seen.length === 0 ? undefined : Math.min(...seen)
  }

  /** Returns the caches of the component's informers. */
  views(): readonly ComponentView[] {
    const connected = this.connected
    return [...this.#informers.values()].map((informer) => ({
      component: this.name,
      resource: informer.resource,
      selection: informer.selection,
      connected,
      resourceVersion: informer.seen,
      objects: [...informer.list()],
    }))
  }

  /** Ends the watches of a component that stops; what it had seen is dropped with its state. */
  close(): void {
    this.disconnect()
    for (const informer of this.#informers.values()) informer.close()
    this.#informers.clear()
    this.#own.length = 0
  }
}
