import type { Service, ServicePort } from '../../api/core/generated.js'
import { allocatesNodePorts } from '../../api/core/service-needs.js'
import type { Draft } from '../../api/kind/draft.js'
import { invalid as invalidField } from '../../api/field-error.js'
import type { RandomStream } from '../../sim/random.js'
import { internalError, invalid } from '../errors.js'
import { AllocationError } from './cluster-ips.js'
import type { ServicesInUse } from './in-use.js'

const SERVICE = { group: '', kind: 'Service' }

/** First and last node port, inclusive. */
export interface PortRange {
  readonly first: number
  readonly last: number
}

type Ports = readonly Draft<ServicePort>[]

/** The ports that one write of a Service takes. Lives only as long as the write. */
export class NodePortOperation {
  readonly #inUse: ServicesInUse
  readonly #random: RandomStream
  readonly #range: PortRange
  readonly #dryRun: boolean
  readonly #taken = new Set<number>()

  constructor(inUse: ServicesInUse, random: RandomStream, range: PortRange, dryRun: boolean) {
    this.#inUse = inUse
    this.#random = random
    this.#range = range
    this.#dryRun = dryRun
  }

  /** Takes a requested port, which in a dry run may be out of the range. Throws AllocationError. */
  take(port: number): void {
    const { first, last } = this.#range
    if (!this.#dryRun && (port < first || port > last)) {
      throw new AllocationError(
        `provided port is not in the valid range. The range of valid ports is ${first}-${last}`,
      )
    }
    if (this.#isTaken(port)) throw new AllocationError('provided port is already allocated')
    this.#taken.add(port)
  }

  /**
   * Takes the first free port after a random one; the low ports only if all others are taken. Throws
   * AllocationError.
   */
  takeNext(): number {
    const { first, last } = this.#range
    const band = staticBand(last - first + 1)
    const port = this.#freeIn(first + band, last) ?? this.#freeIn(first, first + band - 1)
    if (port === undefined) throw new AllocationError('range is full')
    this.#taken.add(port)
    return port
  }

  #freeIn(first: number, last: number): number | undefined {
    const size = last - first + 1
    if (size <= 0) return undefined
    const start = this.#random.int(0, size - 1)
    for (let step = 0; step < size; step++) {
      const port = first + ((start + step) % size)
      if (!this.#isTaken(port)) return port
    }
    return undefined
  }

  #isTaken(port: number): boolean {
    return this.#taken.has(port) || this.#inUse.hasPort(port)
  }
}

/** Source: pkg/registry/core/service/portallocator calculateRangeOffset. */
function staticBand(size: number): number {
  return size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 32)), 128)
}

/**
 * Allocates the node ports of a new Service. Ports that differ only in protocol share a number. Source:
 * alloc.go initNodePorts.
 */
export function giveNodePorts(service: Draft<Service>, operation: NodePortOperation): void {
  const given = new Map<number, number>()
  const ports = service.spec.ports ?? []
  ports.forEach((port, index) => {
    if ((port.nodePort ?? 0) === 0 && !allocatesNodePorts(service)) return
    const known = given.get(port.port)
    if (known === undefined) {
      const wanted = requestedFor(port.port, ports)
      if (wanted !== 0) takeWanted(service, operation, wanted, index)
      port.nodePort = wanted === 0 ? takeNext(operation) : wanted
      given.set(port.port, port.nodePort)
    } else if ((port.nodePort ?? 0) === 0) {
      port.nodePort = known
    } else if (port.nodePort !== known) {
      takeWanted(service, operation, port.nodePort as number, index)
    }
  })
}

const requestedFor = (port: number, ports: Ports): number =>
  ports.find(({ port: number, nodePort = 0 }) => number === port && nodePort !== 0)?.nodePort ?? 0

function takeWanted(
  { metadata }: Draft<Service>,
  operation: NodePortOperation,
  port: number,
  index: number,
): void {
  try {
    operation.take(port)
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error
    throw invalid(SERVICE, metadata.name ?? '', [
      invalidField(`spec.ports[${index}].nodePort`, port, error.message),
    ])
  }
}

function takeNext(operation: NodePortOperation): number {
  try {
    return operation.takeNext()
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error
    throw internalError(`failed to allocate a nodePort: ${error.message}`)
  }
}

/**
 * Allocates the node ports of an updated Service, which keeps those that it has. Source: alloc.go
 * updateNodePorts.
 */
export function updateNodePorts(service: Draft<Service>, old: Service, operation: NodePortOperation): void {
  const before = new Set((old.spec.ports ?? []).map(({ nodePort = 0 }) => nodePort))
  const taken = new Set<number>()
  service.spec.ports?.forEach((port, index) => {
    const { nodePort = 0 } = port
    if (nodePort === 0) {
      if (allocatesNodePorts(service)) port.nodePort = takeNext(operation)
    } else if (!before.has(nodePort) && !taken.has(nodePort)) {
      takeWanted(service, operation, nodePort, index)
      taken.add(nodePort)
    }
  })
}

/**
 * Allocates the port for health checks, if the Service needs one and has none. Source: alloc.go
 * allocHealthCheckNodePort.
 */
export function giveHealthCheckPort({ spec }: Draft<Service>, operation: NodePortOperation): void {
  const { healthCheckNodePort: wanted = 0 } = spec
  try {
    if (wanted === 0) spec.healthCheckNodePort = operation.takeNext()
    else operation.take(wanted)
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error
    throw internalError(
      wanted === 0
        ? `failed to allocate a HealthCheck NodePort ${wanted}: ${error.message}`
        : `failed to allocate requested HealthCheck NodePort ${wanted}: ${error.message}`,
    )
  }
}
