import {
  badContainers,
  containersOf,
  containersText,
  distinct,
  isWindows,
  quoted,
  setters,
  type Check,
  type Finding,
  type PodLike,
} from '../check.js'

const isForbidden = (type: string | undefined): boolean =>
  type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost'

/** Someone sets a profile that is not allowed. */
function forbidden(pod: PodLike): Finding | undefined {
  const ofPod = pod.spec.securityContext?.seccompProfile?.type
  const bad = containersOf(pod).filter(({ securityContext }) =>
    isForbidden(securityContext?.seccompProfile?.type),
  )
  const who = setters(
    isForbidden(ofPod),
    bad.map(({ name }) => name),
  )
  if (who === '') return undefined
  const types = [
    isForbidden(ofPod) ? [ofPod as string] : [],
    bad.map(({ securityContext }) => securityContext?.seccompProfile?.type as string),
  ]
  return {
    reason: 'seccompProfile',
    detail: `${who} must not set securityContext.seccompProfile.type to ${quoted(distinct(types.flat()))}`,
  }
}

/** Not without seccomp. Since v1.19 by field. Source: check_seccompProfile_baseline.go. */
export const baselineSeccomp: Check = (pod) => forbidden(pod)

/** A profile must be named. Source: check_seccompProfile_restricted.go. */
export const restrictedSeccomp: Check = (pod, minor) => {
  if (minor >= 25 && isWindows(pod)) return undefined
  const found = forbidden(pod)
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
