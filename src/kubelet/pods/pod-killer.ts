import type { Container, Pod } from '../../api/core/generated.js'
import type { KubeletRelease } from '../release.js'
import type { ContainerRuntime } from '../runtime/runtime-api.js'
import { hasRunningContainer, latestContainer } from '../runtime/state.js'
import { effectiveGrace, hookTime, remainingGrace } from './grace.js'
import type { PodEvents } from './pod-events.js'
import type { Kill, PodRecord } from './pod-record.js'
import { isSidecar } from './restart-policy.js'

/**
 * Stops pods: preStop hooks first (their time is deducted), then SIGTERM to the app containers; sidecars follow one by one, the last
 * first, when all that came after them has ended or the grace period is over.
 * Source: pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer, kuberuntime_termination_order.go.
 */
export class PodKiller {
  readonly #runtime: ContainerRuntime
  readonly #events: PodEvents
  readonly #release: KubeletRelease

  constructor(runtime: ContainerRuntime, events: PodEvents, release: KubeletRelease) {
    this.#runtime = runtime
    this.#events = events
    this.#release = release
  }

  /** One more step. Answers when to look again at the latest (virtual ms), or undefined once nothing of the pod runs any more. */
  step(record: PodRecord, now: number, graceSeconds?: number): number | undefined {
    const kill = (record.kill ??= this.#begin(record, now, graceSeconds))
    kill.grace = Math.min(kill.grace, effectiveGrace(record.pod, graceSeconds))
    const sandbox = this.#runtime.pod(record.uid)
    if (!hasRunningContainer(sandbox)) return undefined
    let next = Infinity
    let others = false
    for (const container of stopOrder(record.pod)) {
      const running = latestContainer(sandbox, container.name)
      if (running?.state !== 'running') continue
      const due = this.#dueAt(container, kill, others)
      if (due > now) next = Math.min(next, due)
      else this.#runtime.stopContainer(record.uid, container.name, remainingGrace(kill.grace, now - kill.since))
      others = true
    }
    return next
  }

  #begin(record: PodRecord, now: number, graceSeconds: number | undefined): Kill {
    const grace = effectiveGrace(record.pod, graceSeconds)
    const hooks: Record<string, number> = {}
    this.#runtime.cancelPending(record.uid)
    delete record.inFlight
    const sandbox = this.#runtime.pod(record.uid)
    for (const container of stopOrder(record.pod)) {
      if (latestContainer(sandbox, container.name)?.state !== 'running') continue
      this.#events.container(record, container, 'Normal', 'Killing', this.#release.stopping(container.name))
      const time = Math.min(hookTime(container.lifecycle?.preStop), grace)
      if (time > 0) hooks[container.name] = now + time
    }
    return { since: now, grace, hooks }
  }

  /** When SIGTERM may be sent: after the hook, and for a sidecar when its turn comes or the grace period is over. */
  #dueAt(container: Container, kill: Kill, othersRun: boolean): number {
    const hook = kill.hooks[container.name] ?? 0
    return isSidecar(container) && othersRun ? Math.max(hook, kill.since + kill.grace) : hook
  }
}

/** App containers and init containers first, then the sidecars, the last one first. */
function stopOrder({ spec }: Pod): readonly Container[] {
  const init = spec.initContainers ?? []
  return [...spec.containers, ...init.filter((container) => !isSidecar(container)), ...init.filter(isSidecar).reverse()]
}
