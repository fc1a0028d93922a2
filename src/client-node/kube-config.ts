import * as z from 'zod/mini'
import { anyFunction, anyObject, argumentsCheck, text, word } from '../api/checked-input.js'
import { agentFor } from './agent.js'
import { apiConfiguration } from './api-configuration.js'
import { dispatcherFor } from './dispatcher.js'
import type { Identity } from '../cluster/access/identities.js'
import type { Cluster, Send } from './send.js'
import { SERVER } from './send.js'

const checkOptions = argumentsCheck(
  'kubeConfigFor()',
  "kubeConfigFor(cluster, { as: { user: 'jane' }, KubeConfig })",
  () => ({
    cluster: z.looseObject({ http: anyObject() }),
    options: z.strictObject({
      as: z.optional(
        z.union([text, z.strictObject({ user: text, groups: z.optional(z.array(z.string())), uid: word })]),
      ),
      namespace: word,
      KubeConfig: z.optional(anyFunction()),
    }),
  }),
)

/** Options of {@link kubeConfigFor}. */
export interface KubeConfigOptions<K extends object = object> {
  /**
   * The identity that sends the requests.
   * @default the cluster's administrator
   */
  readonly as?: Identity
  /**
   * Namespace of the context.
   * @default `default`
   */
  readonly namespace?: string
  /** client-node's own class. The result is then an instance of it, for code that checks the type. */
  readonly KubeConfig?: new () => K
}

/** The parts of a KubeConfig that client-node's classes use. */
export interface ClusterKubeConfig {
  readonly clusters: readonly {
    readonly name: string
    readonly server: string
    readonly skipTLSVerify: boolean
  }[]
  readonly users: readonly { readonly name: string }[]
  readonly contexts: readonly {
    readonly name: string
    readonly cluster: string
    readonly user: string
    readonly namespace: string
  }[]
  readonly currentContext: string
  getClusters(): ClusterKubeConfig['clusters']
  getUsers(): ClusterKubeConfig['users']
  getContexts(): ClusterKubeConfig['contexts']
  getCurrentContext(): string
  getContextObject(name: string): ClusterKubeConfig['contexts'][number] | null
  getCurrentCluster(): ClusterKubeConfig['clusters'][number]
  getCurrentUser(): ClusterKubeConfig['users'][number]
  /** `kc.makeApiClient(CoreV1Api)` */
  makeApiClient<A>(api: new (configuration: never) => A): A
}

/** The methods that lead into the cluster; they override those of client-node's class if that is given. */
interface Transport {
  makeApiClient<A>(api: new (configuration: never) => A): A
  /** Used by Watch, Log and Metrics of 1.x. */
  applyToFetchOptions(options: { readonly headers?: HeadersInit; readonly method?: string }): Promise<object>
  applyToHTTPSOptions(options: { agent?: unknown }): Promise<void>
  /** Used by those of 2.x. */
  applySecurityAuthentication(context: Settable): Promise<void>
}

interface Settable {
  setAgent?(agent: unknown): void
  setDispatcher?(dispatcher: unknown): void
}

/**
 * Returns a KubeConfig for @kubernetes/client-node (1.4 and 2.x) whose requests go into the cluster without a
 * socket: `kubeConfigFor(cluster).makeApiClient(CoreV1Api)`, `new Watch(kc)`, `makeInformer(kc, ...)`. Failed
 * requests reject with client-node's own ApiException. Exec, Attach and PortForward need a connection: use
 * `serve` of simcluster/server for them.
 * @example const api = kubeConfigFor<KubeConfig>(cluster, { KubeConfig }).makeApiClient(CoreV1Api)
 */
export function kubeConfigFor<K extends object = ClusterKubeConfig>(
  cluster: Cluster,
  options: KubeConfigOptions<K> = {},
): K {
  checkOptions([cluster, options])
  const { as, namespace = 'default', KubeConfig } = options
  const send: Send = (target, init) => cluster.http.fetch(target, as === undefined ? init : { ...init, as })
  const base = KubeConfig === undefined ? plainConfig(as, namespace) : loaded(new KubeConfig(), as, namespace)
  return Object.assign(base, transportOf(send)) as K
}

function transportOf(send: Send): Transport {
  const agent = agentFor(send)
  const dispatcher = dispatcherFor(send)
  return {
    makeApiClient: (Api) => new Api(apiConfiguration(send) as never),
    applyToFetchOptions: ({ headers, method }) =>
      Promise.resolve({ agent, headers: new Headers(headers), method }),
    applyToHTTPSOptions: (options) => {
      options.agent = agent
      return Promise.resolve()
    },
    applySecurityAuthentication: (context) => {
      if (context.setDispatcher !== undefined) context.setDispatcher(dispatcher)
      else context.setAgent?.(agent)
      return Promise.resolve()
    },
  }
}

const NAME = 'simcluster'

function entries(
  as: Identity | undefined,
  namespace: string,
): Pick<ClusterKubeConfig, 'clusters' | 'users' | 'contexts' | 'currentContext'> {
  const user = (typeof as === 'string' ? as : as?.user) ?? 'kubernetes-admin'
  return {
    clusters: [{ name: NAME, server: SERVER, skipTLSVerify: false }],
    users: [{ name: user }],
    contexts: [{ name: NAME, cluster: NAME, user, namespace }],
    currentContext: NAME,
  }
}

function loaded<K extends object>(config: K, as: Identity | undefined, namespace: string): K {
  return Object.assign(config, entries(as, namespace))
}

function plainConfig(as: Identity | undefined, namespace: string): Omit<ClusterKubeConfig, 'makeApiClient'> {
  const config = entries(as, namespace)
  return {
    ...config,
    getClusters: () => config.clusters,
    getUsers: () => config.users,
    getContexts: () => config.contexts,
    getCurrentContext: () => config.currentContext,
    getContextObject: (name) => config.contexts.find((context) => context.name === name) ?? null,
    getCurrentCluster: () => config.clusters[0] as ClusterKubeConfig['clusters'][number],
    getCurrentUser: () => config.users[0] as ClusterKubeConfig['users'][number],
  }
}
