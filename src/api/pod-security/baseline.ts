import type { LifecycleHandler, Probe, SELinuxOptions } from '../core/generated.js'
import {
  badContainers,
  containersText,
  distinct,
  plural,
  quoted,
  setters,
  type PodSecurityCheck,
  type CheckViolation,
  type PodLike,
} from './check.js'
import { containersOf, type AnyContainer } from '../core/pods/pod-containers.js'

const APP_ARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/'
const APP_ARMOR_TYPES: readonly (string | undefined)[] = [undefined, 'RuntimeDefault', 'Localhost']

const isAllowedAppArmor = (value: string): boolean =>
  value === '' || value === 'runtime/default' || value.startsWith('localhost/')

/** Allows only the default AppArmor profile or one of the node. Source: check_appArmorProfile.go. */
export const appArmorProfile: PodSecurityCheck = (pod) => {
  const podType = pod.spec.securityContext?.appArmorProfile?.type
  const isBad = (type: string | undefined): boolean => !APP_ARMOR_TYPES.includes(type)
  const containers = containersOf(pod).filter(({ securityContext }) =>
    isBad(securityContext?.appArmorProfile?.type),
  )
  const annotations = Object.entries(pod.metadata?.annotations ?? {}).filter(
    ([key, value]) => key.startsWith(APP_ARMOR_ANNOTATION) && !isAllowedAppArmor(value),
  )
  const values = distinct([
    ...(isBad(podType) ? [podType as string] : []),
    ...containers.map(({ securityContext }) => securityContext?.appArmorProfile?.type as string),
    ...annotations.map(([key, value]) => `${key}=${JSON.stringify(value)}`),
  ])
  if (values.length === 0) return undefined
  const who = [
    setters(
      isBad(podType),
      containers.map(({ name }) => name),
    ),
    annotations.length > 0 ? plural('annotation', annotations) : '',
  ]
  return {
    reason: plural('forbidden AppArmor profile', values),
    detail:
      `${who.filter((part) => part !== '').join(' and ')} must not set AppArmor profile type to ` +
      values.map((value) => (value.includes('=') ? `"${value}"` : JSON.stringify(value))).join(', '),
  }
}

/** The default capabilities of container runtimes, without NET_RAW. */
const DEFAULT_CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])

const addedCapabilities = (
  { securityContext }: AnyContainer,
  isAllowed: (name: string) => boolean,
): readonly string[] => (securityContext?.capabilities?.add ?? []).filter((name) => !isAllowed(name))

/** Returns `container "c" must not include "X" in securityContext.capabilities.add`, or undefined. */
export function forbiddenAdditions(
  containers: readonly AnyContainer[],
  isAllowed: (name: string) => boolean,
): string | undefined {
  const bad = containers.filter((container) => addedCapabilities(container, isAllowed).length > 0)
  if (bad.length === 0) return undefined
  const added = distinct(bad.flatMap((container) => addedCapabilities(container, isAllowed)))
  return (
    `${containersText(bad.map(({ name }) => name))} must not include ${quoted(added)} in ` +
    'securityContext.capabilities.add'
  )
}

/** Forbids capabilities beyond the default ones. Source: check_capabilities_baseline.go. */
export const baselineCapabilities: PodSecurityCheck = (pod) => {
  const detail = forbiddenAdditions(containersOf(pod), (name) => DEFAULT_CAPABILITIES.has(name))
  return detail === undefined ? undefined : { reason: 'non-default capabilities', detail }
}

/** Forbids namespaces of the host. Source: check_hostNamespaces.go. */
export const hostNamespaces: PodSecurityCheck = ({ spec }) => {
  const used = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field] === true)
  return used.length === 0
    ? undefined
    : { reason: 'host namespaces', detail: used.map((field) => `${field}=true`).join(', ') }
}

/** Forbids directories of the host. Source: check_hostPathVolumes.go. */
export const hostPathVolumes: PodSecurityCheck = ({ spec }) => {
  const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name)
  return names.length === 0
    ? undefined
    : { reason: 'hostPath volumes', detail: `${plural('volume', names)} ${quoted(names)}` }
}

const hostPortsOf = ({ ports = [] }: AnyContainer): readonly string[] =>
  ports.flatMap(({ hostPort = 0 }) => (hostPort === 0 ? [] : [String(hostPort)]))

/** Forbids ports of the host. Source: check_hostPorts.go. */
export const hostPorts: PodSecurityCheck = (pod) => {
  const bad = containersOf(pod).filter((container) => hostPortsOf(container).length > 0)
  if (bad.length === 0) return undefined
  const ports = distinct(bad.flatMap(hostPortsOf))
  const who = containersText(bad.map(({ name }) => name))
  return {
    reason: 'hostPort',
    detail: `${who} ${bad.length === 1 ? 'uses' : 'use'} ${plural('hostPort', ports)} ${ports.join(', ')}`,
  }
}

const hostsIn = (handler: LifecycleHandler | Probe | undefined): readonly string[] =>
  [handler?.httpGet?.host ?? '', handler?.tcpSocket?.host ?? ''].filter((host) => host !== '')

function hostsOf({
  livenessProbe,
  readinessProbe,
  startupProbe,
  lifecycle,
}: AnyContainer): readonly string[] {
  return [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap(
    hostsIn,
  )
}

/**
 * Forbids hosts other than the pod in probes and hooks. Since v1.34. Source:
 * check_hostProbesAndHostLifecycle.go.
 */
export const hostProbes: PodSecurityCheck = (pod, minor) => {
  if (minor < 34) return undefined
  const bad = containersOf(pod).filter((container) => hostsOf(container).length > 0)
  if (bad.length === 0) return undefined
  const hosts = distinct(bad.flatMap(hostsOf))
  const what = plural('probe or lifecycle host', hosts)
  const who = distinct(bad.map(({ name }) => name))
  return {
    reason: 'probe or lifecycle host',
    detail: `${containersText(who)} ${bad.length === 1 ? 'uses' : 'use'} ${what} ${quoted(hosts)}`,
  }
}

/** Forbids privileged containers. Source: check_privileged.go. */
export const privileged: PodSecurityCheck = (pod) => {
  const names = badContainers(pod, ({ securityContext }) => securityContext?.privileged === true)
  return names.length === 0
    ? undefined
    : {
        reason: 'privileged',
        detail: `${containersText(names)} must not set securityContext.privileged=true`,
      }
}

/** Finds containers without the default masks over /proc. */
export function procMountFinding(pod: PodLike): CheckViolation | undefined {
  const bad = containersOf(pod).filter(
    ({ securityContext }) => !['Default', undefined].includes(securityContext?.procMount),
  )
  if (bad.length === 0) return undefined
  const values = distinct(bad.map(({ securityContext }) => securityContext?.procMount ?? ''))
  return {
    reason: 'procMount',
    detail:
      `${containersText(bad.map(({ name }) => name))} must not set securityContext.procMount to ` +
      `${quoted(values)}`,
  }
}

/**
 * Requires the default masks over /proc, since v1.35 not for pods in user namespaces. Source:
 * check_procMount.go.
 */
export const procMount: PodSecurityCheck = (pod, minor) =>
  minor >= 35 && pod.spec.hostUsers === false ? undefined : procMountFinding(pod)

const SE_LINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t']
const SE_LINUX_ENGINE = 'container_engine_t'

/** Allows only the SELinux types of containers, without user and role. Source: check_seLinuxOptions.go. */
export const seLinuxOptions: PodSecurityCheck = (pod, minor) => {
  const allowed = minor >= 31 ? [...SE_LINUX_TYPES, SE_LINUX_ENGINE] : SE_LINUX_TYPES
  const isBad = (options: SELinuxOptions | undefined): boolean =>
    options !== undefined &&
    (!allowed.includes(options.type ?? '') || (options.user ?? '') !== '' || (options.role ?? '') !== '')
  const ofPod = pod.spec.securityContext?.seLinuxOptions
  const bad = containersOf(pod).filter(({ securityContext }) => isBad(securityContext?.seLinuxOptions))
  const who = setters(
    isBad(ofPod),
    bad.map(({ name }) => name),
  )
  if (who === '') return undefined
  const options = [
    ...(isBad(ofPod) ? [ofPod] : []),
    ...bad.map(({ securityContext }) => securityContext?.seLinuxOptions),
  ]
  const types = distinct(
    options.flatMap((one) => (allowed.includes(one?.type ?? '') ? [] : [one?.type ?? ''])),
  )
  const faults = [
    ...(types.length > 0 ? [`${plural('type', types)} ${quoted(types)}`] : []),
    ...(options.some((one) => (one?.user ?? '') !== '') ? ['user may not be set'] : []),
    ...(options.some((one) => (one?.role ?? '') !== '') ? ['role may not be set'] : []),
  ]
  return {
    reason: 'seLinuxOptions',
    detail: `${who} set forbidden securityContext.seLinuxOptions: ${faults.join('; ')}`,
  }
}

const isForbiddenSeccomp = (type: string | undefined): boolean =>
  type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost'

/** Finds seccomp profiles that both levels forbid. */
export function seccompFinding(pod: PodLike): CheckViolation | undefined {
  const ofPod = pod.spec.securityContext?.seccompProfile?.type
  const bad = containersOf(pod).filter(({ securityContext }) =>
    isForbiddenSeccomp(securityContext?.seccompProfile?.type),
  )
  const who = setters(
    isForbiddenSeccomp(ofPod),
    bad.map(({ name }) => name),
  )
  if (who === '') return undefined
  const types = [
    isForbiddenSeccomp(ofPod) ? [ofPod as string] : [],
    bad.map(({ securityContext }) => securityContext?.seccompProfile?.type as string),
  ]
  return {
    reason: 'seccompProfile',
    detail: `${who} must not set securityContext.seccompProfile.type to ${quoted(distinct(types.flat()))}`,
  }
}

/** Forbids to disable seccomp. Since v1.19 by field. Source: check_seccompProfile_baseline.go. */
export const baselineSeccomp: PodSecurityCheck = (pod, minor) =>
  minor < 19 ? annotatedSeccomp(pod) : seccompFinding(pod)

const SECCOMP_ANNOTATION = 'seccomp.security.alpha.kubernetes.io/pod'
const CONTAINER_SECCOMP_ANNOTATION = 'container.seccomp.security.alpha.kubernetes.io/'

const isAllowedSeccomp = (value: string): boolean =>
  value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/')

/** Before v1.19 profiles were annotations. */
function annotatedSeccomp(pod: PodLike): CheckViolation | undefined {
  const { annotations = {} } = pod.metadata ?? {}
  const keys = [
    SECCOMP_ANNOTATION,
    ...containersOf(pod).map(({ name }) => `${CONTAINER_SECCOMP_ANNOTATION}${name}`),
  ]
  const bad = distinct(
    keys.flatMap((key) => {
      const value = Object.hasOwn(annotations, key) ? annotations[key] : undefined
      return value === undefined || isAllowedSeccomp(value) ? [] : [`${key}=${JSON.stringify(value)}`]
    }),
  )
  if (bad.length === 0) return undefined
  return { reason: 'seccompProfile', detail: `forbidden ${plural('annotation', bad)} ${bad.join(', ')}` }
}

/** Safe sysctls, with the first minor that allows them. */
const SAFE_SYSCTLS: Readonly<Record<string, number>> = {
  'kernel.shm_rmid_forced': 0,
  'net.ipv4.ip_local_port_range': 0,
  'net.ipv4.tcp_syncookies': 0,
  'net.ipv4.ping_group_range': 0,
  'net.ipv4.ip_unprivileged_port_start': 0,
  'net.ipv4.ip_local_reserved_ports': 27,
  'net.ipv4.tcp_keepalive_time': 29,
  'net.ipv4.tcp_fin_timeout': 29,
  'net.ipv4.tcp_keepalive_intvl': 29,
  'net.ipv4.tcp_keepalive_probes': 29,
  'net.ipv4.tcp_rmem': 32,
  'net.ipv4.tcp_wmem': 32,
}

/** Allows only sysctls that are isolated to the pod. Source: check_sysctls.go. */
export const sysctls: PodSecurityCheck = ({ spec }, minor) => {
  const isSafe = (name: string): boolean =>
    Object.hasOwn(SAFE_SYSCTLS, name) && (SAFE_SYSCTLS[name] as number) <= minor
  const names = (spec.securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !isSafe(name))
  return names.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: names.join(', ') }
}

/** Forbids host processes on Windows. Source: check_windowsHostProcess.go. */
export const windowsHostProcess: PodSecurityCheck = (pod) => {
  const who = setters(
    pod.spec.securityContext?.windowsOptions?.hostProcess === true,
    badContainers(pod, ({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true),
  )
  return who === ''
    ? undefined
    : { reason: 'hostProcess', detail: `${who} must not set securityContext.windowsOptions.hostProcess=true` }
}
