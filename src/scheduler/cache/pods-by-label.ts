import type { NodeInfo } from './node-info.js'
import type { PodInfo } from './pod-info.js'

/** A pod on its node. */
export interface PodOnNode {
  readonly pod: PodInfo
  readonly node: NodeInfo
}

/**
 * The pods on nodes by their values of some labels. A label is indexed when it is asked for the second time:
 * the first query about `app` costs a scan of all pods, and so would one for each of thirty Deployments.
 */
export class PodsByLabel {
  readonly #asked = new Set<string>()
  readonly #byKey = new Map<string, Map<string, Map<string, PodOnNode>>>()

  /** Returns the pods with a label; undefined if it is not indexed. `all` are the pods on all nodes. */
  with(
    [key, value]: readonly [key: string, value: string],
    all: () => Iterable<PodOnNode>,
  ): Iterable<PodOnNode> | undefined {
    if (!this.#asked.has(key)) {
      this.#asked.add(key)
      return undefined
    }
    if (!this.#byKey.has(key)) {
      this.#byKey.set(key, new Map())
      for (const place of all()) this.#add(key, place)
    }
    return this.#byKey.get(key)?.get(value)?.values() ?? []
  }

  add(place: PodOnNode): void {
    for (const key of this.#byKey.keys()) this.#add(key, place)
  }

  remove(pod: PodInfo): void {
    for (const [key, byValue] of this.#byKey) {
      const value = pod.pod.metadata.labels?.[key]
      const pods = value === undefined ? undefined : byValue.get(value)
      if (pods?.delete(pod.key) === true && pods.size === 0) byValue.delete(value as string)
    }
  }

  #add(key: string, place: PodOnNode): void {
    const value = place.pod.pod.metadata.labels?.[key]
    if (value === undefined) return
    const byValue = this.#byKey.get(key) as Map<string, Map<string, PodOnNode>>
    const pods = byValue.get(value)
    if (pods) pods.set(place.pod.key, place)
    else byValue.set(value, new Map([[place.pod.key, place]]))
  }
}
