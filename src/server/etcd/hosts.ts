import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { EtcdStore } from '../../etcd/store.js'
import type { TimeDriver } from '../time-driver.js'
import type { EtcdMember } from './member.js'

/** A member without what the server itself knows. */
export type HostedMember = Omit<EtcdMember, 'clientUrls' | 'commonName'>

const PEER_PORT = 2380

/**
 * The etcd of a cluster, whose time `time` moves: the member has the control plane's name and address, as
 * kubeadm makes it.
 */
export function clusterMember(cluster: SimCluster, time: TimeDriver): HostedMember {
  const { nodeName, advertiseAddress } = cluster.pki.config
  const host = advertiseAddress.slice(0, advertiseAddress.lastIndexOf(':'))
  return {
    store: cluster.internals.etcd,
    name: nodeName,
    peerUrls: [`https://${host}:${PEER_PORT}`],
    catchUp: () => time.catchUp(),
    afterRequest: () => time.afterRequest(),
    wait: () => time.wait(),
    now: () => cluster.now(),
    beforeCompaction: () => cluster.internals.bookmarkWatches(),
  }
}

/** A store of nobody's: its leases end by `now`. */
export function storeMember(store: EtcdStore, name: string, now: () => number): HostedMember {
  return {
    store,
    name,
    peerUrls: [`http://localhost:${PEER_PORT}`],
    now,
    catchUp: () => {
      if ((store.nextExpiry() ?? Infinity) <= now()) store.expireLeases(now())
    },
    afterRequest: () => undefined,
    wait: () => () => undefined,
  }
}
