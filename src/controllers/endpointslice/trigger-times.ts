import { podCondition } from '../../api/core/conditions.js'
import type { Pod, Service } from '../../api/core/generated.js'
import type { ComponentHost } from '../../client/component.js'
import { keyOf } from '../../client/informers/object-index.js'
import type { Slice } from '../../sim/modules/module.js'

/** The annotation with the time of the change that caused a write. */
export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time'

/** What a Service and its pods were like in its last sync. Frozen, so that copies of a cluster share it. */
interface Observed {
  /** When the Service was created. */
  readonly service: string
  /** When each pod became ready or unready, by its name. */
  readonly pods: Readonly<Record<string, string>>
}

/**
 * Remembers what Services and pods were like in the last sync, to tell which change the next write is for.
 * Source: k8s.io/endpointslice util.TriggerTimeTracker.
 */
export class TriggerTimes {
  readonly #observed: Slice<Map<string, Observed>>

  constructor(host: ComponentHost) {
    this.#observed = host.state('triggers', () => new Map<string, Observed>())
  }

  /**
   * Returns the time of the oldest change since the last sync, which goes into {@link TRIGGER_TIME}: that of
   * the readiness of a pod, or the creation of the Service; undefined if there is none, as when a pod goes.
   * To be called once in each sync, whether it writes or not.
   */
  observe(service: Service, pods: readonly Pod[]): string | undefined {
    const key = keyOf(service)
    const last = this.#observed.value.get(key)
    const created = service.metadata.creationTimestamp ?? ''
    const changes = last === undefined || created > last.service ? [created] : []
    const times = pods.flatMap((pod) => {
      const time = podCondition(pod, 'Ready')?.lastTransitionTime
      return typeof time !== 'string' ? [] : [[pod.metadata.name ?? '', time] as const]
    })
    const now = Object.freeze(Object.fromEntries(times))
    this.#observed.value.set(key, Object.freeze({ service: created, pods: now }))
    if (last === undefined) return created
    for (const [name, time] of times) {
      const before = Object.hasOwn(last.pods, name) ? (last.pods[name] ?? '') : ''
      if (time > before) changes.push(time)
    }
    return changes.sort()[0]
  }

  /** Forgets a Service that is gone. */
  forget(key: string): void {
    this.#observed.value.delete(key)
  }
}
