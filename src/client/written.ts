import type { KubeObject } from '../api/definition.js'
import type { Slice } from '../sim/module.js'
import type { Change } from './informer.js'
import { keyOf } from './object-index.js'

/**
 * Answers to a component's own writes, kept until its informer has seen them, so that it does not decide from
 * what it has changed itself. Source: the assume cache of the scheduler, storeObjectUpdate of the volume
 * controller.
 */
export class Written<T extends KubeObject> {
  readonly #objects: Slice<Map<string, T>>

  constructor(objects: Slice<Map<string, T>>) {
    this.#objects = objects
  }

  /** Remembers the answer of a write; gives it back. */
  remember(object: T): T {
    this.#objects.value.set(keyOf(object), object)
    return object
  }

  /**
   * The later one of what the informer has and what was written; an object that the informer does not have is
   * not there.
   */
  latest(seen: T | undefined): T | undefined {
    if (seen === undefined || this.#objects.value.size === 0) return seen
    const own = this.#objects.value.get(keyOf(seen))
    return own !== undefined && isNewer(own, seen) ? own : seen
  }

  /** The same for each of them. */
  latestOf(seen: readonly T[]): readonly T[] {
    return this.#objects.value.size === 0 ? seen : seen.map((object) => this.latest(object) ?? object)
  }

  /** To be told of all that the informer brings, before anybody else. */
  observe({ type, object }: Change<T>): void {
    const objects = this.#objects.value
    if (objects.size === 0) return
    const own = objects.get(keyOf(object))
    if (own !== undefined && (type === 'DELETED' || !isNewer(own, object))) objects.delete(keyOf(object))
  }
}

function isNewer(a: KubeObject, b: KubeObject): boolean {
  return Number(a.metadata.resourceVersion) > Number(b.metadata.resourceVersion)
}
