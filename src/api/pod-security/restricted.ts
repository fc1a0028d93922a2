import { forbiddenAdditions, procMountFinding, seccompFinding } from './baseline.js'
import {
  badContainers,
  containersText,
  distinct,
  isWindows,
  plural,
  quoted,
  setters,
  type PodSecurityCheck,
} from './check.js'
import { containersOf } from '../core/pods/pod-containers.js'

/** Requires allowPrivilegeEscalation: false. Source: check_allowPrivilegeEscalation.go. */
export const allowPrivilegeEscalation: PodSecurityCheck = (pod, minor) => {
  if (minor >= 25 && isWindows(pod)) return undefined
  const names = badContainers(
    pod,
    ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false,
  )
  return names.length === 0
    ? undefined
    : {
        reason: 'allowPrivilegeEscalation != false',
        detail: `${containersText(names)} must set securityContext.allowPrivilegeEscalation=false`,
      }
}

/**
 * Requires to drop all capabilities, and allows to add only NET_BIND_SERVICE. Source:
 * check_capabilities_restricted.go.
 */
export const restrictedCapabilities: PodSecurityCheck = (pod, minor) => {
  if (minor >= 25 && isWindows(pod)) return undefined
  const keeping = badContainers(
    pod,
    ({ securityContext }) => securityContext?.capabilities?.drop?.includes('ALL') !== true,
  )
  const details = [
    ...(keeping.length > 0
      ? [`${containersText(keeping)} must set securityContext.capabilities.drop=["ALL"]`]
      : []),
    forbiddenAdditions(containersOf(pod), (name) => name === 'NET_BIND_SERVICE') ?? [],
  ].flat()
  return details.length === 0
    ? undefined
    : { reason: 'unrestricted capabilities', detail: details.join('; ') }
}

/** Requires the default masks over /proc. */
export const restrictedProcMount: PodSecurityCheck = (pod) => procMountFinding(pod)

const RESTRICTED_VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
])

/** Allows only types of volumes that do not reach the host. Source: check_restrictedVolumes.go. */
export const restrictedVolumes: PodSecurityCheck = ({ spec }) => {
  const bad = (spec.volumes ?? []).flatMap(({ name, ...source }) => {
    const [type] = Object.entries(source).flatMap(([kind, value]) => (value === undefined ? [] : [kind]))
    return type === undefined || RESTRICTED_VOLUMES.has(type) ? [] : [{ name, type }]
  })
  if (bad.length === 0) return undefined
  const names = bad.map(({ name }) => name)
  const types = distinct(bad.map(({ type }) => type))
  const what = plural('restricted volume type', types)
  return {
    reason: 'restricted volume types',
    detail:
      `${plural('volume', names)} ${quoted(names)} ${names.length === 1 ? 'uses' : 'use'} ${what} ` +
      `${quoted(types)}`,
  }
}

const NON_ROOT_REASON = 'runAsNonRoot != true'

/**
 * Requires runAsNonRoot: true, since v1.35 not for pods in user namespaces. Source: check_runAsNonRoot.go.
 */
export const runAsNonRoot: PodSecurityCheck = (pod, minor) => {
  if (minor >= 35 && pod.spec.hostUsers === false) return undefined
  const ofPod = pod.spec.securityContext?.runAsNonRoot
  const denying = badContainers(pod, ({ securityContext }) => securityContext?.runAsNonRoot === false)
  const who = setters(ofPod === false, denying)
  if (who !== '')
    return { reason: NON_ROOT_REASON, detail: `${who} must not set securityContext.runAsNonRoot=false` }
  const silent =
    ofPod === true
      ? []
      : badContainers(pod, ({ securityContext }) => securityContext?.runAsNonRoot === undefined)
  return silent.length === 0
    ? undefined
    : {
        reason: NON_ROOT_REASON,
        detail: `pod or ${containersText(silent)} must set securityContext.runAsNonRoot=true`,
      }
}

/** Forbids user 0. Since v1.23; since v1.35 not for pods in user namespaces. Source: check_runAsUser.go. */
export const runAsUser: PodSecurityCheck = (pod, minor) => {
  if (minor < 23 || (minor >= 35 && pod.spec.hostUsers === false)) return undefined
  const who = setters(
    pod.spec.securityContext?.runAsUser === 0,
    badContainers(pod, ({ securityContext }) => securityContext?.runAsUser === 0),
  )
  return who === '' ? undefined : { reason: 'runAsUser=0', detail: `${who} must not set runAsUser=0` }
}

/** Requires a seccomp profile. Source: check_seccompProfile_restricted.go. */
export const restrictedSeccomp: PodSecurityCheck = (pod, minor) => {
  if (minor >= 25 && isWindows(pod)) return undefined
  const found = seccompFinding(pod)
  if (found !== undefined || pod.spec.securityContext?.seccompProfile !== undefined) return found
  const silent = badContainers(pod, ({ securityContext }) => securityContext?.seccompProfile === undefined)
  return silent.length === 0
    ? undefined
    : {
        reason: 'seccompProfile',
        detail:
          `pod or ${containersText(silent)} must set securityContext.seccompProfile.type to ` +
          '"RuntimeDefault" or "Localhost"',
      }
}
