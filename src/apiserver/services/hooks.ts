import { parseIpRange, type IpRange } from '../../api/ip.js'
import type { Clock } from '../../sim/clock.js'
import type { RandomStream } from '../../sim/random.js'
import type { Resources } from '../registry/resources.js'
import type { WriteHooks } from '../registry/context.js'
import type { Storage } from '../storage/storage.js'
import { ClusterIps } from './cluster-ips.js'
import { ServicesInUse } from './in-use.js'
import type { PortRange } from './node-ports.js'
import { ServiceAllocator } from './service-allocator.js'

/** `--service-cluster-ip-range` of kubeadm and `--service-node-port-range`. */
export const DEFAULT_SERVICE_RANGES: readonly string[] = ['10.96.0.0/12']
const DEFAULT_NODE_PORTS: PortRange = { first: 30000, last: 32767 }

/** What services are given addresses and ports out of. */
export interface ServiceHookParts {
  readonly storage: Storage
  readonly resources: Resources
  readonly clock: Clock
  readonly uids: RandomStream
  /** Chooses addresses and ports. */
  readonly random: RandomStream
  /** One range a family, the default family first. Default {@link DEFAULT_SERVICE_RANGES}. */
  readonly ranges?: readonly string[] | undefined
  /** Default 30000 to 32767. */
  readonly nodePorts?: PortRange | undefined
}

/**
 * The allocator of cluster IPs and node ports, as hooks of the writes of services. Throws RangeError for a
 * range that is none.
 */
export function serviceHooks(parts: ServiceHookParts): ReadonlyMap<string, WriteHooks> {
  const { storage, random, ranges = DEFAULT_SERVICE_RANGES, nodePorts = DEFAULT_NODE_PORTS } = parts
  const inUse = new ServicesInUse(storage)
  const clusterIps = new ClusterIps({ ...parts, inUse, ranges: ranges.map(readRange) })
  return new Map([
    ['/registry/services/specs/', new ServiceAllocator({ clusterIps, inUse, random, nodePorts })],
  ])
}

function readRange(text: string): IpRange {
  const range = parseIpRange(text)
  if (range === undefined)
    throw new RangeError(`"${text}" is no range of addresses: write it as 10.96.0.0/12`)
  return range
}
