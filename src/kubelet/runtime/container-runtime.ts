import type { Pod, ResourceRequirements } from '../../api/core/generated.js'
import type { Connected, NetworkRequest } from '../commands/command.js'
import type { Clock } from '../../sim/clock.js'
import type { Host, Slice, Topic } from '../../sim/module.js'
import { stableHex, stableUuid } from '../stable-hex.js'
import type { Tree } from '../files/tree.js'
import type { ImageFacts } from '../images/image-table.js'
import { ImageTable, isDefinition } from '../images/image-table.js'
import { adoptedImages, adoptedPod } from './adopt.js'
import type { ContainerBehavior } from './behavior.js'
import { behaviorOf, setBehavior } from './behavior.js'
import type { Exit } from './containers.js'
import { POWER_LOSS, addContainer, endContainer, exitOf, signal } from './containers.js'
import { ContainerProcesses } from './container-processes.js'
import type { ContainerUsage } from './container-usage.js'
import { containerUsage, declaresUsage } from './container-usage.js'
import { fullImageName } from './image-name.js'
import { beginPull, endPull, imageSize } from './image-pulls.js'
import { allocateIp, poolRange, releaseIp, reserveIp } from './ip-pool.js'
import type { ContainerRuntimeOptions, Machine, RuntimeTimings } from './machine.js'
import { DEFAULT_RUNTIME_TIMINGS } from './machine.js'
import type { ContainerRequest, RuntimeChange, SandboxRequest } from './runtime-api.js'
import type { DeclaredUsage, RuntimeContainer, RuntimeImage, RuntimePod, RuntimeState, RuntimeTask, SystemUsage } from './state.js'
import { latestContainer } from './state.js'
import { ALONE } from './surroundings.js'
import type { PodVolumes } from './volumes.js'

/**
 * The machine of one node: containers, images, addresses and manifests, which live on while the kubelet is down. Module
 * `runtime/<node>`; the kubelet of the node is its client. Source of what it models: containerd's CRI plugin, CNI host-local.
 */
export function createContainerRuntime(options: ContainerRuntimeOptions): Machine {
  return new SimulatedMachine(options)
}

interface Topics {
  readonly sandbox: Topic
  readonly pull: Topic
  readonly start: Topic
  readonly exit: Topic
  readonly signal: Topic
}

/** What the kernel has given to the machine. */
interface Attachment {
  readonly clock: Clock
  readonly slice: Slice<RuntimeState>
  readonly topics: Topics
}

class SimulatedMachine implements Machine {
  readonly name: string
  readonly #options: ContainerRuntimeOptions
  readonly #timings: RuntimeTimings
  readonly #images: ImageTable
  #processes: ContainerProcesses | undefined
  #listener: ((change: RuntimeChange) => void) | undefined
  #host: Attachment | undefined

  constructor(options: ContainerRuntimeOptions) {
    this.name = `runtime/${options.node}`
    this.#options = options
    this.#timings = { ...DEFAULT_RUNTIME_TIMINGS, ...options.timings }
    this.#images = new ImageTable(options.behaviors)
  }

  setup(host: Host): void {
    const { clock } = host
    const wakes = host.handle('process', (key) => this.processes.woken(key))
    this.#host = {
      clock,
      slice: host.state('machine', () => this.#initialState()),
      topics: {
        sandbox: host.handle('sandbox', (uid, cidr) => this.#sandboxMade(uid, cidr as string | undefined)),
        pull: host.handle('pull', (image) => this.#pulled(image)),
        start: host.handle('start', (key, runsToCompletion) => this.#started(key, runsToCompletion === true)),
        exit: host.handle('exit', (key, exit) => this.#exited(key, exit as Exit)),
        signal: host.handle('signal', (key, exit) => this.#exited(key, exit as Exit)),
      },
    }
    const { node, surroundings = () => ALONE } = this.#options
    this.#processes = new ContainerProcesses({
      node, surroundings, wakes, state: this.#host.slice, images: this.#images, now: () => clock.now(), onEnd: (key, exit) => this.#exited(key, exit),
      behavior: (pod, { name, image }) => this.#behavior(pod, name, image),
      onTask: (key, task) => this.#tell(`task/${key}/${task}`),
    })
  }

  get processes(): ContainerProcesses {
    if (!this.#processes) throw new Error(`assertion failed: ${this.name} is used before its setup`)
    return this.#processes
  }

  get powered(): boolean {
    return this.#state.powered
  }

  get bootID(): string {
    return stableUuid(`${this.#options.node} boot ${this.#state.boots}`)
  }

  get networkReady(): boolean {
    return this.#state.networkReady
  }

  get kubeletVersion(): string | undefined {
    return this.#state.kubeletVersion
  }

  get shuttingDown(): boolean {
    return this.#state.shuttingDown
  }

  pods(): Iterable<RuntimePod> {
    return this.#state.pods.values()
  }

  pod(uid: string): RuntimePod | undefined {
    return this.#state.pods.get(uid)
  }

  get disk(): Tree {
    return this.#state.disk
  }

  images(): Iterable<RuntimeImage> {
    return this.#state.images.values()
  }

  image(name: string): RuntimeImage | undefined {
    return this.#state.images.get(fullImageName(name))
  }

  behavior(image: string): ContainerBehavior {
    return { ...this.#images.behavior(image), ...behaviorOf(this.#state.behaviors, image) }
  }

  imageFacts(image: string): ImageFacts {
    return this.#images.facts(image)
  }

  serviceEnv(pod: Pod): Readonly<Record<string, string>> {
    return (this.#options.surroundings?.() ?? ALONE).serviceEnv(pod, this.#now)
  }

  setVolumes(uid: string, volumes: PodVolumes): void {
    const pod = this.pod(uid)
    if (pod) pod.volumes = volumes
  }

  runTask(uid: string, name: string, task: string, words: readonly string[]): RuntimeTask | undefined {
    const pod = this.pod(uid)
    const container = latestContainer(pod, name)
    return pod && container?.state === 'running' ? this.processes.runTask(pod, container, task, words) : undefined
  }

  task(uid: string, name: string, task: string): RuntimeTask | undefined {
    return latestContainer(this.pod(uid), name)?.tasks?.get(task)
  }

  stopTask(uid: string, name: string, task: string): void {
    const pod = this.pod(uid)
    const container = latestContainer(pod, name)
    if (pod && container) this.processes.stopTask(pod, container, task)
  }

  request(uid: string, port: number, request: NetworkRequest): Connected {
    const pod = this.pod(uid)
    if (!pod) return { kind: 'unreachable' }
    const connected = this.processes.request(pod, port, request)
    if (!pod.hostNetwork || connected.kind !== 'refused') return connected
    // on the network of the machine any of its pods there may listen
    for (const other of this.#state.pods.values()) {
      if (!other.hostNetwork || other === pod) continue
      const answer = this.processes.request(other, port, request)
      if (answer.kind !== 'refused') return answer
    }
    return connected
  }

  connect(pod: Pod, podIP: string, address: string, port: number, request: NetworkRequest): Connected {
    return (this.#options.surroundings?.() ?? ALONE).networkOf(pod, podIP).connect(address, port, request)
  }

  answersConstantly(uid: string, port: number): boolean {
    const pod = this.pod(uid)
    return pod !== undefined && !pod.hostNetwork && this.processes.answersConstantly(pod, port)
  }

  resizeContainer(uid: string, name: string, resources: ResourceRequirements): void {
    const pod = this.pod(uid)
    const container = latestContainer(pod, name)
    if (!pod || !container) return
    container.resources = resources
    this.processes.checkMemory(pod, container)
  }

  get measured(): boolean {
    return this.#state.measured
  }

  get systemUsage(): SystemUsage {
    return this.#state.systemUsage
  }

  usage(uid: string): ReadonlyMap<string, ContainerUsage> {
    const pod = this.pod(uid)
    const usages = new Map<string, ContainerUsage>()
    for (const container of pod?.containers ?? []) {
      if (!pod || latestContainer(pod, container.name) !== container) continue
      usages.set(container.name, containerUsage(container, this.#behavior(pod, container.name, container.image)))
    }
    return usages
  }

  setUsage(uid: string, name: string, usage: DeclaredUsage | undefined): boolean {
    const pod = this.pod(uid)
    const container = latestContainer(pod, name)
    if (!pod || container?.state !== 'running') return false
    this.processes.setUsage(pod, container, usage)
    return true
  }

  setSystemUsage(usage: SystemUsage): void {
    this.#state.systemUsage = { ...usage }
    this.#state.measured = true
  }

  removeImage(name: string): void {
    this.#state.images.delete(fullImageName(name))
  }

  manifests(): ReadonlyMap<string, Pod> {
    return this.#state.manifests
  }

  onChange(listener: (change: RuntimeChange) => void): void {
    this.#listener = listener
  }

  defineBehavior(key: string, behavior: ContainerBehavior): void {
    setBehavior(this.#state.behaviors, key, behavior)
  }

  writeManifest(file: string, pod: Pod | undefined): void {
    if (pod) this.#state.manifests.set(file, pod)
    else this.#state.manifests.delete(file)
    this.#tell('manifests')
  }

  installKubelet(version: string): void {
    this.#state.kubeletVersion = version
  }

  setNetworkReady(ready: boolean): void {
    this.#state.networkReady = ready
    this.#tell('network')
  }

  announceShutdown(shuttingDown: boolean): void {
    this.#state.shuttingDown = shuttingDown
    this.#tell('shutdown')
  }

  adopt(pod: Pod): void {
    const adopted = adoptedPod(pod)
    const { pods, images, ips } = this.#state
    if (!adopted || pods.has(adopted.uid)) return
    pods.set(adopted.uid, adopted)
    if (!adopted.hostNetwork && adopted.ip !== undefined) reserveIp(ips, adopted.ip)
    for (const image of adoptedImages(adopted, (name) => this.behavior(name).imageSize ?? imageSize(name))) {
      if (!images.has(image.name)) images.set(image.name, image)
    }
    for (const container of adopted.containers) {
      const plan = container.state === 'running' ? this.processes.plan(adopted, container) : undefined
      if (plan !== undefined && plan.kind !== 'error') this.processes.start(adopted, container, plan)
    }
  }

  powerOff(): void {
    const state = this.#state
    state.powered = false
    state.shuttingDown = false
    for (const pod of state.pods.values()) {
      this.cancelPending(pod.uid)
      for (const container of pod.containers) {
        this.#cancelTimers(`${pod.uid}/${container.name}`)
        this.processes.cancel(pod, container)
      }
    }
    this.processes.powerLost()
    for (const [name, image] of state.images) {
      if (image.state !== 'pulling') continue
      this.#topics.pull.cancel(name)
      state.images.delete(name)
    }
  }

  powerOn(): void {
    const state = this.#state
    state.powered = true
    state.boots++
    const now = this.#now
    for (const pod of state.pods.values()) {
      this.stopSandbox(pod.uid)
      for (const container of pod.containers) if (container.state === 'running') this.#end(pod, container, now, POWER_LOSS)
    }
  }

  runSandbox(request: SandboxRequest): void {
    const { uid, namespace, name, hostNetwork, podCIDR, pod } = request
    const { pods } = this.#state
    const known = pods.get(uid)
    if (known) {
      if (known.error === undefined) known.attempt++
      delete known.error
      known.sandbox = 'creating'
      known.pod = pod
    } else {
      pods.set(uid, { uid, namespace, name, hostNetwork, attempt: 0, sandbox: 'creating', containers: [], pod })
    }
    this.#topics.sandbox.wakeAfter(uid, this.#timings.sandbox, podCIDR === undefined ? {} : { payload: podCIDR })
  }

  pullImage(image: string, uid: string, authorized: boolean): void {
    const pull = beginPull(this.#state.images, { image, uid, authorized, behavior: this.behavior(image), timings: this.#timings, now: this.#now })
    if (pull) this.#topics.pull.wakeAfter(pull.name, pull.took)
  }

  startContainer(request: ContainerRequest): void {
    const { uid, name, image, attempt, runsToCompletion, env, resources } = request
    const pod = this.#mustHave(uid)
    pod.pod = request.pod
    const id = stableHex(`${uid}/${name}/${attempt}/${this.#state.boots}`, 64)
    addContainer(pod, {
      id, name, image, attempt, sandbox: pod.attempt, createdAt: this.#now, state: 'creating',
      ...(runsToCompletion ? { runsToCompletion } : {}), ...(Object.keys(env).length === 0 ? {} : { env }), resources,
    })
    const time = this.#behavior(pod, name, image).startTime ?? this.#timings.containerStart
    this.#topics.start.wakeAfter(`${uid}/${name}`, time, { payload: runsToCompletion })
  }

  stopContainer(uid: string, name: string, grace: number, stopSignal?: number): void {
    const pod = this.pod(uid)
    const container = latestContainer(pod, name)
    if (!pod || container?.state !== 'running') return
    const key = `${uid}/${name}`
    const isFirst = container.killAt === undefined
    const answer = isFirst ? this.processes.terminate(pod, container, stopSignal) : container.process || container.service ? 'handled' : 'default'
    if (latestContainer(pod, name)?.state !== 'running') return
    const behavior = {
      stopTime: this.#timings.containerStop, ...(stopSignal === undefined ? {} : { stopExitCode: 128 + stopSignal }),
      ...this.#behavior(pod, name, container.image), ...(answer === 'handled' ? { ignoresSigterm: true } : {}),
    }
    const exit = signal(container, behavior, this.#now, grace, this.#topics.signal.dueAt(key))
    if (exit) this.#topics.signal.wakeAfter(key, exit.after, { payload: exit })
  }

  cancelPending(uid: string): void {
    const pod = this.pod(uid)
    if (!pod) return
    if (pod.sandbox === 'creating') {
      this.#topics.sandbox.cancel(uid)
      pod.sandbox = 'notready'
    }
    for (const container of pod.containers) {
      if (container.state === 'creating') this.#topics.start.cancel(`${uid}/${container.name}`)
    }
    pod.containers = pod.containers.filter(({ state }) => state !== 'creating')
  }

  stopSandbox(uid: string): void {
    const pod = this.pod(uid)
    if (!pod) return
    pod.sandbox = 'notready'
    if (pod.ip !== undefined) releaseIp(this.#state.ips, pod.ip)
    delete pod.ip
  }

  removePod(uid: string): void {
    this.cancelPending(uid)
    this.stopSandbox(uid)
    this.#state.pods.delete(uid)
  }

  #sandboxMade(uid: string, podCIDR: string | undefined): void {
    const pod = this.#mustHave(uid)
    if (!pod.hostNetwork) {
      const ip = podCIDR === undefined ? undefined : allocateIp(this.#state.ips, podCIDR)
      if (ip === undefined) {
        pod.sandbox = 'notready'
        pod.error = podCIDR === undefined ? 'no podCIDR' : `no IP addresses available in range set: ${poolRange(podCIDR)}`
        return this.#tell(`pod/${uid}`)
      }
      pod.ip = ip
    }
    pod.sandbox = 'ready'
    this.#tell(`pod/${uid}`)
  }

  #pulled(name: string): void {
    const image = this.#state.images.get(name)
    if (!image) throw new Error(`assertion failed: nothing pulls ${name}`)
    for (const uid of endPull(image, this.behavior(name))) this.#tell(`pod/${uid}`)
  }

  #started(key: string, runsToCompletion: boolean): void {
    const { pod, container } = this.#find(key)
    const { startError, exitCode, exitAfter, exitReason } = this.#behavior(pod, container.name, container.image)
    const now = this.#now
    container.startedAt = now
    const isPlanned = exitCode !== undefined || exitAfter !== undefined
    const plan = startError === undefined && !isPlanned ? this.processes.plan(pod, container) : undefined
    const failure = startError ?? (plan?.kind === 'error' ? plan.message : undefined)
    if (failure === undefined) {
      container.state = 'running'
      if (isPlanned) {
        const exit = { ...exitOf(exitCode ?? 0), ...(exitReason === undefined ? {} : { reason: exitReason }) }
        this.#topics.exit.wakeAfter(key, exitAfter ?? 0, { payload: exit, class: runsToCompletion ? 'work' : 'watchdog' })
      }
      const behavior = this.#behavior(pod, container.name, container.image)
      if (declaresUsage(behavior)) this.#state.measured = true
      if (plan) this.processes.start(pod, container, plan)
      if (container.state === 'running') this.processes.checkMemory(pod, container)
    } else {
      endContainer(container, now, { code: 128, reason: 'StartError' })
      container.message = failure
    }
    this.#tell(`pod/${pod.uid}`)
  }

  #exited(key: string, exit: Exit): void {
    const { pod, container } = this.#find(key)
    this.#cancelTimers(key)
    if (container.state !== 'running') return
    this.#end(pod, container, this.#now, exit)
    const { exitMessage } = this.#behavior(pod, container.name, container.image)
    if (exitMessage !== undefined) container.message = exitMessage
    this.#tell(`pod/${pod.uid}`)
  }

  #end(pod: RuntimePod, container: RuntimeContainer, now: number, exit: Exit): void {
    const message = this.processes.stopped(pod, container, exit)
    endContainer(container, now, exit)
    if (message !== undefined) container.message = message
  }

  #cancelTimers(key: string): void {
    this.#topics.exit.cancel(key)
    this.#topics.signal.cancel(key)
  }

  #find(key: string): { pod: RuntimePod; container: RuntimeContainer } {
    const slash = key.lastIndexOf('/')
    const pod = this.#mustHave(key.slice(0, slash))
    const container = latestContainer(pod, key.slice(slash + 1))
    if (!container) throw new Error(`assertion failed: the runtime has no container ${key}`)
    return { pod, container }
  }

  #mustHave(uid: string): RuntimePod {
    const pod = this.pod(uid)
    if (!pod) throw new Error(`assertion failed: the runtime has no pod ${uid}`)
    return pod
  }

  #behavior(pod: RuntimePod, container: string, image: string): ContainerBehavior {
    const own = behaviorOf(this.#state.behaviors, image, { namespace: pod.namespace, pod: pod.name, container })
    const defined = this.#images.behavior(image)
    return defined ? { ...defined, ...own } : own
  }

  #tell(change: RuntimeChange): void {
    this.#listener?.(change)
  }

  #initialState(): RuntimeState {
    const { behaviors = {}, manifests = {}, networkReady = true } = this.#options
    const known = new Map<string, ContainerBehavior>()
    for (const [key, behavior] of Object.entries(behaviors)) if (!isDefinition(behavior)) setBehavior(known, key, behavior)
    return {
      powered: true,
      boots: 1,
      networkReady,
      shuttingDown: false,
      pods: new Map(),
      images: new Map(),
      ips: { last: 0, used: new Set() },
      behaviors: known,
      disk: new Map(),
      nextExec: 1,
      measured: false,
      systemUsage: {},
      manifests: new Map(Object.entries(manifests)),
    }
  }

  get #now(): number {
    return this.#attached.clock.now()
  }

  get #topics(): Topics {
    return this.#attached.topics
  }

  get #state(): RuntimeState {
    return this.#attached.slice.value
  }

  get #attached(): Attachment {
    if (!this.#host) throw new Error(`assertion failed: ${this.name} is used before its setup`)
    return this.#host
  }
}
