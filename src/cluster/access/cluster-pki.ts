import { InputError } from '../../lang/input-error.js'
import { formatIp, parseIpRange } from '../../lang/go/ip.js'
import { release } from '../../api/releases.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import { Pki } from '../../pki/index.js'
import type { PkiState } from '../../pki/index.js'
import type { KubeadmOptions } from '../compose/options.js'
import { DEFAULT_START } from '../../sim/clock.js'
import type { Simulation } from '../../sim/simulation.js'
import { endpointHost, joinHostPort } from '../../lang/go/host-port.js'

/** Name of the control plane's machine, which has no Node object. */
export const CONTROL_PLANE_NODE = 'control-plane'

/**
 * The test keys of clusters without keys of their own: those of one seed, so that a new cluster is the same
 * for every seed.
 */
const TEST_KEY_SEED = 1

/** Returns the first address of the service network: that of the Service `kubernetes`. */
export function serviceAddress(serviceCIDR: string = '10.96.0.0/12'): string {
  const range = parseIpRange(serviceCIDR.split(',')[0] ?? '')
  if (range === undefined)
    throw new InputError(
      `serviceCIDR: ${JSON.stringify(serviceCIDR)} is not a range of addresses: write it as 10.96.0.0/12`,
    )
  return formatIp({ family: range.family, value: range.first + 1n })
}

/** The addresses of the control plane's machine by family, unless options say others. */
export const CONTROL_PLANE_ADDRESSES = { IPv4: '10.0.0.10', IPv6: 'fd00::a' } as const

const familyOf = (address: string): 'IPv4' | 'IPv6' => (address.includes(':') ? 'IPv6' : 'IPv4')

/**
 * Returns the address that the apiserver advertises, which has the family of the Service `kubernetes`.
 * @throws InputError if the given one has the other family. Source: cmd/kube-apiserver/app/options
 * validatePublicIPServiceClusterIPRangeIPFamilies.
 */
export function advertisedAddress(given: string | undefined, serviceCIDR: string = '10.96.0.0/12'): string {
  const family = familyOf(serviceCIDR.split(',')[0] ?? '')
  if (given === undefined) return joinHostPort(CONTROL_PLANE_ADDRESSES[family], 6443)
  const own = familyOf(endpointHost(given))
  if (own !== family)
    throw new InputError(
      `service IP family "${family}" must match public address family "${own}": ` +
        `serviceCIDR ${serviceCIDR}, advertiseAddress ${given}`,
    )
  return given
}

/** The cluster-specific settings of a PKI. */
export interface ClusterPkiOptions {
  readonly version: string
  readonly address: string
  readonly serviceCIDR: string | undefined
  readonly kubeadm: KubeadmOptions
  /** Returns when a node joined; undefined if it was there from the start. */
  readonly joined: (node: string) => number | undefined
}

/**
 * Creates the PKI of a cluster, as `kubeadm init` would have left it at the cluster's start. Files are
 * generated on first read.
 */
export function clusterPki(simulation: Simulation<ClusterEvents>, options: ClusterPkiOptions): Pki {
  const { start = DEFAULT_START } = simulation.options
  const { keys, init: _init, advertiseAddress: _address, ...kubeadm } = options.kubeadm
  const slice = simulation.slice<PkiState>('cluster', 'pki', () => ({ files: new Map(), keys: new Map() }))
  return new Pki({
    config: {
      seed: TEST_KEY_SEED,
      created: start,
      minor: release(options.version).minor,
      nodeName: CONTROL_PLANE_NODE,
      advertiseAddress: options.address,
      serviceIP: serviceAddress(options.serviceCIDR),
      ...kubeadm,
    },
    state: () => slice.value,
    peek: () => slice.peek,
    serials: () => simulation.random.stream('pki/serial'),
    keys,
    joined: (node) => options.joined(node) ?? start,
  })
}
