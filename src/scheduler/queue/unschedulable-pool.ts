import type { QueuedPod } from './queued-pod.js'

/**
 * The unschedulable pods by the plugins that rejected them, so that an event touches only pods that it may
 * help. A cache.
 */
export class UnschedulablePool {
  readonly #pods = new Set<QueuedPod>()
  readonly #byPlugin = new Map<string, Set<QueuedPod>>()

  get size(): number {
    return this.#pods.size
  }

  add(pod: QueuedPod): void {
    this.#pods.add(pod)
    for (const plugin of pluginsOf(pod)) {
      const pods = this.#byPlugin.get(plugin)
      if (pods) pods.add(pod)
      else this.#byPlugin.set(plugin, new Set([pod]))
    }
  }

  delete(pod: QueuedPod): void {
    this.#pods.delete(pod)
    for (const plugin of pluginsOf(pod)) {
      const pods = this.#byPlugin.get(plugin)
      pods?.delete(pod)
      if (pods?.size === 0) this.#byPlugin.delete(plugin)
    }
  }

  /** Returns the pods that an interested plugin rejected and that pass a test, in order of arrival. */
  candidates(
    isInterested: (plugin: string) => boolean,
    passes: (pod: QueuedPod) => boolean,
  ): readonly QueuedPod[] {
    const found = new Set<QueuedPod>()
    for (const [plugin, pods] of this.#byPlugin) {
      if (isInterested(plugin)) for (const pod of pods) if (!found.has(pod) && passes(pod)) found.add(pod)
    }
    return found.size < 2 ? [...found] : [...found].sort(bySeq)
  }

  /** Returns all pods in order of arrival. */
  bySeq(): readonly QueuedPod[] {
    return [...this.#pods].sort(bySeq)
  }
}

function pluginsOf(pod: QueuedPod): readonly string[] {
  if (pod.gatedBy !== undefined) return [pod.gatedBy]
  return pod.pendingBy.length === 0 ? pod.rejectedBy : [...new Set([...pod.rejectedBy, ...pod.pendingBy])]
}

function bySeq(a: QueuedPod, b: QueuedPod): number {
  return a.seq - b.seq
}
