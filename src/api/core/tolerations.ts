import type { Taint, Toleration } from './generated.js'

/** Whether one toleration tolerates one taint. Source: component-helpers scheduling/corev1 ToleratesTaint. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  if (toleration.operator === 'Exists') return true
  return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '')
}

/** Returns the first taint with one of the effects that no toleration tolerates. */
export function findUntoleratedTaint(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  counts: (taint: Taint) => boolean,
): Taint | undefined {
  return taints?.find(
    (taint) => counts(taint) && !tolerations?.some((toleration) => tolerates(toleration, taint)),
  )
}
