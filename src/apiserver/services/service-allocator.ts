import type { Service } from '../../api/core/generated.js'
import { isHeadless, needsHealthCheckPort, needsNodePort } from '../../api/core/service-needs.js'
import type { KubeObject } from '../../api/definition.js'
import type { Draft } from '../../api/draft.js'
import { invalid as invalidField } from '../../api/field-error.js'
import type { IpFamily } from '../../api/ip.js'
import type { RandomStream } from '../../sim/random.js'
import { internalError, invalid } from '../errors.js'
import type { Reservation, WriteHooks } from '../registry/context.js'
import { keepAllocatedValues, normalizeClusterIps } from './allocated-values.js'
import { AllocationError, type ClusterIps } from './cluster-ips.js'
import { setIpFamilies } from './families.js'
import type { ServicesInUse } from './in-use.js'
import { addressesOf } from './in-use.js'
import {
  giveHealthCheckPort,
  giveNodePorts,
  NodePortOperation,
  updateNodePorts,
  type PortRange,
} from './node-ports.js'

const SERVICE = { group: '', kind: 'Service' }
const NOTHING: Reservation = { commit: () => undefined, release: () => undefined }

/** What a {@link ServiceAllocator} gives out. */
export interface ServiceAllocatorParts {
  readonly clusterIps: ClusterIps
  readonly inUse: ServicesInUse
  readonly random: RandomStream
  readonly nodePorts: PortRange
}

/**
 * Gives cluster IPs and node ports to services as they are written, and takes them back. All that it knows is
 * in the store. Source: pkg/registry/core/service/storage/storage.go and alloc.go.
 */
export class ServiceAllocator implements WriteHooks {
  readonly #parts: ServiceAllocatorParts

  constructor(parts: ServiceAllocatorParts) {
    this.#parts = parts
  }

  beginCreate(draft: Draft<KubeObject>): Reservation {
    const service = draft as unknown as Draft<Service>
    normalizeClusterIps(service, undefined)
    setIpFamilies(service, undefined, this.#parts.clusterIps.families)
    const given = this.#giveAddresses(service)
    const operation = this.#portOperation()
    if (needsNodePort(service)) giveNodePorts(service, operation)
    if (needsHealthCheckPort(service)) giveHealthCheckPort(service, operation)
    return this.#reservation(given, [])
  }

  beginUpdate(draft: Draft<KubeObject>, stored: KubeObject): Reservation {
    const service = draft as unknown as Draft<Service>
    const old = stored as unknown as Service
    if (service.spec === old.spec) return NOTHING
    service.spec = {
      ...service.spec,
      ...(service.spec.ports && { ports: service.spec.ports.map((port) => ({ ...port })) }),
    }
    keepAllocatedValues(service, old)
    normalizeClusterIps(service, old)
    setIpFamilies(service, old, this.#parts.clusterIps.families)
    const { given, released } = this.#updateAddresses(service, old)
    const operation = this.#portOperation()
    if (needsNodePort(service)) updateNodePorts(service, old, operation)
    if (!needsHealthCheckPort(old) && needsHealthCheckPort(service)) giveHealthCheckPort(service, operation)
    return this.#reservation(given, released)
  }

  afterRemove(object: KubeObject): void {
    for (const ip of addressesOf(object as unknown as Service)) this.#parts.clusterIps.giveBack(ip)
  }

  #portOperation(): NodePortOperation {
    const { inUse, random, nodePorts } = this.#parts
    return new NodePortOperation(inUse, random, nodePorts)
  }

  /** Addresses of a new service, or of one that was none. Answers those that were given. */
  #giveAddresses(service: Draft<Service>): readonly string[] {
    const { spec } = service
    if (spec.type === 'ExternalName' || isHeadless(service)) return []
    const asked = [...(spec.clusterIPs ?? [])]
    spec.clusterIPs = (spec.ipFamilies ?? []).map((family, index) =>
      this.#giveAddress(service, family as IpFamily, asked[index] ?? '', asked),
    )
    if (spec.clusterIPs[0] !== undefined) spec.clusterIP = spec.clusterIPs[0]
    return spec.clusterIPs
  }

  #giveAddress(
    { metadata }: Draft<Service>,
    family: IpFamily,
    asked: string,
    all: readonly string[],
  ): string {
    const { clusterIps } = this.#parts
    try {
      if (asked === '') return clusterIps.next(family)
      clusterIps.check(asked)
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
  ): { given: readonly string[]; released: readonly string[] } {
    const { spec } = service
    if (old.spec.type === 'ExternalName') return { given: this.#giveAddresses(service), released: [] }
    if (isHeadless(old)) return { given: [], released: [] }
    if (spec.type === 'ExternalName') return { given: [], released: addressesOf(old) }
    const before = old.spec.ipFamilies ?? []
    const after = spec.ipFamilies ?? []
    if (before.length === 1 && after.length === 2) {
      const asked = [...(spec.clusterIPs ?? [])]
      const second = this.#giveAddress(service, after[1] as IpFamily, asked[1] ?? '', asked)
      spec.clusterIPs = [asked[0] ?? '', second]
      return { given: [second], released: [] }
    }
    const isReduced = before.length === 2 && after.length === 1
    return { given: [], released: isReduced ? addressesOf(old).slice(1) : [] }
  }

  #reservation(given: readonly string[], released: readonly string[]): Reservation {
    if (given.length === 0 && released.length === 0) return NOTHING
    const { clusterIps } = this.#parts
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
