import { release } from '../api/releases.js'
import type { ClusterEvents } from '../apiserver/client/cluster-events.js'
import { Pki } from '../pki/index.js'
import type { KeyProvider, PkiState } from '../pki/index.js'
import { DEFAULT_START } from '../sim/clock.js'
import type { Simulation } from '../sim/simulation.js'

/** Name of the machine that the control plane runs on; it has no Node object. */
export const CONTROL_PLANE_NODE = 'control-plane'

/** First address of the service network: the Service `kubernetes`. */
const SERVICE_IP = '10.96.0.1'

/** The files of a cluster's PKI, as `kubeadm init` would have left them at the cluster's beginning. Nothing is made before it is read. */
export function clusterPki(
  simulation: Simulation<ClusterEvents>, options: { readonly version: string; readonly address: string; readonly keys: KeyProvider | undefined },
): Pki {
  const { seed = 1, start = DEFAULT_START } = simulation.options
  const slice = simulation.slice<PkiState>('cluster', 'pki', () => ({ files: new Map(), keys: new Map() }))
  return new Pki({
    config: {
      seed, created: start, minor: release(options.version).minor, nodeName: CONTROL_PLANE_NODE, advertiseAddress: options.address,
      serviceIP: SERVICE_IP,
    },
    state: () => slice.value,
    serials: () => simulation.random.stream('pki/serial'),
    keys: options.keys,
  })
}
