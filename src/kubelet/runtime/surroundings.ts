import type { ConfigMap, Pod } from '../../api/core/generated.js'
import type { Tree } from '../files/tree.js'
import type { ContainerNetwork } from '../commands/command.js'

/**
 * What a machine cannot know by itself: the network around it, and what a kubelet would fetch when a
 * container looks at it.
 */
export interface Surroundings {
  /** The network as a pod on this machine sees it. */
  networkOf(pod: Pod, podIP: string): ContainerNetwork
  /**
   * Variables that tell where the services of a namespace are, as of their creation at `before` (virtual ms)
   * at the latest.
   */
  serviceEnv(pod: Pod, before: number): Readonly<Record<string, string>>
  /** A token of the pod's service account. */
  serviceAccountToken(pod: Pod, audience: string | undefined, seconds: number): string
  configMap(namespace: string, name: string): ConfigMap | undefined
  /** The files of a volume in the network, to be changed in place. */
  networkVolume(id: string): Tree
}

/** A machine on its own: nothing can be reached. */
export const ALONE: Surroundings = {
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
  networkVolume: () => new Map(),
}
