import { findCondition, withCondition } from '../../api/core/conditions.js'
import type { NamespaceCondition } from '../../api/core/generated.js'
import { formatTime } from '../../lang/go/time.js'

/** The result of one pass over the content of a namespace. */
export interface ContentReport {
  /** Number of remaining objects by `resource.group`, like `pods.`. */
  readonly remaining: ReadonlyMap<string, number>
  /** Number of remaining objects by finalizer. */
  readonly finalizers: ReadonlyMap<string, number>
  /** Errors of deletions. */
  readonly errors: readonly string[]
  /** Why the resources of some groups are unknown. */
  readonly discovery?: DiscoveryFailure | undefined
}

/** Group versions that could not be discovered. Source: client-go discovery.ErrGroupDiscoveryFailed. */
export interface DiscoveryFailure {
  readonly groups: number
  readonly message: string
}

/** The conditions in order, with the reason and message of status False. */
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
 * Returns the conditions of a namespace after a pass: all five are always set, those with a problem to True.
 * Returns `old` if nothing changes. Source: namespace/deletion/status_condition_utils.go.
 */
export function namespaceConditions(
  old: readonly NamespaceCondition[],
  report: ContentReport,
  now: number,
): readonly NamespaceCondition[] {
  const failures = problems(report)
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

function problems({
  remaining,
  finalizers,
  errors,
  discovery,
}: ContentReport): ReadonlyMap<string, { reason: string; message: string }> {
  const found = new Map<string, { reason: string; message: string }>()
  if (discovery !== undefined) {
    const message = `Discovery failed for some groups, ${discovery.groups} failing: ${discovery.message}`
    found.set('NamespaceDeletionDiscoveryFailure', { reason: 'DiscoveryFailed', message })
  }
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
