import { findCondition, withCondition } from '../../api/core/conditions.js'
import type { NamespaceCondition } from '../../api/core/generated.js'
import { formatTime } from '../../api/time.js'

/** What one pass over the content of a namespace has found. */
export interface ContentReport {
  /** `pods.` (resource, dot, group) to the number of objects that are still there. */
  readonly remaining: ReadonlyMap<string, number>
  /** Finalizer to the number of objects that hold it. */
  readonly finalizers: ReadonlyMap<string, number>
  /** Why content could not be deleted. */
  readonly errors: readonly string[]
}

/** The conditions in their order, with reason and message while all is well. */
const OK: readonly (readonly [type: string, reason: string, message: string])[] = [
  ['NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'],
  [
    'NamespaceDeletionGroupVersionParsingFailure',
    'ParsedGroupVersions',
    'All legacy kube types successfully parsed',
  ],
  [
    'NamespaceDeletionContentFailure',
    'ContentDeleted',
    'All content successfully deleted, may be waiting on finalization',
  ],
  ['NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'],
  ['NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
]

/**
 * The conditions of a namespace after a pass: all five are always set, those that complain with status True.
 * The same array if nothing changes. Source: namespace/deletion/status_condition_utils.go.
 */
export function namespaceConditions(
  old: readonly NamespaceCondition[],
  report: ContentReport,
  now: number,
): readonly NamespaceCondition[] {
  const failures = complaints(report)
  let conditions = old
  for (const [type, okReason, okMessage] of OK) {
    const failure = failures.get(type)
    const [status, reason, message] = failure
      ? ['True', failure.reason, failure.message]
      : ['False', okReason, okMessage]
    const known = findCondition(conditions, type)
    if (known?.status === status && known?.reason === reason && known?.message === message) continue
    const lastTransitionTime =
      known?.status === status ? (known?.lastTransitionTime ?? null) : formatTime(now)
    conditions = withCondition(conditions, { type, status, lastTransitionTime, reason, message })
  }
  return conditions
}

function complaints({
  remaining,
  finalizers,
  errors,
}: ContentReport): ReadonlyMap<string, { reason: string; message: string }> {
  const found = new Map<string, { reason: string; message: string }>()
  if (errors.length > 0) {
    const left = errors.toSorted().join(', ')
    const message = `Failed to delete all resource types, ${errors.length} remaining: ${left}`
    found.set('NamespaceDeletionContentFailure', { reason: 'ContentDeletionFailed', message })
  }
  if (remaining.size > 0) {
    const parts = [...remaining]
      .map(([resource, count]) => `${resource} has ${count} resource instances`)
      .toSorted()
    const message = `Some resources are remaining: ${parts.join(', ')}`
    found.set('NamespaceContentRemaining', { reason: 'SomeResourcesRemain', message })
  }
  if (finalizers.size > 0) {
    const parts = [...finalizers]
      .map(([finalizer, count]) => `${finalizer} in ${count} resource instances`)
      .toSorted()
    const message = `Some content in the namespace has finalizers remaining: ${parts.join(', ')}`
    found.set('NamespaceFinalizersRemaining', { reason: 'SomeFinalizersRemain', message })
  }
  return found
}
