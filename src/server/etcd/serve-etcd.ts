import { protobufCodec } from '../../api/protobuf/protobuf.js'
import { EtcdStore } from '../../etcd/store.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { listening } from '../listening.js'
import { TimeDriver } from '../time-driver.js'
import type { ServeTime } from '../time-driver.js'
import { EtcdServer } from './etcd-server.js'
import type { EtcdServerParts } from './etcd-server.js'
import { clusterMember, storeMember } from './hosts.js'

/** How etcd's API is served. */
export interface EtcdServeOptions {
  /** Default: any free one. */
  readonly port?: number
  /** Address to listen on. Default `127.0.0.1`: nobody but this machine. */
  readonly host?: string
  /** Further names and addresses in the serving certificate. */
  readonly certSANs?: readonly string[]
  /**
   * Without TLS and for everybody who reaches it; only on a loopback address. Default false for a cluster,
   * true for a bare store.
   */
  readonly plain?: boolean
  /** Hears of what must not happen: a bug of the simulator in a request. Default: process.emitWarning. */
  readonly onError?: (error: unknown) => void
}

/** What moves time where nothing else serves the cluster. */
export interface StandaloneOptions extends EtcdServeOptions {
  /** Of a cluster: see {@link ServeTime}. Default `{ speed: 1 }`. Of a bare store: use `now`. */
  readonly time?: ServeTime
  /**
   * Of a bare store: the time, in ms, by which its leases end; the store's own clock should be the same.
   * Default Date.now.
   */
  readonly now?: () => number
  /** Of a bare store: the member's name. Default `default`. */
  readonly name?: string
}

/**
 * Serves the etcd of a cluster, or a store that belongs to no cluster, to etcdctl and every other client of
 * etcd's v3 API. With `serve(cluster, { etcd: {} })` the API server and etcd are served together; this is for
 * etcd alone. `await using etcd = await serveEtcd(cluster)`.
 * @throws Error when the address cannot be listened on, or is not to be without TLS.
 */
export async function serveEtcd(
  target: SimCluster | EtcdStore,
  options: StandaloneOptions = {},
): Promise<EtcdServer> {
  return listening(target instanceof EtcdStore ? storeServer(target, options) : standalone(target, options))
}

function standalone(cluster: SimCluster, options: StandaloneOptions): EtcdServer {
  let server: EtcdServer | undefined
  const time = new TimeDriver(cluster, options.time ?? { speed: 1 }, {
    onError: (error) => report(options, error),
    afterMove: () => server?.tick(),
  })
  try {
    return (server = new EtcdServer({ ...etcdParts(cluster, time, options), onClose: () => time.stop() }))
  } catch (error) {
    time.stop()
    throw error
  }
}

/** What serves the etcd of a cluster whose time moves by `time`. */
export function etcdParts(cluster: SimCluster, time: TimeDriver, options: EtcdServeOptions): EtcdServerParts {
  cluster.internals.readStoredProtobuf(protobufCodec)
  return {
    ...clusterMember(cluster, time),
    ...common(options, options.plain ?? false),
    pki: { pki: cluster.pki, now: () => cluster.now() },
  }
}

function storeServer(store: EtcdStore, options: StandaloneOptions): EtcdServer {
  const { now = Date.now, name = 'default' } = options
  const member = storeMember(store, name, now)
  const server = new EtcdServer({ ...member, ...common(options, true), onClose: () => clearInterval(timer) })
  const timer = setInterval(() => {
    member.catchUp()
    server.tick()
  }, STORE_TICK_MS)
  return server
}

/** Ms between two looks at a bare store's leases. */
const STORE_TICK_MS = 100

function common(
  options: EtcdServeOptions,
  plain: boolean,
): Pick<EtcdServerParts, 'port' | 'host' | 'certSANs' | 'plain' | 'report'> {
  const { port = 0, host = '127.0.0.1', certSANs = [] } = options
  return { port, host, certSANs, plain, report: (error) => report(options, error) }
}

function report(
  {
    onError = (fault: unknown) => process.emitWarning(fault instanceof Error ? fault : String(fault)),
  }: EtcdServeOptions,
  error: unknown,
): void {
  onError(error)
}
