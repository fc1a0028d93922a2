import type { Container } from '../../api/core/generated.js'
import type { RuntimeContainer, RuntimePod } from '../runtime/state.js'
import { latestContainer } from '../runtime/state.js'
import type { PodRecord } from './pod-record.js'
import { isSidecar, restartsAfter } from './restart-policy.js'

/**
 * What a pod needs next. `rest`: nothing, until something happens or `until` has passed; `done`: nothing of it will ever run again;
 * `wait`: the runtime is at it.
 */
export type PodAction =
  | { readonly kind: 'rest'; readonly until: number }
  | { readonly kind: 'wait' }
  | { readonly kind: 'done' }
  | { readonly kind: 'sandbox' }
  | { readonly kind: 'start'; readonly container: Container; readonly init: boolean }

const WAIT: PodAction = { kind: 'wait' }
const DONE: PodAction = { kind: 'done' }
const SANDBOX: PodAction = { kind: 'sandbox' }

/** Where one container stands. `held`: it should start, and may not yet. */
type Standing = 'start' | 'held' | 'creating' | 'running' | 'succeeded' | 'failed'

/**
 * Works out the next step of an active pod from what the runtime has: a sandbox, then the init containers in their order (a sidecar
 * lets the next one start as soon as it runs), then the app containers; whatever ended is started again if its policy says so.
 * Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions, computeInitContainerActions.
 */
export function nextAction(record: PodRecord, sandbox: RuntimePod | undefined, now: number): PodAction {
  if (sandbox?.sandbox === 'creating') return WAIT
  if (sandbox?.sandbox !== 'ready') return sandboxAction(record, sandbox, now)
  const standings = new Standings(record, sandbox, now)
  return initAction(record, standings) ?? appAction(record, standings)
}

function sandboxAction({ pod, containers }: PodRecord, sandbox: RuntimePod | undefined, now: number): PodAction {
  const { spec } = pod
  if (sandbox && sandbox.containers.length > 0) {
    const ended = spec.containers.every(({ name }) => latestContainer(sandbox, name)?.exitCode === 0)
    if (spec.restartPolicy === 'Never' || (spec.restartPolicy === 'OnFailure' && ended)) return DONE
  }
  const held = containers['']?.waiting?.until ?? 0
  return held > now ? { kind: 'rest', until: held } : SANDBOX
}

class Standings {
  /** When the first container that is held may start. */
  until = Infinity
  readonly #record: PodRecord
  readonly #sandbox: RuntimePod
  readonly #now: number

  constructor(record: PodRecord, sandbox: RuntimePod, now: number) {
    this.#record = record
    this.#sandbox = sandbox
    this.#now = now
  }

  get initialized(): boolean {
    const { spec } = this.#record.pod
    return spec.containers.some(({ name }) => {
      const latest = this.#present(name)
      return latest !== undefined && latest.state !== 'creating'
    })
  }

  of(container: Container): Standing {
    const latest = this.#present(container.name)
    if (latest?.state === 'creating' || latest?.state === 'running') return latest.state
    const { spec } = this.#record.pod
    if (latest) {
      const exitCode = latest.exitCode ?? 0
      if (!restartsAfter(container, spec, exitCode)) return exitCode === 0 ? 'succeeded' : 'failed'
    } else if (this.#succeededBefore(container)) return 'succeeded'
    const held = this.#record.containers[container.name]?.waiting?.until ?? 0
    if (held <= this.#now) return 'start'
    this.until = Math.min(this.until, held)
    return 'held'
  }

  /** An init container that has done its work is not run again in the same sandbox, whatever its policy. */
  ofInit(container: Container): Standing {
    const latest = this.#present(container.name)
    if (!isSidecar(container) && latest?.state === 'exited' && latest.exitCode === 0) return 'succeeded'
    return this.of(container)
  }

  #present(name: string): RuntimeContainer | undefined {
    const latest = latestContainer(this.#sandbox, name)
    return latest?.sandbox === this.#sandbox.attempt ? latest : undefined
  }

  /** In a sandbox made anew, an app container that succeeded is not run again under OnFailure. */
  #succeededBefore(container: Container): boolean {
    const { spec } = this.#record.pod
    if (spec.restartPolicy !== 'OnFailure' || spec.initContainers?.includes(container)) return false
    return latestContainer(this.#sandbox, container.name)?.exitCode === 0
  }
}

/** What the init containers and sidecars need; undefined once the app containers may have their turn. */
function initAction({ pod }: PodRecord, standings: Standings): PodAction | undefined {
  const { initContainers } = pod.spec
  if (!initContainers?.length) return undefined
  const { initialized } = standings
  for (const container of initContainers) {
    const sidecar = isSidecar(container)
    if (initialized && !sidecar) continue
    const standing = standings.ofInit(container)
    if (standing === 'start') return { kind: 'start', container, init: true }
    if (standing === 'creating') return WAIT
    if (standing === 'failed') return DONE
    const passed = sidecar ? standing === 'running' : standing === 'succeeded'
    if (!passed && !initialized) return { kind: 'rest', until: standings.until }
  }
  return undefined
}

function appAction({ pod }: PodRecord, standings: Standings): PodAction {
  let alive = false
  for (const container of pod.spec.containers) {
    const standing = standings.of(container)
    if (standing === 'start') return { kind: 'start', container, init: false }
    if (standing === 'creating') return WAIT
    if (standing === 'running' || standing === 'held') alive = true
  }
  return alive ? { kind: 'rest', until: standings.until } : DONE
}
