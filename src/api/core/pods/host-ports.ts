import type { Pod } from '../generated.js'

/** A host port of a pod, with its defaults. */
export interface HostPort {
  readonly ip: string
  readonly protocol: 'SCTP' | 'TCP' | 'UDP'
  readonly port: number
}

const ANY_IP = '0.0.0.0'
const NONE: readonly HostPort[] = []

/**
 * Returns the host ports of a pod's containers and sidecars; hostIP defaults to `0.0.0.0`, protocol to TCP.
 * Source: pkg/scheduler/util/utils.go GetHostPorts.
 */
export function hostPortsOf(pod: Pod): readonly HostPort[] {
  const { containers, initContainers = [] } = pod.spec
  let ports: HostPort[] | undefined
  for (const container of [
    ...containers,
    ...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always'),
  ]) {
    for (const { hostPort, hostIP, protocol } of container.ports ?? []) {
      if (hostPort) (ports ??= []).push({ ip: hostIP || ANY_IP, protocol: protocol ?? 'TCP', port: hostPort })
    }
  }
  return ports ?? NONE
}

/**
 * Whether two host ports conflict: same protocol and port, and the same address, or either on all addresses.
 */
export function hostPortsConflict(a: HostPort, b: HostPort): boolean {
  return (
    a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === ANY_IP || b.ip === ANY_IP)
  )
}

/** Whether any port of one list conflicts with one of the other. */
export function anyHostPortConflict(left: readonly HostPort[], right: readonly HostPort[]): boolean {
  return left.some((a) => right.some((b) => hostPortsConflict(a, b)))
}
