import type { ContentReport } from './conditions.js'
import type { Leftover } from './content.js'
import type { ServedResource } from '../process/resource.js'
import { pluralOf } from '../process/resource.js'

/** What came of a pass over all resources of a namespace. */
export interface DeletionPass extends ContentReport {
  /** Seconds that the rest may still need; 0 if nothing is left. */
  readonly estimate: number
  readonly inGrace: boolean
}

/**
 * Deletes the content of a namespace, one resource after the other. Since v1.33 pods go first, and nothing
 * else is touched while there are any (OrderedNamespaceDeletion). Source: namespaced_resources_deleter.go
 * deleteAllContent.
 */
export function deletionPass(
  resources: readonly ServedResource[],
  podsFirst: boolean,
  deleteAll: (resource: ServedResource) => Leftover,
): DeletionPass {
  const total = new Total()
  const pods = podsFirst ? resources.find(({ resource }) => resource === 'pods') : undefined
  if (pods) total.add(pods, deleteAll(pods))
  if (total.isEmpty) for (const served of resources) if (served !== pods) total.add(served, deleteAll(served))
  return total
}

class Total implements DeletionPass {
  readonly remaining: Map<string, number> = new Map()
  readonly finalizers: Map<string, number> = new Map()
  readonly errors: string[] = []
  estimate = 0
  inGrace = false

  get isEmpty(): boolean {
    return this.remaining.size === 0 && this.errors.length === 0
  }

  add(served: ServedResource, left: Leftover): void {
    if (left.error !== undefined) this.errors.push(left.error)
    if (left.count > 0) this.remaining.set(`${pluralOf(served)}.${served.group}`, left.count)
    for (const [finalizer, count] of left.finalizers) {
      this.finalizers.set(finalizer, (this.finalizers.get(finalizer) ?? 0) + count)
    }
    this.estimate = Math.max(this.estimate, left.estimate)
    this.inGrace ||= left.inGrace
  }
}
