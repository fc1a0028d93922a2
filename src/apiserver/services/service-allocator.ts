import { InputError } from '../../lang/input-error.js'
import type { Service } from '../../api/core/generated.js'
import {
  isHeadless,
  needsHealthCheckPort,
  needsNodePort,
  needsClusterIp,
  sameTexts,
} from '../../api/core/service-needs.js'
import type { KubeObject } from '../../api/kind/definition.js'
import type { Draft } from '../../api/kind/draft.js'
import { invalid as invalidField } from '../../api/field-error.js'
import { type IpFamily, parseIpRange, type IpRange } from '../../lang/go/ip.js'
import type { RandomStream } from '../../sim/random.js'
import { internalError, invalid } from '../errors.js'
import type { Reservation, WriteHooks } from '../registry/context.js'
import { AllocationError, ClusterIps } from './cluster-ips.js'
import { setIpFamilies } from './families.js'
import { ServicesInUse, addressesOf } from './in-use.js'
import {
  giveHealthCheckPort,
  giveNodePorts,
  NodePortOperation,
  updateNodePorts,
  type PortRange,
} from './node-ports.js'
import type { Clock } from '../../sim/clock.js'
import type { Resources } from '../registry/resources.js'
import type { Storage } from '../storage/storage.js'

const SERVICE = { group: '', kind: 'Service' }
const NOTHING: Reservation = { commit: () => undefined, release: () => undefined }

/** The dependencies of a {@link ServiceAllocator}. */
export interface ServiceAllocatorDependencies {
  readonly clusterIps: ClusterIps
  readonly inUse: ServicesInUse
  readonly random: RandomStream
  readonly nodePorts: PortRange
}

/**
 * Allocates and releases cluster IPs and node ports as Services are written. Its whole state is in the store.
 * Source: pkg/registry/core/service/storage/storage.go and alloc.go.
 */
class ServiceAllocator implements WriteHooks {
  readonly #dependencies: ServiceAllocatorDependencies

  constructor(dependencies: ServiceAllocatorDependencies) {
    this.#dependencies = dependencies
  }

  beginCreate(draft: Draft<KubeObject>, dryRun: boolean): Reservation {
    const service = draft as unknown as Draft<Service>
    normalizeClusterIps(service, undefined)
    setIpFamilies(service, undefined, this.#dependencies.clusterIps.families)
    const given = this.#giveAddresses(service, dryRun)
    const operation = this.#portOperation(dryRun)
    if (needsNodePort(service)) giveNodePorts(service, operation)
    if (needsHealthCheckPort(service)) giveHealthCheckPort(service, operation)
    return this.#reservation(given, [])
  }

  beginUpdate(draft: Draft<KubeObject>, stored: KubeObject, dryRun: boolean): Reservation {
    const service = draft as unknown as Draft<Service>
    const old = stored as unknown as Service
    if (service.spec === old.spec) return NOTHING
    service.spec = {
      ...service.spec,
      ...(service.spec.ports && { ports: service.spec.ports.map((port) => ({ ...port })) }),
    }
    keepAllocatedValues(service, old)
    normalizeClusterIps(service, old)
    setIpFamilies(service, old, this.#dependencies.clusterIps.families)
    const { given, released } = this.#updateAddresses(service, old, dryRun)
    const operation = this.#portOperation(dryRun)
    if (needsNodePort(service)) updateNodePorts(service, old, operation)
    if (!needsHealthCheckPort(old) && needsHealthCheckPort(service)) giveHealthCheckPort(service, operation)
    return this.#reservation(given, released)
  }

  afterRemove(object: KubeObject): void {
    for (const ip of addressesOf(object as unknown as Service)) this.#dependencies.clusterIps.giveBack(ip)
  }

  #portOperation(dryRun: boolean): NodePortOperation {
    const { inUse, random, nodePorts } = this.#dependencies
    return new NodePortOperation(inUse, random, nodePorts, dryRun)
  }

  /** Allocates the addresses of a Service that has none yet, and returns them. */
  #giveAddresses(service: Draft<Service>, dryRun: boolean): readonly string[] {
    const { spec } = service
    if (spec.type === 'ExternalName' || isHeadless(service)) return []
    const asked = [...(spec.clusterIPs ?? [])]
    spec.clusterIPs = (spec.ipFamilies ?? []).map((family, index) =>
      this.#giveAddress(service, family as IpFamily, asked[index] ?? '', asked, dryRun),
    )
    if (spec.clusterIPs[0] !== undefined) spec.clusterIP = spec.clusterIPs[0]
    return spec.clusterIPs
  }

  #giveAddress(
    { metadata }: Draft<Service>,
    family: IpFamily,
    asked: string,
    all: readonly string[],
    dryRun: boolean,
  ): string {
    const { clusterIps } = this.#dependencies
    try {
      if (asked === '') return clusterIps.next(family)
      clusterIps.check(asked, dryRun)
      return asked
    } catch (error) {
      if (!(error instanceof AllocationError)) throw error
      if (asked === '') throw internalError(`failed to allocate a serviceIP: ${error.message}`)
      const text = `failed to allocate IP ${asked}: ${error.message}`
      throw invalid(SERVICE, metadata.name ?? '', [invalidField('spec.clusterIPs', all, text)])
    }
  }

  /** Source: alloc.go updateClusterIPs. */
  #updateAddresses(
    service: Draft<Service>,
    old: Service,
    dryRun: boolean,
  ): { given: readonly string[]; released: readonly string[] } {
    const { spec } = service
    if (old.spec.type === 'ExternalName') return { given: this.#giveAddresses(service, dryRun), released: [] }
    if (isHeadless(old)) return { given: [], released: [] }
    if (spec.type === 'ExternalName') return { given: [], released: addressesOf(old) }
    const before = old.spec.ipFamilies ?? []
    const after = spec.ipFamilies ?? []
    if (before.length === 1 && after.length === 2) {
      const asked = [...(spec.clusterIPs ?? [])]
      const second = this.#giveAddress(service, after[1] as IpFamily, asked[1] ?? '', asked, dryRun)
      spec.clusterIPs = [asked[0] ?? '', second]
      return { given: [second], released: [] }
    }
    const isReduced = before.length === 2 && after.length === 1
    return { given: [], released: isReduced ? addressesOf(old).slice(1) : [] }
  }

  #reservation(given: readonly string[], released: readonly string[]): Reservation {
    if (given.length === 0 && released.length === 0) return NOTHING
    const { clusterIps } = this.#dependencies
    return {
      commit: ({ metadata: { namespace = '', name = '' } }) => {
        for (const ip of given) clusterIps.take(ip, { namespace, name })
      },
      release: () => {
        for (const ip of released) clusterIps.giveBack(ip)
      },
    }
  }
}

/**
 * Copies allocated values that an update omits from the old Service, so that a manifest without them can be
 * written again. Source: pkg/registry/core/service/storage/storage.go patchAllocatedValues.
 */
function keepAllocatedValues(service: Draft<Service>, old: Service): void {
  const { spec } = service
  if (needsClusterIp(old) && needsClusterIp(service)) {
    if ((spec.clusterIP ?? '') === '' && old.spec.clusterIP !== undefined) spec.clusterIP = old.spec.clusterIP
    const isSame = spec.clusterIP === old.spec.clusterIP
    if ((spec.clusterIPs ?? []).length === 0 && isSame && old.spec.clusterIPs !== undefined)
      spec.clusterIPs = [...old.spec.clusterIPs]
  }
  if (needsNodePort(old) && needsNodePort(service)) keepNodePorts(service, old)
  if (needsHealthCheckPort(old) && needsHealthCheckPort(service) && (spec.healthCheckNodePort ?? 0) === 0) {
    if (old.spec.healthCheckNodePort !== undefined) spec.healthCheckNodePort = old.spec.healthCheckNodePort
  }
}

/** Matches ports with their old node ports by name, unless another port now has them. */
function keepNodePorts(
  { spec: { ports = [] } }: Draft<Service>,
  { spec: { ports: before = [] } }: Service,
): void {
  const had = new Set(before.map(({ nodePort = 0 }) => nodePort))
  const used = new Set(
    ports.map(({ nodePort = 0 }) => nodePort).filter((port) => port !== 0 && had.has(port)),
  )
  const byName = new Map(before.map(({ name = '', nodePort = 0 }) => [name, nodePort]))
  for (const port of ports) {
    if ((port.nodePort ?? 0) !== 0) continue
    const known = byName.get(port.name ?? '') ?? 0
    if (known === 0 || used.has(known)) continue
    port.nodePort = known
    used.add(known)
  }
}

/**
 * Keeps clusterIP and clusterIPs consistent: if only one of them was changed, it determines the other.
 * Source: storage.go normalizeClusterIPs.
 */
function normalizeClusterIps({ spec }: Draft<Service>, old: Service | undefined): void {
  const { clusterIP = '', clusterIPs = [] } = spec
  if (old === undefined) {
    if (clusterIP !== '' && clusterIPs.length === 0) spec.clusterIPs = [clusterIP]
    return
  }
  const isSame = sameTexts(clusterIPs, old.spec.clusterIPs)
  const before = old.spec.clusterIP ?? ''
  if (before !== '' && clusterIP === '') {
    // clearing the first alone clears both
    if (isSame) delete spec.clusterIPs
  } else if (clusterIP !== before && isSame) {
    spec.clusterIPs = [clusterIP]
  } else if (before === clusterIP && (old.spec.clusterIPs ?? []).length > 0 && clusterIPs.length === 0) {
    // clearing the list alone clears both
    delete spec.clusterIP
  }
}

/** `--service-cluster-ip-range` of kubeadm and `--service-node-port-range`. */
export const DEFAULT_SERVICE_RANGES: readonly string[] = ['10.96.0.0/12']
const DEFAULT_NODE_PORTS: PortRange = { first: 30000, last: 32767 }

/** The dependencies of {@link serviceHooks}. */
export interface ServiceHookDependencies {
  readonly storage: Storage
  readonly resources: Resources
  readonly clock: Clock
  readonly uids: RandomStream
  /** Chooses addresses and ports. */
  readonly random: RandomStream
  /** One range for each family, the default family first. Default {@link DEFAULT_SERVICE_RANGES}. */
  readonly ranges?: readonly string[] | undefined
  /** Default 30000 to 32767. */
  readonly nodePorts?: PortRange | undefined
  /** Whether writes are tracked in metadata.managedFields. */
  readonly managedFields: boolean
}

/**
 * Returns the allocator of cluster IPs and node ports as hooks of Service writes. Throws InputError for an
 * invalid range.
 */
export function serviceHooks(dependencies: ServiceHookDependencies): ReadonlyMap<string, WriteHooks> {
  const { storage, random, ranges = DEFAULT_SERVICE_RANGES, nodePorts = DEFAULT_NODE_PORTS } = dependencies
  const inUse = new ServicesInUse(storage)
  const clusterIps = new ClusterIps({ ...dependencies, inUse, ranges: ranges.map(readRange) })
  return new Map([
    ['/registry/services/specs/', new ServiceAllocator({ clusterIps, inUse, random, nodePorts })],
  ])
}

function readRange(text: string): IpRange {
  const range = parseIpRange(text)
  if (range === undefined)
    throw new InputError(`"${text}" is no range of addresses: write it as 10.96.0.0/12`)
  return range
}
