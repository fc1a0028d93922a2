import {
  containersOf,
  containersText,
  distinct,
  quoted,
  type Check,
  type Finding,
  type PodLike,
} from '../check.js'

function finding(pod: PodLike): Finding | undefined {
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

/** The usual masks over /proc; since v1.35 user namespaces may do without. Source: check_procMount.go. */
export const procMount: Check = (pod, minor) =>
  minor >= 35 && pod.spec.hostUsers === false ? undefined : finding(pod)

/** The usual masks over /proc, always. */
export const restrictedProcMount: Check = (pod) => finding(pod)
