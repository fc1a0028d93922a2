import type { Container } from '../../api/core/generated.js'
import type { RuntimeContainer, RuntimePod } from '../runtime/state.js'
import { latestContainer } from '../runtime/state.js'
import type { StopReason } from '../lifecycle/container-stopper.js'
import { isStarted } from '../prober/probe-state.js'
import type { PodRecord } from './pod-record.js'
import { isSidecar, restartsAfter } from './restart-policy.js'

/**
 * The next step of a pod. `rest`: nothing until an event or `until`; `done`: nothing of it will run again;
 * `wait`: the runtime is working; `stop`: one container is to be ended; `stopping`: some are being ended, and
 * the others wait for that.
 */
export type PodAction =
  | { readonly kind: 'rest'; readonly until: number }
  | { readonly kind: 'wait' }
  | { readonly kind: 'done' }
  | { readonly kind: 'sandbox' }
  | { readonly kind: 'start'; readonly container: Container; readonly init: boolean }
  | {
      readonly kind: 'stop'
      readonly container: Container
      readonly message: string
      readonly reason: StopReason
      readonly restart: boolean
    }
  | { readonly kind: 'stopping'; readonly containers: readonly Container[] }

const WAIT: PodAction = { kind: 'wait' }
const DONE: PodAction = { kind: 'done' }
const SANDBOX: PodAction = { kind: 'sandbox' }

/** State of one container. `held`: it should start, but may not yet. */
type Standing = 'start' | 'held' | 'creating' | 'running' | 'succeeded' | 'failed'

/**
 * Computes the next step of an active pod from the runtime's state: a sandbox, then the init containers in
 * order (a sidecar lets the next one start as soon as it runs), then the app containers; ended containers
 * restart by policy. Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go computePodActions,
 * computeInitContainerActions.
 */
export function nextAction(record: PodRecord, sandbox: RuntimePod | undefined, now: number): PodAction {
  if (sandbox?.sandbox === 'creating') return WAIT
  if (sandbox?.sandbox !== 'ready') return sandboxAction(record, sandbox, now)
  const standings = new Standings(record, sandbox, now)
  return (
    stopAction(record, sandbox) ??
    ephemeralAction(record, standings) ??
    initAction(record, standings) ??
    appAction(record, standings)
  )
}

/** Ends containers that fail a probe or whose spec has changed. */
function stopAction(record: PodRecord, sandbox: RuntimePod): PodAction | undefined {
  const stopping: Container[] = []
  const { containers, initContainers = [] } = record.pod.spec
  for (const container of initContainers.length === 0
    ? containers
    : [...initContainers.filter(isSidecar), ...containers]) {
    const latest = latestContainer(sandbox, container.name)
    if (latest?.state !== 'running' || latest.sandbox !== sandbox.attempt) continue
    if (record.containers[container.name]?.stop) stopping.push(container)
    else {
      const why = whyStop(record, container, latest)
      if (why) return why
    }
  }
  return stopping.length > 0 ? { kind: 'stopping', containers: stopping } : undefined
}

function whyStop(
  { pod, containers }: PodRecord,
  container: Container,
  running: RuntimeContainer,
): PodAction | undefined {
  const sidecar = isSidecar(container)
  const who = `${sidecar ? 'Init container' : 'Container'} ${container.name}`
  const memory = containers[container.name]
  const stop = (what: string, reason: StopReason, restart: boolean): PodAction => {
    const message = `${who} ${what}${restart && !sidecar ? ', will be restarted' : ''}`
    return { kind: 'stop', container, message, reason, restart }
  }
  if (running.image !== (container.image ?? '')) return stop('definition changed', 'other', true)
  const { probes } = memory ?? {}
  if (probes?.id !== running.id)
    return memory?.resizeRestart === true ? stop('resize requires restart', 'other', true) : undefined
  const restart = (container.restartPolicy ?? pod.spec.restartPolicy ?? 'Always') !== 'Never'
  if (probes.liveness?.result === 'failure') return stop('failed liveness probe', 'liveness', restart)
  if (probes.startup?.result === 'failure') return stop('failed startup probe', 'startup', restart)
  return memory?.resizeRestart === true ? stop('resize requires restart', 'other', true) : undefined
}

/** Starts each ephemeral container once, independent of the others. */
function ephemeralAction({ pod }: PodRecord, standings: Standings): PodAction | undefined {
  for (const container of (pod.spec.ephemeralContainers ?? []) as readonly Container[]) {
    const standing = standings.ofEphemeral(container)
    if (standing === 'start') return { kind: 'start', container, init: false }
    if (standing === 'creating') return WAIT
  }
  return undefined
}

function sandboxAction(
  { pod, containers }: PodRecord,
  sandbox: RuntimePod | undefined,
  now: number,
): PodAction {
  const { spec } = pod
  if (sandbox && sandbox.containers.length > 0) {
    const ended = spec.containers.every(({ name }) => latestContainer(sandbox, name)?.exitCode === 0)
    if (spec.restartPolicy === 'Never' || (spec.restartPolicy === 'OnFailure' && ended)) return DONE
  }
  const held = containers['']?.waiting?.until ?? 0
  return held > now ? { kind: 'rest', until: held } : SANDBOX
}

class Standings {
  /** When the first held container may start. */
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
    if (latest && this.#record.containers[container.name]?.restartAfter === undefined) {
      const exitCode = latest.exitCode ?? 0
      if (!restartsAfter(container, spec, exitCode)) return exitCode === 0 ? 'succeeded' : 'failed'
    } else if (this.#succeededBefore(container)) return 'succeeded'
    return this.#startOrHeld(container)
  }

  /** State of an ephemeral container, which never restarts. */
  ofEphemeral(container: Container): Standing {
    const latest = latestContainer(this.#sandbox, container.name)
    if (latest) return latest.state === 'exited' ? 'succeeded' : latest.state
    return this.#startOrHeld(container)
  }

  /** Whether a sidecar runs and its startup probe, if it has one, has succeeded. */
  hasStarted(container: Container): boolean {
    const latest = this.#present(container.name)
    return (
      latest?.state === 'running' &&
      isStarted(container, latest.id, this.#record.containers[container.name]?.probes)
    )
  }

  #startOrHeld(container: Container): Standing {
    const held = this.#record.containers[container.name]?.waiting?.until ?? 0
    if (held <= this.#now) return 'start'
    this.until = Math.min(this.until, held)
    return 'held'
  }

  /**
   * State of an init container. One that has succeeded does not run again in the same sandbox, whatever its
   * policy.
   */
  ofInit(container: Container): Standing {
    const latest = this.#present(container.name)
    if (!isSidecar(container) && latest?.state === 'exited' && latest.exitCode === 0) return 'succeeded'
    return this.of(container)
  }

  #present(name: string): RuntimeContainer | undefined {
    const latest = latestContainer(this.#sandbox, name)
    return latest?.sandbox === this.#sandbox.attempt ? latest : undefined
  }

  /** Whether an app container succeeded in an earlier sandbox: under OnFailure it does not run again. */
  #succeededBefore(container: Container): boolean {
    const { spec } = this.#record.pod
    if (spec.restartPolicy !== 'OnFailure' || spec.initContainers?.includes(container)) return false
    return latestContainer(this.#sandbox, container.name)?.exitCode === 0
  }
}

/** The next step for init containers and sidecars; undefined if the app containers may start. */
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
    const passed = sidecar ? standings.hasStarted(container) : standing === 'succeeded'
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
