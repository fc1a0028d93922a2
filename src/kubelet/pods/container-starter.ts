import type { Container, Pod } from '../../api/core/generated.js'
import { goDuration } from '../go-duration.js'
import type { KubeletRelease } from '../release.js'
import type { ContainerRuntime } from '../runtime/runtime-api.js'
import { latestContainer } from '../runtime/state.js'
import type { ApiObjects } from './api-objects.js'
import { ConfigFault } from './api-objects.js'
import { checkNonRoot, containerEnv } from './container-env.js'
import { BACK_OFF_BASE, backOffEnd, nextBackOff } from './back-off.js'
import type { PodEvents } from './pod-events.js'
import type { PodRecord } from './pod-record.js'
import { containerMemory, formatPod } from './pod-record.js'
import { isSidecar } from './restart-policy.js'

/** So long a pod shows ErrImagePull before it shows ImagePullBackOff. */
const NEXT_LOOK = 1_000

/** What a container whose configuration fails is tried again after. Source: pod_workers.go backOffPeriod. */
const CONFIG_RETRY = 10_000

/** What {@link ContainerStarter} needs. */
export interface ContainerStarterPorts {
  readonly runtime: ContainerRuntime
  readonly events: PodEvents
  readonly release: KubeletRelease
  readonly objects: ApiObjects
  /** Address of the node. */
  readonly hostIP: string
}

/**
 * Starts one container: crash-loop back-off, image, creation. Each method answers whether the runtime is at work now (`true`), or
 * the container is put off or refused for now (`false`), which its waiting state then tells.
 * Source: pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer, pkg/kubelet/images/image_manager.go.
 */
export class ContainerStarter {
  readonly #runtime: ContainerRuntime
  readonly #events: PodEvents
  readonly #release: KubeletRelease
  readonly #objects: ApiObjects
  readonly #hostIP: string

  constructor({ runtime, events, release, objects, hostIP }: ContainerStarterPorts) {
    this.#runtime = runtime
    this.#events = events
    this.#release = release
    this.#objects = objects
    this.#hostIP = hostIP
  }

  /** Begins to start a container that is due. */
  start(record: PodRecord, container: Container, now: number): boolean {
    return !this.#crashLoops(record, container, now) && this.#ensureImage(record, container, now)
  }

  /** Goes on when the runtime has something to tell about the container that is in flight. */
  resume(record: PodRecord, container: Container, now: number): boolean {
    return record.inFlight?.step === 'pull' ? this.#pullEnded(record, container, now) : this.#startEnded(record, container)
  }

  #crashLoops(record: PodRecord, container: Container, now: number): boolean {
    const ended = latestContainer(this.#runtime.pod(record.uid), container.name)
    if (ended?.state !== 'exited') return false
    const memory = containerMemory(record, container.name)
    const failedAt = ended.finishedAt ?? now
    const until = backOffEnd(memory.backOff, failedAt)
    if (until > now) {
      const name = formatPod(record)
      const delay = goDuration(memory.backOff?.delay ?? 0)
      const message = `back-off ${delay} restarting failed container=${container.name} pod=${name}`
      memory.waiting = { reason: 'CrashLoopBackOff', message, until }
      this.#events.container(record, container, 'Warning', 'BackOff', `Back-off restarting failed container ${container.name} in pod ${name}`)
      return true
    }
    memory.backOff = nextBackOff(memory.backOff, failedAt, now)
    return false
  }

  #ensureImage(record: PodRecord, container: Container, now: number): boolean {
    const { image = '', imagePullPolicy = 'IfNotPresent' } = container
    const present = this.#runtime.image(image)?.state === 'present'
    const memory = containerMemory(record, container.name)
    if (imagePullPolicy === 'Never' && !present) {
      const message = `Container image "${image}" is not present with pull policy of Never`
      this.#events.container(record, container, 'Warning', 'ErrImageNeverPull', message)
      this.#events.container(record, container, 'Warning', 'Failed', 'Error: ErrImageNeverPull')
      memory.waiting = { reason: 'ErrImageNeverPull', message, until: now + BACK_OFF_BASE }
      return false
    }
    if (present && imagePullPolicy !== 'Always') {
      this.#events.container(record, container, 'Normal', 'Pulled', this.#release.present(image))
      return this.#create(record, container, now)
    }
    if (this.#holdForPull(record, container, now)) return false
    this.#events.container(record, container, 'Normal', 'Pulling', `Pulling image "${image}"`)
    record.inFlight = { step: 'pull', container: container.name, since: now }
    this.#runtime.pullImage(image, record.uid)
    return true
  }

  #pullEnded(record: PodRecord, container: Container, now: number): boolean {
    const { image = '' } = container
    const found = this.#runtime.image(image)
    if (found?.state === 'pulling') return true
    const memory = containerMemory(record, container.name)
    if (found?.state === 'present') {
      delete memory.pullBackOff
      delete memory.pullError
      const waited = now - (record.inFlight?.since ?? now)
      const times = `${goDuration(Math.min(found.took, waited))} (${goDuration(waited)} including waiting)`
      const message = `Successfully pulled image "${image}" in ${times}. Image size: ${found.size} bytes.`
      this.#events.container(record, container, 'Normal', 'Pulled', message)
      return this.#create(record, container, now)
    }
    const error = found?.error ?? 'the pull was interrupted'
    memory.pullBackOff = nextBackOff(memory.pullBackOff, now, now)
    memory.pullError = error
    this.#events.container(record, container, 'Warning', 'Failed', `Failed to pull image "${image}": ${error}`)
    this.#events.container(record, container, 'Warning', 'Failed', 'Error: ErrImagePull')
    memory.waiting = { reason: 'ErrImagePull', message: error, until: now + NEXT_LOOK }
    delete record.inFlight
    return false
  }

  /**
   * A failed pull is told as ErrImagePull first and as ImagePullBackOff from the next look on, until the next try is due.
   * Answers whether the container is still held back.
   */
  #holdForPull(record: PodRecord, container: Container, now: number): boolean {
    const memory = containerMemory(record, container.name)
    const { pullBackOff, pullError } = memory
    if (!pullBackOff || pullError === undefined) return false
    const until = pullBackOff.since + pullBackOff.delay
    if (until <= now) return false
    const message = `Back-off pulling image "${container.image ?? ''}"`
    if (memory.waiting?.reason !== 'ImagePullBackOff') {
      this.#events.container(record, container, 'Normal', 'BackOff', message)
      this.#events.container(record, container, 'Warning', 'Failed', 'Error: ImagePullBackOff')
    }
    memory.waiting = { reason: 'ImagePullBackOff', message: `${message}: ErrImagePull: ${pullError}`, until }
    return true
  }

  #create(record: PodRecord, container: Container, now: number): boolean {
    const { uid, pod, status } = record
    const memory = containerMemory(record, container.name)
    const env = this.#configure(record, container, now)
    if (env === undefined) return false
    delete memory.waiting
    const latest = latestContainer(this.#runtime.pod(uid), container.name)
    const known = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])]
    const attempt = latest ? latest.attempt + 1 : (known.find(({ name }) => name === container.name)?.restartCount ?? 0)
    const init = pod.spec.initContainers?.includes(container) ?? false
    const runsToCompletion = (init && !isSidecar(container)) || (!init && pod.spec.restartPolicy !== 'Always')
    record.inFlight = { step: 'start', container: container.name, since: now }
    this.#runtime.startContainer({ uid, name: container.name, image: container.image ?? '', attempt, runsToCompletion, pod, env, resources: container.resources })
    this.#events.container(record, container, 'Normal', 'Created', this.#release.created(container.name))
    return true
  }

  /** The container's variables; undefined when they cannot be made for now, which its waiting state tells. */
  #configure(record: PodRecord, container: Container, now: number): Readonly<Record<string, string>> | undefined {
    const { uid } = record
    const ip = this.#runtime.pod(uid)?.ip ?? this.#hostIP
    const pod: Pod = { ...record.pod, status: { ...record.pod.status, podIP: ip, podIPs: [{ ip }], hostIP: this.#hostIP } }
    try {
      const image = this.#runtime.imageFacts(container.image ?? '')
      checkNonRoot(pod, container, image.isKnown ? image.user ?? '' : undefined, formatPod(record))
      return containerEnv(pod, container, this.#objects, () => this.#runtime.serviceEnv(pod))
    } catch (error) {
      if (!(error instanceof ConfigFault)) throw error
      this.#events.container(record, container, 'Warning', 'Failed', `Error: ${error.message}`)
      containerMemory(record, container.name).waiting = { reason: 'CreateContainerConfigError', message: error.message, until: now + CONFIG_RETRY }
      delete record.inFlight
      return undefined
    }
  }

  #startEnded(record: PodRecord, container: Container): boolean {
    const latest = latestContainer(this.#runtime.pod(record.uid), container.name)
    if (latest?.state === 'creating') return true
    delete record.inFlight
    if (latest?.reason === 'StartError') {
      this.#events.container(record, container, 'Warning', 'Failed', `Error: ${latest.message ?? 'failed to start container'}`)
    } else {
      this.#events.container(record, container, 'Normal', 'Started', this.#release.started(container.name))
    }
    return false
  }
}
