import type { Container } from '../../api/core/generated.js'
import type { Decided } from './decided.js'

/** Linux' capabilities by their number, without `CAP_`. Source: include/uapi/linux/capability.h. */
const CAPABILITIES: readonly string[] = (
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE ' +
  'NET_BIND_SERVICE ' +
  'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE ' +
  'SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE ' +
  'SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN ' +
  'SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF ' +
  'CHECKPOINT_RESTORE'
).split(' ')

/** Default capabilities of a container. Source: containerd pkg/oci defaultUnixCaps. */
const DEFAULTS: readonly string[] = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'SETGID',
  'SETUID',
  'SETPCAP',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SYS_CHROOT',
  'MKNOD',
  'AUDIT_WRITE',
  'SETFCAP',
]

/** The capabilities of a container's processes. Names without `CAP_`, by number. */
export interface EffectiveCapabilities {
  /** Upper bound for all processes in the container (CapBnd). */
  readonly bounding: readonly string[]
  /** Capabilities of its first process (CapEff): the bound for root, none for others. */
  readonly effective: readonly string[]
  /** Names in the spec that Linux does not know and the runtime ignores. */
  readonly unknown: readonly string[]
}

/**
 * Computes capabilities: `ALL` first, then single ones are added, then dropped; a privileged container has
 * all. Source: containerd internal/cri/opts/spec_linux_opts.go.
 */
export function effectiveCapabilities(
  { securityContext = {} }: Pick<Container, 'securityContext'>,
  uid: number,
): Decided<EffectiveCapabilities> {
  const { privileged = false, capabilities } = securityContext
  if (privileged)
    return decided(CAPABILITIES, [], uid, { from: 'container', rule: 'securityContext.privileged' })
  const [add, drop] = [capabilities?.add ?? [], capabilities?.drop ?? []].map((names) =>
    names.map((name) => name.toUpperCase()),
  ) as [string[], string[]]
  if (add.length + drop.length === 0)
    return decided(DEFAULTS, [], uid, { from: 'runtime', rule: "the runtime's default set" })
  const held = new Set(drop.includes('ALL') ? [] : add.includes('ALL') ? CAPABILITIES : DEFAULTS)
  for (const name of add) if (name !== 'ALL') held.add(name)
  for (const name of drop) if (name !== 'ALL') held.delete(name)
  const unknown = [...add, ...drop].filter((name) => name !== 'ALL' && !CAPABILITIES.includes(name))
  return decided([...held], unknown, uid, { from: 'container', rule: 'securityContext.capabilities' })
}

function decided(
  held: readonly string[],
  unknown: readonly string[],
  uid: number,
  by: Pick<Decided<never>, 'from' | 'rule'>,
): Decided<EffectiveCapabilities> {
  const bounding = CAPABILITIES.filter((name) => held.includes(name))
  return { value: { bounding, effective: uid === 0 ? bounding : [], unknown }, ...by }
}

/** Formats capabilities as in /proc/PID/status: 16 hexadecimal digits. */
export function capabilityMask(names: readonly string[]): string {
  let mask = 0n
  for (const name of names) mask |= 1n << BigInt(CAPABILITIES.indexOf(name))
  return mask.toString(16).padStart(16, '0')
}
