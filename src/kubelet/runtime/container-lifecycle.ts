import { describingText, endsByItself, type OnUnknownImage } from '../images/unknown-image.js'
import type { ContainerBehavior } from './behavior.js'
import type { ContainerProcesses } from './processes/container-processes.js'
import { declaresUsage } from './container-usage.js'
import type { Exit } from './containers.js'
import { addContainer, endContainer, exitOf, signal } from './containers.js'
import { allocateIp, poolFor, poolRange, releaseIp } from './ip-pool.js'
import type { RuntimeTimings } from './machine.js'
import type { ContainerRequest, RuntimeChange, SandboxRequest } from './runtime-api.js'
import type { RuntimeContainer, RuntimePod, RuntimeState } from './state.js'
import type { StartPlan } from './processes/start-plan.js'
import { latestContainer } from './state.js'
import { stableHex } from '../stable-hex.js'
import type { Slice, Topic } from '../../sim/modules/module.js'

/** Timers of sandboxes (by pod uid) and of containers (by `uid/container`). */
export interface LifecycleTopics {
  readonly sandbox: Topic
  readonly start: Topic
  readonly exit: Topic
  readonly signal: Topic
}

/** What the lifecycle of containers needs from their machine. */
export interface LifecycleDependencies {
  readonly state: Slice<RuntimeState>
  readonly topics: LifecycleTopics
  readonly timings: RuntimeTimings
  readonly processes: ContainerProcesses
  readonly now: () => number
  readonly behavior: (pod: RuntimePod, container: string, image: string) => ContainerBehavior
  readonly isDescribed: (image: string) => boolean
  readonly onUnknownImage: OnUnknownImage
  readonly tell: (change: RuntimeChange) => void
  readonly onContainer: (image: string) => void
}

/**
 * Creates and ends sandboxes and containers: an operation begins when the kubelet asks for it and ends with a
 * timer.
 */
export class ContainerLifecycle {
  readonly #dependencies: LifecycleDependencies
  /** The container whose stop signal is being delivered, during the call. */
  #signalled: string | undefined

  constructor(dependencies: LifecycleDependencies) {
    this.#dependencies = dependencies
  }

  /** Creates the pod's sandbox, which is ready or has failed after its time. */
  runSandbox(request: SandboxRequest): void {
    const { uid, namespace, name, hostNetwork, podCIDR, pod } = request
    const { pods } = this.#dependencies.state.value
    const known = pods.get(uid)
    if (known) {
      if (known.error === undefined) known.attempt++
      delete known.error
      known.sandbox = 'creating'
      known.pod = pod
    } else {
      pods.set(uid, {
        uid,
        namespace,
        name,
        hostNetwork,
        attempt: 0,
        sandbox: 'creating',
        containers: [],
        pod,
      })
    }
    this.#dependencies.topics.sandbox.wakeAfter(
      uid,
      this.#dependencies.timings.sandbox,
      podCIDR === undefined ? {} : { payload: podCIDR },
    )
  }

  /** Creates and starts a container, which runs or has failed after its time. */
  startContainer(request: ContainerRequest): void {
    const { uid, name, image, attempt, runsToCompletion, env, startError, resources } = request
    const pod = this.#mustHave(uid)
    pod.pod = request.pod
    const id = stableHex(`${uid}/${name}/${attempt}/${this.#dependencies.state.value.boots}`, 64)
    addContainer(pod, {
      id,
      name,
      image,
      attempt,
      sandbox: pod.attempt,
      createdAt: this.#dependencies.now(),
      state: 'creating',
      ...(runsToCompletion ? { runsToCompletion } : {}),
      ...(Object.keys(env).length === 0 ? {} : { env }),
      ...(startError === undefined ? {} : { startError }),
      resources,
    })
    const { containerStart, startSpread } = this.#dependencies.timings
    const time =
      this.#dependencies.behavior(pod, name, image).startTime ?? containerStart + delayOf(pod, startSpread)
    this.#dependencies.topics.start.wakeAfter(`${uid}/${name}`, time, { payload: runsToCompletion })
  }

  /** Sends a running container its stop signal, and SIGKILL after `grace` seconds. */
  stopContainer(uid: string, name: string, grace: number, stopSignal?: number): void {
    const pod = this.#pod(uid)
    const container = latestContainer(pod, name)
    if (!pod || container?.state !== 'running') return
    const key = `${uid}/${name}`
    const isFirst = container.killAt === undefined
    const answer = isFirst
      ? this.#terminate(key, pod, container, stopSignal)
      : container.process || container.service
        ? 'handled'
        : 'default'
    const behavior = {
      stopTime: this.#dependencies.timings.containerStop,
      ...(stopSignal === undefined ? {} : { stopExitCode: 128 + stopSignal }),
      ...this.#dependencies.behavior(pod, name, container.image),
      ...(answer === 'handled' ? { ignoresSigterm: true } : {}),
    }
    const exit = signal(
      container,
      behavior,
      this.#dependencies.now(),
      grace,
      this.#dependencies.topics.signal.dueAt(key),
    )
    if (exit) this.#dependencies.topics.signal.wakeAfter(key, exit.after, { payload: exit })
  }

  /** Delivers the stop signal. A handler that exits at once ends the container after `containerStop`. */
  #terminate(
    key: string,
    pod: RuntimePod,
    container: RuntimeContainer,
    stopSignal: number | undefined,
  ): 'default' | 'handled' {
    this.#signalled = key
    try {
      return this.#dependencies.processes.terminate(pod, container, stopSignal)
    } finally {
      this.#signalled = undefined
    }
  }

  /** Cancels everything that is still being made. */
  cancelPending(uid: string): void {
    const pod = this.#pod(uid)
    if (!pod) return
    if (pod.sandbox === 'creating') {
      this.#dependencies.topics.sandbox.cancel(uid)
      pod.sandbox = 'notready'
    }
    for (const container of pod.containers) {
      if (container.state === 'creating') this.#dependencies.topics.start.cancel(`${uid}/${container.name}`)
    }
    pod.containers = pod.containers.filter(({ state }) => state !== 'creating')
  }

  /** Stops the sandbox and frees its address; containers stay as they are. */
  stopSandbox(uid: string): void {
    const pod = this.#pod(uid)
    if (!pod) return
    pod.sandbox = 'notready'
    this.#release(pod)
  }

  #release(pod: RuntimePod): void {
    const pools = this.#dependencies.state.value
    for (const ip of [pod.ip, pod.secondIP]) if (ip !== undefined) releaseIp(poolFor(pools, ip), ip)
    delete pod.ip
    delete pod.secondIP
  }

  /** Finishes a sandbox: it gets an address of each range of the node. */
  sandboxMade(uid: string, podCIDR: string | undefined): void {
    const pod = this.#mustHave(uid)
    const fault = pod.hostNetwork ? undefined : this.#allocate(pod, podCIDR)
    if (fault !== undefined) pod.error = fault
    pod.sandbox = fault === undefined ? 'ready' : 'notready'
    this.#dependencies.tell(`pod/${uid}`)
  }

  /** Returns why the pod gets no address, if so. */
  #allocate(pod: RuntimePod, podCIDR: string | undefined): string | undefined {
    if (podCIDR === undefined) return 'no podCIDR'
    const pools = this.#dependencies.state.value
    for (const [at, range] of podCIDR.split(',').entries()) {
      const ip = allocateIp(poolFor(pools, range), range)
      if (ip === undefined) {
        this.#release(pod)
        return `no IP addresses available in range set: ${poolRange(range)}`
      }
      pod[at === 0 ? 'ip' : 'secondIP'] = ip
    }
    return undefined
  }

  /** How a container of an image that nobody has described starts and ends; empty for all others. */
  #unknownImage(
    pod: RuntimePod,
    { name, image }: RuntimeContainer,
    plan: StartPlan,
    given: ContainerBehavior,
  ): ContainerBehavior {
    const { isDescribed, onUnknownImage } = this.#dependencies
    if (plan.kind === 'assumed')
      return pod.pod !== undefined && endsByItself(pod.pod, name) ? { exitCode: 0 } : {}
    const isKnown = plan.kind !== 'service' || isDescribed(image)
    if (isKnown || onUnknownImage === 'run' || Object.keys(given).length > 0) return {}
    if (onUnknownImage === 'error') return { startError: describingText(image) }
    return pod.pod !== undefined && endsByItself(pod.pod, name) ? { exitCode: 0 } : {}
  }

  /** Finishes the start of a container. */
  started(key: string, runsToCompletion: boolean): void {
    const { pod, container } = this.#find(key)
    const given = this.#dependencies.behavior(pod, container.name, container.image)
    const now = this.#dependencies.now()
    container.startedAt = now
    const isGiven =
      given.startError !== undefined || given.exitCode !== undefined || given.exitAfter !== undefined
    const plan = isGiven ? undefined : this.#dependencies.processes.plan(pod, container)
    const { startError, exitCode, exitAfter, exitReason } =
      plan === undefined ? given : this.#unknownImage(pod, container, plan, given)
    const isPlanned = exitCode !== undefined || exitAfter !== undefined
    const failure = container.startError ?? startError ?? (plan?.kind === 'error' ? plan.message : undefined)
    if (failure === undefined) {
      container.state = 'running'
      if (isPlanned) {
        const exit = { ...exitOf(exitCode ?? 0), ...(exitReason === undefined ? {} : { reason: exitReason }) }
        this.#dependencies.topics.exit.wakeAfter(key, exitAfter ?? 0, {
          payload: exit,
          class: runsToCompletion ? 'work' : 'watchdog',
        })
      }
      if (declaresUsage(given)) this.#dependencies.state.value.measured = true
      if (plan) this.#dependencies.processes.start(pod, container, plan)
      if (container.state === 'running') this.#dependencies.processes.checkMemory(pod, container)
      this.#dependencies.onContainer(container.image)
    } else {
      endContainer(container, now, { code: 128, reason: 'StartError' })
      container.message = failure
    }
    this.#dependencies.tell(`pod/${pod.uid}`)
  }

  /** Handles the end of a container's process, by itself or by a signal. */
  exited(key: string, exit: Exit): void {
    const { pod, container } = this.#find(key)
    this.cancelTimers(key)
    if (container.state !== 'running') return
    if (this.#signalled === key) {
      const { stopTime = this.#dependencies.timings.containerStop } = this.#dependencies.behavior(
        pod,
        container.name,
        container.image,
      )
      this.#dependencies.topics.signal.wakeAfter(key, stopTime, { payload: exit })
      return
    }
    this.end(pod, container, this.#dependencies.now(), exit)
    const { exitMessage } = this.#dependencies.behavior(pod, container.name, container.image)
    if (exitMessage !== undefined) container.message = exitMessage
    this.#dependencies.tell(`pod/${pod.uid}`)
  }

  /** Ends a container without telling the kubelet. */
  end(pod: RuntimePod, container: RuntimeContainer, now: number, exit: Exit): void {
    const message = this.#dependencies.processes.stopped(pod, container, exit)
    endContainer(container, now, exit)
    if (message !== undefined) container.message = message
    this.#dependencies.onContainer(container.image)
  }

  /** Cancels the planned exit and the signals of a container. */
  cancelTimers(key: string): void {
    this.#dependencies.topics.exit.cancel(key)
    this.#dependencies.topics.signal.cancel(key)
  }

  #find(key: string): { pod: RuntimePod; container: RuntimeContainer } {
    const slash = key.lastIndexOf('/')
    const pod = this.#mustHave(key.slice(0, slash))
    const container = latestContainer(pod, key.slice(slash + 1))
    if (!container) throw new Error(`assertion failed: the runtime has no container ${key}`)
    return { pod, container }
  }

  #mustHave(uid: string): RuntimePod {
    const pod = this.#pod(uid)
    if (!pod) throw new Error(`assertion failed: the runtime has no pod ${uid}`)
    return pod
  }

  #pod(uid: string): RuntimePod | undefined {
    return this.#dependencies.state.value.pods.get(uid)
  }
}

/**
 * Returns how much later, in ms, a container of the pod runs. The address of the pod decides: pods that start
 * together on one machine, or on neighbouring ones, have addresses in a row.
 */
function delayOf({ ip = '' }: RuntimePod, most: number): number {
  let sum = 0
  for (const part of ip.split(/[.:]/)) sum += part === '' ? 0 : Number.parseInt(part, 16)
  return sum % (most + 1)
}
