import type { ResourceQuota } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/definition.js'
import { quotaEvaluator } from '../../api/quota/evaluators.js'
import { addLists, maskList, type ResourceList } from '../../api/quota/resource-list.js'
import { quotaMatches } from '../../api/quota/evaluator.js'

/** A resource that quotas may count. */
export interface Countable {
  readonly group: string
  readonly resource: string
  /** Under which a client asks for it: `pods`, `deployments.apps`. */
  readonly name: string
}

/** Which of the resources a quota on those names counts. */
export function countedBy(names: readonly string[], resources: readonly Countable[]): readonly Countable[] {
  return resources.filter(({ group, resource }) => quotaEvaluator(group, resource).matching(names).length > 0)
}

/**
 * What the objects of a namespace use of a quota. `list` answers those of one resource. Source:
 * quota.CalculateUsage.
 */
export function quotaUsage(
  quota: ResourceQuota,
  resources: readonly Countable[],
  list: (name: string) => readonly KubeObject[],
  now: number,
): ResourceList {
  const names = Object.keys(quota.spec.hard ?? {})
  const total: Record<string, string> = {}
  for (const { group, resource, name } of countedBy(names, resources)) {
    const evaluator = quotaEvaluator(group, resource)
    const matching = evaluator.matching(names)
    for (const counted of matching) total[counted] ??= '0'
    for (const object of list(name)) {
      if (quotaMatches(quota, evaluator, object))
        Object.assign(total, addLists(total, maskList(evaluator.usage(object, now), matching)))
    }
  }
  return total
}
