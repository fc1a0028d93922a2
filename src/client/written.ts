import type { KubeObject } from '../api/kind/definition.js'
import type { Slice } from '../sim/modules/module.js'
import type { Change } from './informers/informer.js'
import { keyOf } from './informers/object-index.js'

/**
 * Results of a component's own writes, kept until its informer has seen them, so that it does not decide on
 * stale objects. Source: the assume cache of the scheduler, storeObjectUpdate of the volume controller.
 */
export class Written<T extends KubeObject> {
  readonly #objects: Slice<Map<string, T>>

  constructor(objects: Slice<Map<string, T>>) {
    this.#objects = objects
  }

  /** Remembers the result of a write, and returns it. */
  remember(object: T): T {
    this.#objects.value.set(keyOf(object), object)
    return object
  }

  /**
   * Returns the newer of the informer's object and the written one, or undefined if the informer does not
   * have the object.
   */
  latest(seen: T | undefined): T | undefined {
    if (seen === undefined || this.#objects.value.size === 0) return seen
    const own = this.#objects.value.get(keyOf(seen))
    return own !== undefined && isNewer(own, seen) ? own : seen
  }

  /** Returns the newer of each object and its written version. */
  latestOf(seen: readonly T[]): readonly T[] {
    return this.#objects.value.size === 0 ? seen : seen.map((object) => this.latest(object) ?? object)
  }

  /** Must be called with each change of the informer, before other listeners. */
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
