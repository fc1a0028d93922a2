import { checkEtcd } from '../inputs.js'
import { protobufCodec } from '../../api/protobuf/protobuf.js'
import { EtcdStore } from '../../etcd/store.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { listening } from '../http/listening.js'
import { TimeDriver } from '../time-driver.js'
import type { ServeTime } from '../time-driver.js'
import { EtcdServer } from './etcd-server.js'
import type { EtcdServerDependencies } from './etcd-server.js'
import { clusterMember, storeMember } from './hosts.js'
import { clusterSecurity } from './tls.js'
import { clearInterval, setInterval } from '../real-timers.js'

/** How etcd's API is served. */
export interface EtcdServeOptions {
  /** @default any free port */
  readonly port?: number
  /**
   * Address to listen on.
   * @default `127.0.0.1`: reachable from this machine only
   */
  readonly host?: string
  /** Additional names and addresses in the serving certificate. */
  readonly certSANs?: readonly string[]
  /**
   * Serves without TLS and without client certificates, on a loopback address only.
   * @default false for a cluster, true for a store
   */
  readonly plain?: boolean
  /**
   * Receives errors that only a bug of the simulator can cause.
   * @default process.emitWarning
   */
  readonly onError?: (error: unknown) => void
}

/** Options of {@link serveEtcd}: also what moves time, since no API server does. */
export interface StandaloneOptions extends EtcdServeOptions {
  /**
   * For a cluster: see {@link ServeTime}. For a store use `now`.
   * @default `{ speed: 1 }`
   */
  readonly time?: ServeTime
  /**
   * For a store: the time by which its leases expire, in ms; should be the store's own clock.
   * @default Date.now
   */
  readonly now?: () => number
  /**
   * For a store: the member's name.
   * @default `default`
   */
  readonly name?: string
}

/**
 * Serves the etcd of a cluster, or a store without a cluster, to etcdctl and every other client of etcd's v3
 * API. `serve(cluster, { etcd: {} })` serves the API server and etcd together; this serves etcd alone. `await
 * using etcd = await serveEtcd(cluster)`.
 * @throws Error when the address cannot be listened on, or TLS is off on an address other than loopback.
 * @example const { url } = await serveEtcd(cluster)
 */
export async function serveEtcd(
  target: SimCluster | EtcdStore,
  options: StandaloneOptions = {},
): Promise<EtcdServer> {
  checkEtcd([target, options])
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

/** Returns the server parts for a cluster's etcd; `time` moves the cluster's time. */
export function etcdParts(
  cluster: SimCluster,
  time: TimeDriver,
  options: EtcdServeOptions,
): EtcdServerDependencies {
  cluster.internals.readStoredProtobuf(protobufCodec)
  const parts = { ...clusterMember(cluster, time), ...common(options) }
  if (options.plain === true) return parts
  const hosts = [parts.host, ...(options.certSANs ?? [])]
  return { ...parts, secure: clusterSecurity(cluster.pki, () => cluster.now(), hosts) }
}

function storeServer(store: EtcdStore, options: StandaloneOptions): EtcdServer {
  const { now = Date.now, name = 'default' } = options
  if (options.plain === false)
    throw new Error('a store that belongs to no cluster has no certificates: serve it with plain: true')
  const member = storeMember(store, name, now)
  const server = new EtcdServer({ ...member, ...common(options), onClose: () => clearInterval(timer) })
  const timer = setInterval(() => {
    member.catchUp()
    server.tick()
  }, STORE_TICK_MS)
  return server
}

/** Ms between two checks of a store's leases. */
const STORE_TICK_MS = 100

function common(options: EtcdServeOptions): Pick<EtcdServerDependencies, 'port' | 'host' | 'report'> {
  const { port = 0, host = '127.0.0.1' } = options
  return { port, host, report: (error) => report(options, error) }
}

function report(
  {
    onError = (fault: unknown) => process.emitWarning(fault instanceof Error ? fault : String(fault)),
  }: EtcdServeOptions,
  error: unknown,
): void {
  onError(error)
}
