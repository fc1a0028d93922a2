import type { Service } from '../../api/core/generated.js'
import {
  needsClusterIp,
  needsHealthCheckPort,
  needsNodePort,
  sameTexts,
} from '../../api/core/service-needs.js'
import type { Draft } from '../../api/draft.js'

/**
 * What the server has given to a service and the client did not say is as it was, so that a manifest without
 * it can be written again. Source: pkg/registry/core/service/storage/storage.go patchAllocatedValues.
 */
export function keepAllocatedValues(service: Draft<Service>, old: Service): void {
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

/** Ports find their node ports by name, unless another port has taken them over. */
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
 * clusterIP and clusterIPs say the same: of two that were changed apart, the one that was changed wins.
 * Source: storage.go normalizeClusterIPs.
 */
export function normalizeClusterIps({ spec }: Draft<Service>, old: Service | undefined): void {
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
