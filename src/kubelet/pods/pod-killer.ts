import type { Container, Pod } from '../../api/core/generated.js'
import type { ContainerStopper } from '../lifecycle/container-stopper.js'
import type { KubeletRelease } from '../release.js'
import type { ContainerRuntime } from '../runtime/runtime-api.js'
import { hasRunningContainer, latestContainer } from '../runtime/state.js'
import { effectiveGrace } from './grace.js'
import type { Kill, PodRecord } from './pod-record.js'
import { containerMemory } from './pod-record.js'
import { isSidecar } from './restart-policy.js'

/**
 * Stops pods: every container's hook, then its signal. Sidecars follow one by one, the last first, when
 * everything after them has ended or the grace period is over. Source:
 * pkg/kubelet/kuberuntime/kuberuntime_container.go killContainer, kuberuntime_termination_order.go.
 */
export class PodKiller {
  readonly #runtime: ContainerRuntime
  readonly #stopper: ContainerStopper
  readonly #release: KubeletRelease

  constructor(runtime: ContainerRuntime, stopper: ContainerStopper, release: KubeletRelease) {
    this.#runtime = runtime
    this.#stopper = stopper
    this.#release = release
  }

  /**
   * Takes one more step. Returns when to look again at the latest (virtual ms), or undefined if nothing of
   * the pod runs any more.
   */
  step(record: PodRecord, now: number, graceSeconds?: number): number | undefined {
    const kill = (record.kill ??= this.#begin(record, now, graceSeconds))
    kill.grace = Math.min(kill.grace, effectiveGrace(record.pod, graceSeconds))
    const sandbox = this.#runtime.pod(record.uid)
    if (!hasRunningContainer(sandbox)) return undefined
    let next = Infinity
    let others = false
    for (const container of stopOrder(record.pod)) {
      if (latestContainer(sandbox, container.name)?.state !== 'running') continue
      const { stop } = containerMemory(record, container.name)
      if (stop) stop.grace = Math.min(stop.grace, kill.grace)
      const held = isSidecar(container) && others ? kill.since + kill.grace : 0
      const due = this.#stopper.step(record, container, now, held)
      if (due !== undefined) next = Math.min(next, due)
      others = true
    }
    return next
  }

  #begin(record: PodRecord, now: number, graceSeconds: number | undefined): Kill {
    const grace = effectiveGrace(record.pod, graceSeconds)
    this.#runtime.cancelPending(record.uid)
    record.inFlight = undefined
    const sandbox = this.#runtime.pod(record.uid)
    for (const container of stopOrder(record.pod)) {
      if (latestContainer(sandbox, container.name)?.state !== 'running') continue
      // a container that is already being ended continues
      if (containerMemory(record, container.name).stop === undefined)
        this.#stopper.begin(record, container, now, grace, this.#release.stopping(container.name))
    }
    return { since: now, grace }
  }
}

/** App, ephemeral and init containers first, then the sidecars, the last one first. */
function stopOrder({ spec }: Pod): readonly Container[] {
  const init = spec.initContainers ?? []
  const ephemeral = (spec.ephemeralContainers ?? []) as readonly Container[]
  return [
    ...spec.containers,
    ...ephemeral,
    ...init.filter((container) => !isSidecar(container)),
    ...init.filter(isSidecar).reverse(),
  ]
}
