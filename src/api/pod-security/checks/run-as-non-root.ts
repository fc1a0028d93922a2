import { badContainers, containersText, setters, type Check } from '../check.js'

const REASON = 'runAsNonRoot != true'

/**
 * Containers must not run as root; since v1.35 user namespaces may do without. Source: check_runAsNonRoot.go.
 */
export const runAsNonRoot: Check = (pod, minor) => {
  if (minor >= 35 && pod.spec.hostUsers === false) return undefined
  const ofPod = pod.spec.securityContext?.runAsNonRoot
  const denying = badContainers(pod, ({ securityContext }) => securityContext?.runAsNonRoot === false)
  const who = setters(ofPod === false, denying)
  if (who !== '') return { reason: REASON, detail: `${who} must not set securityContext.runAsNonRoot=false` }
  const silent =
    ofPod === true
      ? []
      : badContainers(pod, ({ securityContext }) => securityContext?.runAsNonRoot === undefined)
  return silent.length === 0
    ? undefined
    : {
        reason: REASON,
        detail: `pod or ${containersText(silent)} must set securityContext.runAsNonRoot=true`,
      }
}
