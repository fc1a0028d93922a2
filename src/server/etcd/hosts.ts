import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { EtcdStore } from '../../etcd/store.js'
import type { TimeDriver } from '../time-driver.js'
import type { EtcdMember } from './member.js'
import { endpointHost, joinHostPort } from '../../lang/go/host-port.js'

/** An {@link EtcdMember} without the fields that the server adds. */
export type HostedMember = Omit<EtcdMember, 'clientUrls' | 'commonName'>

const PEER_PORT = 2380

/**
 * Returns the member for a cluster's etcd. It has the control plane's name and address, as with kubeadm;
 * `time` moves the cluster's time.
 */
export function clusterMember(cluster: SimCluster, time: TimeDriver): HostedMember {
  const { nodeName, advertiseAddress } = cluster.pki.config
  return {
    store: cluster.internals.etcd,
    name: nodeName,
    peerUrls: [`https://${joinHostPort(endpointHost(advertiseAddress), PEER_PORT)}`],
    catchUp: () => time.catchUp(),
    afterRequest: () => time.afterRequest(),
    wait: () => time.wait(),
    now: () => cluster.now(),
    beforeCompaction: () => cluster.internals.bookmarkWatches(),
  }
}

/** Returns the member for a store without a cluster. Its leases expire by `now`, in ms. */
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
