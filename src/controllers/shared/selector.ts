import type { LabelSelector } from '../../api/meta/generated.js'

/** Whether a selector selects everything: workload controllers refuse to work with such a one. */
export function isEmptySelector({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions ?? []).length === 0
}
