import type { LabelSelector, LabelSelectorRequirement } from '../../api/meta/generated.js'

/** Whether a selector selects all objects, which workload controllers reject. */
export function isEmptySelector({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions ?? []).length === 0
}

/**
 * Formats a selector as Go's `%v` prints its protobuf type, for event messages. Source: meta/v1
 * generated.pb.go String.
 */
export function formatGoSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.keys(matchLabels)
    .sort()
    .map((key) => `${key}: ${matchLabels[key] ?? ''},`)
    .join('')
  const expressions = matchExpressions.map(formatGoRequirement).join('')
  return (
    `&LabelSelector{MatchLabels:map[string]string{${labels}},` +
    `MatchExpressions:[]LabelSelectorRequirement{${expressions}},}`
  )
}

function formatGoRequirement({ key, operator, values = [] }: LabelSelectorRequirement): string {
  return `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`
}
