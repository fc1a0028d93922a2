import type { LabelSelector } from '../../api/meta/generated.js'

/** Whether a selector selects all objects, which workload controllers reject. */
export function isEmptySelector({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions ?? []).length === 0
}
