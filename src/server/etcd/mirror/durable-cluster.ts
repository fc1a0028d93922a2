import { hostname } from 'node:os'
import { pid } from 'node:process'
import type { ClusterOptions } from '../../../cluster/compose/options.js'
import { SimCluster } from '../../../cluster/sim-cluster.js'
import { EtcdStore } from '../../../etcd/store.js'
import { EtcdGrpcClient } from './grpc-client.js'
import type { EtcdTls } from './grpc-client.js'
import { MirrorLayout } from './layout.js'
import { loadMirror } from './load.js'
import type { Mirrored } from './load.js'
import { MirrorLock } from './lock.js'
import { EtcdMirror } from './mirror.js'
import { RemoteEtcd } from './remote.js'

/** Where a durable cluster is kept. */
export interface EtcdMirrorOptions {
  /** URLs of a real etcd's members: `https://10.0.0.1:2379`. */
  readonly endpoints: readonly string[]
  /** Certificates; not for `http://`. */
  readonly tls?: EtcdTls
  /** In front of all keys. Default `/simcluster/`. Each cluster needs one of its own. */
  readonly prefix?: string
  /** Seconds of real time after which the lock of a writer that is gone runs out. Default 15. */
  readonly lockTtl?: number
  /** Options of the cluster. Of one that is in etcd already, `nodes` and `start` are not looked at. */
  readonly cluster?: ClusterOptions
  /** Hears that a write is tried again, and why. Default: nobody. */
  readonly onRetry?: (error: Error) => void
}

/** A cluster all of whose writes go to a real etcd, see {@link openDurableCluster}. */
export class DurableCluster {
  readonly cluster: SimCluster
  readonly #mirror: EtcdMirror
  readonly #lock: MirrorLock
  readonly #remote: RemoteEtcd

  constructor(
    cluster: SimCluster,
    parts: { readonly mirror: EtcdMirror; readonly lock: MirrorLock; readonly remote: RemoteEtcd },
  ) {
    this.cluster = cluster
    this.#mirror = parts.mirror
    this.#lock = parts.lock
    this.#remote = parts.remote
  }

  /** The last revision of the cluster that is in etcd for certain. */
  get written(): number {
    return this.#mirror.written
  }

  /**
   * Resolves when everything that the cluster holds now is in etcd. Rejects when another writer has taken
   * over, or etcd refuses.
   */
  durable(): Promise<void> {
    return this.#mirror.durable()
  }

  /** Writes what is left, and gives the lock back. The cluster itself goes on, without etcd. */
  async close(): Promise<void> {
    try {
      await this.durable()
    } finally {
      this.#mirror.stop()
      await this.#lock.release().catch(() => undefined)
      this.#remote.close()
    }
  }

  /** Ends as a process ends that is killed: nothing more is written, and the lock runs out. */
  abandon(): void {
    this.#mirror.stop()
    this.#lock.abandon()
    this.#remote.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/**
 * A cluster that outlives its process: it is read from a real etcd, or made if there is none yet, and every
 * committed revision is written there in order, behind the synchronous store. A crash at any moment leaves a
 * state that the cluster was in, never one with a hole (and of one that was still being made, nothing). What
 * is read are objects with their versions and leases, and the time; what runs on machines goes on as
 * `SimCluster.fromEtcdSnapshot` says.
 * @throws Error when another writer has the lock, etcd cannot be reached, or what lies there is something
 * else.
 */
export async function openDurableCluster(options: EtcdMirrorOptions): Promise<DurableCluster> {
  const {
    endpoints,
    tls,
    prefix = '/simcluster/',
    lockTtl = 15,
    cluster: clusterOptions = {},
    onRetry = () => undefined,
  } = options
  const layout = new MirrorLayout(prefix)
  const remote = new RemoteEtcd(new EtcdGrpcClient(endpoints, tls))
  const lock = new MirrorLock(remote, layout, { ttl: lockTtl, holder: `process ${pid} on ${hostname()}` })
  try {
    await lock.take()
    const mirrored = await loadMirror(remote, layout)
    const cluster =
      mirrored === undefined ? new SimCluster(clusterOptions) : clusterOf(mirrored, clusterOptions)
    if (mirrored === undefined && cluster.internals.etcd.compactedRevision >= 0)
      throw new Error('assertion failed: a new cluster has its whole history')
    const from =
      mirrored === undefined
        ? { revision: 1, ready: cluster.internals.etcd.revision, steps: [], noted: 0 }
        : { ...mirrored.state, noted: mirrored.noted }
    const mirror = new EtcdMirror({
      remote,
      layout,
      lock,
      from,
      store: cluster.internals.etcd,
      now: () => cluster.now(),
      version: cluster.version,
      onRetry,
    })
    return new DurableCluster(cluster, { mirror, lock, remote })
  } catch (error) {
    await lock.release().catch(() => undefined)
    remote.close()
    throw error
  }
}

function clusterOf({ state, store }: Mirrored, options: ClusterOptions): SimCluster {
  const { nodes: _, start: __, version = state.version, ...rest } = options
  return SimCluster.fromEtcdStore(EtcdStore.fromJSON(store, { clock: { now: () => state.now } }), {
    ...rest,
    start: state.now,
    version,
  })
}
