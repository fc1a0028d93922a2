import type { Taint, Toleration } from '../../api/core/generated.js'
import { tolerates } from '../../api/core/tolerations.js'

/** The NoExecute taints among those of a node. */
export function noExecuteTaints(taints: readonly Taint[] | undefined): readonly Taint[] {
  return taints?.filter(({ effect }) => effect === 'NoExecute') ?? []
}

/**
 * How many seconds a pod may stay under `taints` (NoExecute, at least one): 0 if a taint is not tolerated,
 * `forever` if all are and none of the tolerations that matched has a limit, else the least limit. Of several
 * tolerations that match a taint only the first counts. Source: tainteviction/taint_eviction.go
 * processPodOnNode and getMinTolerationTime, component-helpers GetMatchingTolerations.
 */
export function stay(taints: readonly Taint[], tolerations: readonly Toleration[] | undefined): Stay {
  let least = Number.POSITIVE_INFINITY
  for (const taint of taints) {
    const used = tolerations?.find((toleration) => tolerates(toleration, taint))
    if (!used) return { kind: 'intolerant' }
    if (used.tolerationSeconds !== undefined) least = Math.min(least, Math.max(used.tolerationSeconds, 0))
  }
  return least === Number.POSITIVE_INFINITY ? { kind: 'forever' } : { kind: 'limited', seconds: least }
}

/** `intolerant`: goes now, and a deletion that was scheduled is cancelled first. */
export type Stay =
  | { readonly kind: 'intolerant' }
  | { readonly kind: 'forever' }
  | { readonly kind: 'limited'; readonly seconds: number }
