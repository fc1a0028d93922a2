import type { Slice } from '../../sim/modules/module.js'

/**
 * The nominations: the node for which each waiting pod was nominated by preemption. The map is state, the
 * index by node a cache. Source: backend/queue/nominator.go.
 */
export class Nominator {
  readonly #state: Slice<Map<string, string>>
  readonly #byNode = new Map<string, Set<string>>()

  constructor(state: Slice<Map<string, string>>) {
    this.#state = state
    for (const [key, nodeName] of state.value) this.#index(key, nodeName)
  }

  /** Number of nominated pods. */
  get size(): number {
    return this.#state.value.size
  }

  /** Returns the node to which a pod is nominated. */
  nodeOf(key: string): string | undefined {
    return this.#state.value.get(key)
  }

  /** Returns the nodes with a nominated pod. */
  nodes(): Iterable<string> {
    return this.#byNode.keys()
  }

  hasNominatedPods(nodeName: string): boolean {
    return this.#byNode.has(nodeName)
  }

  /** Returns the keys of the pods nominated to a node, sorted. */
  podsOf(nodeName: string): readonly string[] {
    const keys = this.#byNode.get(nodeName)
    return keys ? [...keys].sort() : NONE
  }

  /** Nominates a pod to a node; undefined removes the nomination. */
  set(key: string, nodeName: string | undefined): void {
    const old = this.#state.value.get(key)
    if (old === nodeName) return
    if (old !== undefined) this.#unindex(key, old)
    if (nodeName === undefined) this.#state.value.delete(key)
    else {
      this.#state.value.set(key, nodeName)
      this.#index(key, nodeName)
    }
  }

  #index(key: string, nodeName: string): void {
    const keys = this.#byNode.get(nodeName)
    if (keys) keys.add(key)
    else this.#byNode.set(nodeName, new Set([key]))
  }

  #unindex(key: string, nodeName: string): void {
    const keys = this.#byNode.get(nodeName)
    keys?.delete(key)
    if (keys?.size === 0) this.#byNode.delete(nodeName)
  }
}

const NONE: readonly string[] = []
