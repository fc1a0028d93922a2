import { checkDurable } from '../../inputs.js'
import { hostname } from 'node:os'
import { pid } from 'node:process'
import { mergeOptions } from '../../../cluster/compose/merge-options.js'
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

/** Options of {@link openDurableCluster}. */
export interface EtcdMirrorOptions {
  /** URLs of a real etcd's members, for example `https://10.0.0.1:2379`. */
  readonly endpoints: readonly string[]
  /** Certificates, for `https://` endpoints. */
  readonly tls?: EtcdTls
  /**
   * Prefix of all keys; each cluster needs its own.
   * @default `/simcluster/`
   */
  readonly prefix?: string
  /**
   * Keeps the objects of the apiserver where a real one does (`/registry/pods/...`) instead of below
   * `prefix`, which is then only that of the mirror's own keys: `/registry`, or another `--etcd-prefix`. Keys
   * that other clients have written to the cluster's etcd are not kept.
   * @default none
   */
  readonly registry?: string
  /**
   * Seconds of real time after which the lock of a dead writer expires.
   * @default 15
   */
  readonly lockTtl?: number
  /** Options of the cluster. `nodes` and `start` are ignored for a cluster that is already in etcd. */
  readonly cluster?: ClusterOptions
  /**
   * Called with the reason when a write is retried.
   * @default none
   */
  readonly onRetry?: (error: Error) => void
}

/** A cluster whose writes are mirrored to a real etcd, see {@link openDurableCluster}. */
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

  /** The last revision of the cluster that etcd has confirmed. */
  get written(): number {
    return this.#mirror.written
  }

  /**
   * Resolves when the cluster's current state is in etcd. Rejects when another writer has taken over, or with
   * etcd's reason when it refuses a write (`etcdserver: mvcc: database space exceeded`): the cluster goes on,
   * and the next commit or call tries again.
   */
  durable(): Promise<void> {
    return this.#mirror.durable()
  }

  /**
   * Writes the remaining revisions and releases the lock. The cluster itself can still be used, without etcd.
   */
  async close(): Promise<void> {
    try {
      await this.durable()
    } finally {
      this.#mirror.stop()
      await this.#lock.release().catch(() => undefined)
      this.#remote.close()
    }
  }

  /** Stops as if the process were killed: writes nothing more, and leaves the lock to expire. */
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
 * Opens a cluster that outlives its process: reads it from a real etcd, or creates it when there is none yet,
 * and writes every committed revision there in order, behind the synchronous store. A crash at any moment
 * leaves a state that the cluster was in, without gaps (or nothing, if the cluster was still being created).
 * Objects are read with their versions and leases, and with the time; what runs on machines continues as
 * described at `SimCluster.fromEtcdSnapshot`. Only the machines that were simulated are again: Nodes that
 * kubelets elsewhere have registered stay theirs.
 * @throws Error when another writer has the lock, etcd cannot be reached, or the prefix holds something else.
 * @example
 * const durable = await openDurableCluster({ endpoints: ['http://127.0.0.1:2379'], prefix: '/sim' })
 */
export async function openDurableCluster(options: EtcdMirrorOptions): Promise<DurableCluster> {
  checkDurable(options)
  const {
    endpoints,
    tls,
    prefix = '/simcluster/',
    registry,
    lockTtl = 15,
    cluster: clusterOptions = {},
    onRetry = () => undefined,
  } = options
  const layout = new MirrorLayout(prefix, registry)
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
      machines: () => cluster.nodes().map(({ name }) => name),
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
  const { nodes: _nodes, manifests: _manifests, version = state.version, ...rest } = options
  return SimCluster.fromEtcdStore(EtcdStore.fromJSON(store, { clock: { now: () => state.now } }), {
    ...mergeOptions(rest, { time: { start: state.now }, version }),
    machines: state.machines,
  })
}
