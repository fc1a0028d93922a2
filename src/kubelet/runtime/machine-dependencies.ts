import type { ConfigMap, Pod } from '../../api/core/generated.js'
import type { FileTree } from '../../shell/files/tree.js'
import type { ContainerNetwork } from '../../shell/programs/command.js'

/**
 * What a machine needs from its cluster: the network, and data that a kubelet fetches when a container reads
 * it.
 */
export interface MachineDependencies {
  /** The network as a pod on this machine sees it. */
  networkOf(pod: Pod, podIP: string): ContainerNetwork
  /** The variables of a namespace's services, at the latest as of `before` (virtual ms). */
  serviceEnv(pod: Pod, before: number): Readonly<Record<string, string>>
  /** Issues a token of the pod's service account. */
  serviceAccountToken(pod: Pod, audience: string | undefined, seconds: number): string
  configMap(namespace: string, name: string): ConfigMap | undefined
  /** Bytes of memory of a node. */
  nodeMemory(node: string): number
  /** The first InternalIP of a node; '' if it has none. */
  nodeAddress(node: string): string
  /** The files of a network volume, to be changed in place. */
  networkVolume(id: string): FileTree
}

/** A machine on its own, from which nothing is reachable. */
export const ISOLATED: MachineDependencies = {
  networkOf: () => ({
    dnsServer: '10.96.0.10',
    resolvConf: 'nameserver 10.96.0.10\n',
    lookup: () => undefined,
    query: () => ({ rcode: 'TIMEOUT', records: [] }),
    connect: () => ({ kind: 'unreachable' }),
  }),
  serviceEnv: () => ({}),
  serviceAccountToken: () => '',
  configMap: () => undefined,
  nodeMemory: () => 32 * 1024 ** 3,
  nodeAddress: () => '',
  networkVolume: () => new Map(),
}
