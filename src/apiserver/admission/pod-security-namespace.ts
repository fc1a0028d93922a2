import type { Pod } from '../../api/core/generated.js'
import { evaluatePodSecurity } from '../../api/pod-security/evaluate.js'
import { levelText, type LevelVersion } from '../../api/pod-security/policy.js'
import type { AdmissionAttributes, AdmissionContext } from './plugin.js'

/** No more of the existing pods are looked at. */
const MOST_PODS = 3_000

/**
 * Warns of pods that a namespace's new level would not let in. Source: admission.go EvaluatePodsInNamespace.
 */
export function warnOfExistingPods(
  { name, warn }: AdmissionAttributes,
  context: AdmissionContext,
  level: LevelVersion,
): void {
  const pods = context.list<Pod>('pods', name)
  const looked = pods.slice(0, MOST_PODS)
  const groups = new Map<string, string[]>()
  for (const pod of looked) {
    const reasons = evaluatePodSecurity(pod, level)
      .map(({ reason }) => reason)
      .join(', ')
    if (reasons === '') continue
    const group = groups.get(reasons)
    if (group === undefined) groups.set(reasons, [pod.metadata.name as string])
    else group.push(pod.metadata.name as string)
  }
  if (looked.length < pods.length) {
    warn(
      `new PodSecurity enforce level only checked against the first ${looked.length} of ` +
        `${pods.length} existing pods`,
    )
  }
  if (groups.size === 0) return
  warn(`existing pods in namespace "${name}" violate the new PodSecurity enforce level "${levelText(level)}"`)
  for (const text of [...groups].map(([reasons, names]) => `${namesText(names)}: ${reasons}`).sort())
    warn(text)
}

/** `web-1 (and 2 other pods)` */
function namesText([first = '', ...others]: readonly string[]): string {
  if (others.length === 0) return first
  return `${first} (and ${others.length} other pod${others.length === 1 ? '' : 's'})`
}
