import type { PodModel } from '../model.js'
import type { PlacedPod } from './kinds.js'

/**
 * The pods of a world, indexed by what affects them: their namespace, and the node whose network they use.
 */
export class PodIndex {
  readonly #pods = new Map<string, PlacedPod>()
  readonly #inNamespace = new Map<string, Set<PlacedPod>>()
  readonly #onHost = new Map<string, Set<PlacedPod>>()

  /** The pods by `ns/name`. */
  get pods(): ReadonlyMap<string, PlacedPod> {
    return this.#pods
  }

  add(placed: PlacedPod): void {
    const {
      model: { key, namespace },
      hostNode,
    } = placed
    this.#pods.set(key, placed)
    put(this.#inNamespace, namespace, placed)
    if (hostNode !== undefined) put(this.#onHost, hostNode, placed)
  }

  remove(placed: PlacedPod): void {
    const {
      model: { key, namespace },
      hostNode,
    } = placed
    this.#pods.delete(key)
    take(this.#inNamespace, namespace, placed)
    if (hostNode !== undefined) take(this.#onHost, hostNode, placed)
  }

  clear(): void {
    for (const map of [this.#pods, this.#inNamespace, this.#onHost]) map.clear()
  }

  in(namespace: string): ReadonlySet<PlacedPod> {
    return this.#inNamespace.get(namespace) ?? nobody
  }

  onHost(node: string): ReadonlySet<PlacedPod> {
    return this.#onHost.get(node) ?? nobody
  }

  /** Returns the current classification of a pod. */
  current({ key }: PodModel): PlacedPod {
    return this.#pods.get(key) as PlacedPod
  }
}

const nobody: ReadonlySet<PlacedPod> = new Set()

function put(map: Map<string, Set<PlacedPod>>, name: string, placed: PlacedPod): void {
  const all = map.get(name)
  if (all === undefined) map.set(name, new Set([placed]))
  else all.add(placed)
}

function take(map: Map<string, Set<PlacedPod>>, name: string, placed: PlacedPod): void {
  const all = map.get(name)
  all?.delete(placed)
  if (all?.size === 0) map.delete(name)
}
