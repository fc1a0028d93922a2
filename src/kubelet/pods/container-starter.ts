import { OverBudget } from '../../lang/bounds/budget.js'
import { argumentsTooLong } from '../runtime/processes/start-plan.js'
import type { Container, Pod } from '../../api/core/generated.js'
import { goDuration } from '../../lang/go/duration.js'
import { mayPull, pullSecretsOf } from '../images/pull-secrets.js'
import { fullImageName, imageNameFault } from '../../api/core/pods/image-name.js'
import type { ContainerStopper } from '../lifecycle/container-stopper.js'
import { hookTaskOutcome, runHook } from '../lifecycle/hooks.js'
import type { ActionScope } from '../prober/target.js'
import type { KubeletRelease } from '../release.js'
import type { ContainerRequest, ContainerRuntime } from '../runtime/runtime-api.js'
import { latestContainer } from '../runtime/state.js'
import { withSupportedFields } from '../security-context/identity.js'
import { allocated } from './allocation.js'
import type { ApiObjects } from './api-objects.js'
import { ConfigFault } from './api-objects.js'
import { withDevices } from './device-claims.js'
import { checkNonRoot, checkSubPaths, containerEnv } from './container-env.js'
import { BACK_OFF_BASE, BACK_OFF_MAX, backOffEnd, nextBackOff } from './back-off.js'
import type { PodEvents } from './pod-events.js'
import type { PodRecord } from './pod-record.js'
import { containerMemory, formatPod } from './pod-record.js'
import { isSidecar } from './restart-policy.js'

/** Virtual ms for which a pod shows ErrImagePull or RunContainerError before it goes on. */
const NEXT_LOOK = 1_000

/**
 * Virtual ms before a container with a failing configuration is retried. Source: pod_workers.go
 * backOffPeriod.
 */
const CONFIG_RETRY = 10_000

/** What {@link ContainerStarter} needs. */
export interface ContainerStarterDependencies {
  readonly runtime: ContainerRuntime
  readonly events: PodEvents
  readonly release: KubeletRelease
  readonly objects: ApiObjects
  /** Address of the node. */
  readonly hostIP: string
  readonly secondHostIP?: string | undefined
  readonly stopper: ContainerStopper
  /** Longest delay between restarts in virtual ms. Default 300,000. */
  readonly longestBackOff?: number | undefined
}

/**
 * Starts one container: crash-loop back-off, image, creation. Each method returns whether the runtime is
 * working on it (`true`), or the container is delayed or refused (`false`), as its waiting state then says.
 * Source: pkg/kubelet/kuberuntime/kuberuntime_container.go startContainer,
 * pkg/kubelet/images/image_manager.go.
 */
export class ContainerStarter {
  readonly #runtime: ContainerRuntime
  readonly #events: PodEvents
  readonly #release: KubeletRelease
  readonly #objects: ApiObjects
  readonly #hostIP: string
  readonly #secondHostIP: string | undefined
  readonly #stopper: ContainerStopper

  readonly #longest: number

  constructor({
    runtime,
    events,
    release,
    objects,
    hostIP,
    secondHostIP,
    stopper,
    longestBackOff = BACK_OFF_MAX,
  }: ContainerStarterDependencies) {
    this.#stopper = stopper
    this.#longest = longestBackOff
    this.#runtime = runtime
    this.#events = events
    this.#release = release
    this.#objects = objects
    this.#hostIP = hostIP
    this.#secondHostIP = secondHostIP
  }

  /** Begins to start a container that is due. */
  start(record: PodRecord, container: Container, now: number): boolean {
    return !this.#crashLoops(record, container, now) && this.#ensureImage(record, container, now)
  }

  /** Continues when the runtime reports about the container in flight. */
  resume(record: PodRecord, container: Container, now: number): boolean {
    switch (record.inFlight?.step) {
      case 'pull':
        return this.#pullEnded(record, container, now)
      case 'hook':
        return this.#hookUnderWay(record, container, now)
      default:
        return this.#startEnded(record, container, now)
    }
  }

  #crashLoops(record: PodRecord, container: Container, now: number): boolean {
    const ended = latestContainer(this.#runtime.pod(record.uid), container.name)
    if (ended?.state !== 'exited') return false
    const memory = containerMemory(record, container.name)
    const endedAt = ended.finishedAt ?? now
    // the back-off of a container that was ended to be restarted follows the end before that one
    const failedAt = memory.restartAfter === undefined ? endedAt : memory.restartAfter
    delete memory.restartAfter
    if (failedAt === null) return false
    if (backOffEnd(memory.backOff, failedAt, this.#longest) > now) {
      const until = backOffEnd(memory.backOff, endedAt, this.#longest)
      const name = formatPod(record)
      const delay = goDuration(memory.backOff?.delay ?? 0)
      const message = `back-off ${delay} restarting failed container=${container.name} pod=${name}`
      memory.waiting = { reason: 'CrashLoopBackOff', message, until }
      this.#events.container(
        record,
        container,
        'Warning',
        'BackOff',
        `Back-off restarting failed container ${container.name} in pod ${name}`,
      )
      return true
    }
    memory.backOff = nextBackOff(memory.backOff, failedAt, now, this.#longest)
    return false
  }

  #ensureImage(record: PodRecord, container: Container, now: number): boolean {
    const { image = '', imagePullPolicy = 'IfNotPresent' } = container
    const memory = containerMemory(record, container.name)
    const fault = imageNameFault(image)
    if (fault !== undefined) return this.#invalidName(record, container, now, fault)
    const secrets = pullSecretsOf(record.pod, this.#objects)
    if (secrets.missing.length > 0) {
      const message =
        `Unable to retrieve some image pull secrets (${secrets.missing.join(', ')}); attempting to pull ` +
        'the image may not succeed.'
      this.#events.pod(record, 'Warning', 'FailedToRetrieveImagePullSecret', message)
    }
    const authorized = mayPull(secrets.registries, fullImageName(image))
    const known = this.#runtime.image(image)
    // an image that was pulled with credentials must be pulled again by pods without them
    const present =
      known?.state === 'present' &&
      (authorized || known.isPrivate !== true || !this.#release.verifiesPulledImages)
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
    this.#runtime.pullImage(image, record.uid, authorized)
    return true
  }

  #invalidName(record: PodRecord, container: Container, now: number, fault: string): boolean {
    const quoted = JSON.stringify(container.image ?? '')
    const reason = `couldn't parse image name ${quoted}: ${fault}`
    const message = `Failed to apply default image tag ${quoted}: ${reason}`
    this.#events.container(record, container, 'Warning', 'InspectFailed', message)
    this.#events.container(record, container, 'Warning', 'Failed', 'Error: InvalidImageName')
    containerMemory(record, container.name).waiting = {
      reason: 'InvalidImageName',
      message,
      until: now + BACK_OFF_BASE,
    }
    return false
  }

  #pullEnded(record: PodRecord, container: Container, now: number): boolean {
    const { image = '' } = container
    const known = this.#runtime.image(image)
    const isPulled = known?.state === 'pulling'
    if (isPulled && known.waiters.includes(record.uid)) return true
    // if another pod pulls the image again already, the pull that this one waited for is the last one
    const found = isPulled ? known.last : known
    const memory = containerMemory(record, container.name)
    if (found?.state === 'present' && found.error === undefined) {
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
    this.#events.container(
      record,
      container,
      'Warning',
      'Failed',
      `Failed to pull image "${image}": ${error}`,
    )
    this.#events.container(record, container, 'Warning', 'Failed', 'Error: ErrImagePull')
    memory.waiting = { reason: 'ErrImagePull', message: error, until: now + NEXT_LOOK }
    record.inFlight = undefined
    return false
  }

  /**
   * Shows a failed pull as ErrImagePull first, and as ImagePullBackOff from the next look until the next try.
   * Returns whether the container is still held back.
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
    const configured = this.#configure(record, container, now)
    if (configured === undefined) return false
    delete memory.waiting
    delete memory.stop
    delete memory.resizeRestart
    const latest = latestContainer(this.#runtime.pod(uid), container.name)
    const known = [
      ...(status?.containerStatuses ?? []),
      ...(status?.initContainerStatuses ?? []),
      ...(status?.ephemeralContainerStatuses ?? []),
    ]
    const attempt = latest
      ? latest.attempt + 1
      : (known.find(({ name }) => name === container.name)?.restartCount ?? 0)
    const init = pod.spec.initContainers?.includes(container) ?? false
    const isEphemeral = !init && !pod.spec.containers.includes(container)
    const runsToCompletion =
      !isEphemeral && ((init && !isSidecar(container)) || (!init && pod.spec.restartPolicy !== 'Always'))
    record.inFlight = { step: 'start', container: container.name, since: now }
    const understood = withSupportedFields(pod, this.#release.minor)
    this.#runtime.startContainer({
      uid,
      name: container.name,
      image: container.image ?? '',
      attempt,
      runsToCompletion,
      pod: understood,
      ...configured,
      resources: allocated(record, container),
    })
    this.#events.container(record, container, 'Normal', 'Created', this.#release.created(container.name))
    return true
  }

  #addressesOf(uid: string): Pick<Pod['status'], 'podIP' | 'podIPs' | 'hostIP' | 'hostIPs'> {
    const hostIP = this.#hostIP
    const host = [hostIP, ...(this.#secondHostIP === undefined ? [] : [this.#secondHostIP])]
    const { ip, secondIP } = this.#runtime.pod(uid) ?? {}
    const own = ip === undefined ? host : [ip, ...(secondIP === undefined ? [] : [secondIP])]
    const listed = (ips: readonly string[]): { ip: string }[] => ips.map((each) => ({ ip: each }))
    return { podIP: own[0] ?? '', podIPs: listed(own), hostIP, hostIPs: listed(host) }
  }

  /**
   * Resolves the variables; undefined if that fails, as its waiting state then says. Variables that
   * are more than Linux takes fail later, when the runtime starts the program.
   */
  #configure(
    record: PodRecord,
    container: Container,
    now: number,
  ): Pick<ContainerRequest, 'env' | 'startError'> | undefined {
    const { uid } = record
    const pod: Pod = { ...record.pod, status: { ...record.pod.status, ...this.#addressesOf(uid) } }
    try {
      const image = this.#runtime.imageFacts(container.image ?? '')
      checkNonRoot(pod, container, image.isKnown ? (image.user ?? '') : undefined, formatPod(record))
      const env = containerEnv(pod, container, {
        objects: this.#objects,
        serviceEnv: () => this.#runtime.serviceEnv(pod),
        ...(this.#release.envFiles
          ? { readVolume: (volume, path) => this.#runtime.readVolume(uid, volume, path) }
          : {}),
      })
      checkSubPaths(container, env)
      return { env: withDevices(env, record, container) }
    } catch (error) {
      if (error instanceof OverBudget)
        return { env: {}, startError: argumentsTooLong(container.command?.[0]) }
      if (!(error instanceof ConfigFault)) throw error
      this.#events.container(record, container, 'Warning', 'Failed', `Error: ${error.message}`)
      containerMemory(record, container.name).waiting = {
        reason: 'CreateContainerConfigError',
        message: error.message,
        until: now + CONFIG_RETRY,
      }
      record.inFlight = undefined
      return undefined
    }
  }

  #startEnded(record: PodRecord, container: Container, now: number): boolean {
    const latest = latestContainer(this.#runtime.pod(record.uid), container.name)
    if (latest?.state === 'creating') return true
    record.inFlight = undefined
    if (latest?.reason !== 'StartError') {
      this.#events.container(record, container, 'Normal', 'Started', this.#release.started(container.name))
      return this.#postStart(record, container, now)
    }
    const { message = 'failed to start container' } = latest
    this.#events.container(record, container, 'Warning', 'Failed', `Error: ${message}`)
    containerMemory(record, container.name).waiting = {
      reason: 'RunContainerError',
      message,
      until: now + NEXT_LOOK,
    }
    return false
  }

  /**
   * Begins the postStart hook; the pod's status does not change before its end. Returns whether it runs on.
   */
  #postStart(record: PodRecord, container: Container, now: number): boolean {
    const hook = container.lifecycle?.postStart
    if (!hook) return false
    const outcome = runHook(this.#scope(record, container), 'postStart', hook)
    if (outcome.kind === 'failed') this.#hookFailed(record, container, now, outcome.message)
    if (outcome.kind === 'failed' || outcome.kind === 'done') return false
    const until = outcome.kind === 'sleeping' ? { until: now + outcome.ms } : {}
    record.inFlight = { step: 'hook', container: container.name, since: now, ...until }
    return true
  }

  #hookUnderWay(record: PodRecord, container: Container, now: number): boolean {
    const hook = container.lifecycle?.postStart
    const { until } = record.inFlight ?? {}
    if (until !== undefined && until > now) return true
    const task = hook?.exec ? this.#runtime.task(record.uid, container.name, 'postStart') : undefined
    const outcome =
      hook && task ? hookTaskOutcome(this.#scope(record, container), hook, task) : { kind: 'done' as const }
    if (outcome.kind === 'running') return true
    record.inFlight = undefined
    if (task) this.#runtime.stopTask(record.uid, container.name, 'postStart')
    if (outcome.kind === 'failed') this.#hookFailed(record, container, now, outcome.message)
    return false
  }

  /** Source: kuberuntime_container.go startContainer, step 4. */
  #hookFailed(record: PodRecord, container: Container, now: number, message: string): void {
    this.#events.container(record, container, 'Warning', 'FailedPostStartHook', 'PostStartHook failed')
    this.#stopper.begin(
      record,
      container,
      now,
      this.#stopper.graceOf(record, container, 'other'),
      'FailedPostStartHook',
    )
    containerMemory(record, container.name).waiting = { reason: 'PostStartHookError', message, until: now }
  }

  #scope({ uid, pod }: PodRecord, container: Container): ActionScope {
    return { runtime: this.#runtime, uid, pod, container, hostIP: this.#hostIP, minor: this.#release.minor }
  }
}
