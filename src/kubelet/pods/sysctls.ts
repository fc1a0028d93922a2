import { quote } from '../../lang/go/quote.js'
import type { Pod } from '../../api/core/generated.js'
import type { PodOutcome } from './pod-record.js'

/** Kernel parameters that concern only the pod itself. Source: pkg/kubelet/sysctl/safe_sysctls.go. */
const SAFE: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
])

/**
 * Returns why a kubelet refuses the kernel parameters of a pod: only safe ones are allowed, and only for a
 * namespace of the pod's own. Source: pkg/kubelet/sysctl/allowlist.go.
 */
export function forbiddenSysctl({ spec }: Pod): PodOutcome | undefined {
  for (const { name } of spec.securityContext?.sysctls ?? []) {
    const dotted = name.replaceAll('/', '.')
    const fault = faultOf(dotted, spec)
    if (fault !== undefined)
      return { reason: 'SysctlForbidden', message: `forbidden sysctl: ${quote(dotted)} ${fault}` }
  }
  return undefined
}

function faultOf(name: string, { hostNetwork, hostIPC }: Pod['spec']): string | undefined {
  if (!SAFE.has(name)) return 'not allowlisted'
  if (name.startsWith('net.')) return hostNetwork === true ? 'not allowed with host net enabled' : undefined
  return hostIPC === true ? 'not allowed with host ipc enabled' : undefined
}
