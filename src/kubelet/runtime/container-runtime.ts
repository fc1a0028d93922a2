import { absentText } from '../images/pull-secrets.js'
import type { Pod, ResourceRequirements } from '../../api/core/generated.js'
import type { KubeletFileConfiguration } from '../certificates/ports.js'
import type { Connected, NetworkRequest } from '../../shell/programs/command.js'
import type { ReadonlyData } from '../../sim/data/plain-data.js'
import type { Clock } from '../../sim/clock.js'
import type { KernelHost, Slice, Topic } from '../../sim/modules/module.js'
import { stableUuid } from '../stable-hex.js'
import type { FileTree } from '../../shell/files/tree.js'
import type { ImageFacts } from '../images/image-table.js'
import { behaviorsOfImages, ImageTable } from '../images/image-table.js'
import { adoptedImages, adoptedPod } from './adopt.js'
import type { ContainerBehavior } from './behavior.js'
import { behaviorOf, ofImage, setBehavior } from './behavior.js'
import type { Exit } from './containers.js'
import { POWER_LOSS } from './containers.js'
import type { LifecycleTopics } from './container-lifecycle.js'
import { ContainerLifecycle } from './container-lifecycle.js'
import { ContainerProcesses } from './processes/container-processes.js'
import type { ContainerUsage } from './container-usage.js'
import { containerUsage } from './container-usage.js'
import { readVolume } from './processes/container-world.js'
import { fullImageName } from '../../api/core/pods/image-name.js'
import { beginPull, endPull, imageSize } from './image-pulls.js'
import { poolFor, reserveIp } from './ip-pool.js'
import type { ContainerRuntimeOptions, Machine, RuntimeTimings } from './machine.js'
import { DEFAULT_RUNTIME_TIMINGS } from './machine.js'
import type { ContainerRequest, RuntimeChange, SandboxRequest } from './runtime-api.js'
import type {
  DeclaredUsage,
  RuntimeImage,
  RuntimePod,
  RuntimeState,
  RuntimeTask,
  SystemUsage,
} from './state.js'
import { latestContainer } from './state.js'
import { unmountEmptyDirs } from './added-mounts.js'
import { ISOLATED } from './machine-dependencies.js'
import type { PodVolumes } from './volumes.js'

/**
 * Creates the machine of one node: containers, images, addresses and manifests, which stay while the kubelet
 * is down. Module `runtime/<node>`; the node's kubelet is its client. It models containerd's CRI plugin and
 * CNI host-local.
 */
export function createContainerRuntime(options: ContainerRuntimeOptions): Machine {
  return new SimulatedMachine(options)
}

interface Topics extends LifecycleTopics {
  readonly pull: Topic
}

/** What the kernel gave to the machine, and what is built on it. */
interface Attachment {
  readonly clock: Clock
  readonly slice: Slice<RuntimeState>
  readonly topics: Topics
  readonly processes: ContainerProcesses
  readonly life: ContainerLifecycle
}

class SimulatedMachine implements Machine {
  readonly name: string
  readonly subject: string
  readonly #options: ContainerRuntimeOptions
  readonly #timings: RuntimeTimings
  readonly #images: ImageTable
  #listener: ((change: RuntimeChange) => void) | undefined
  #host: Attachment | undefined

  constructor(options: ContainerRuntimeOptions) {
    this.name = `runtime/${options.node}`
    this.subject = options.node
    this.#options = options
    this.#timings = { ...DEFAULT_RUNTIME_TIMINGS, ...options.timings }
    this.#images = new ImageTable(options.images, options.registry)
  }

  setup(host: KernelHost): void {
    const { clock } = host
    const now = (): number => clock.now()
    const wakes = host.handle('process', (key) => this.processes.woken(key))
    const slice = host.state('machine', () => this.#initialState())
    const topics = {
      sandbox: host.handle('sandbox', (uid, cidr) => this.#life.sandboxMade(uid, cidr as string | undefined)),
      pull: host.handle('pull', (image) => this.#pulled(image)),
      start: host.handle('start', (key, runsToCompletion) =>
        this.#life.started(key, runsToCompletion === true),
      ),
      exit: host.handle('exit', (key, exit) => this.#life.exited(key, exit as Exit)),
      signal: host.handle('signal', (key, exit) => this.#life.exited(key, exit as Exit)),
    }
    const { node, surroundings = () => ISOLATED } = this.#options
    const processes = new ContainerProcesses({
      node,
      surroundings,
      wakes,
      state: slice,
      images: this.#images,
      now,
      onCommand: this.#options.onCommand ?? 'run',
      onEnd: (key, exit) => this.#life.exited(key, exit),
      behavior: (pod, { name, image }) => this.#behavior(pod, name, image),
      onTask: (key, task) => this.#tell(`task/${key}/${task}`),
    })
    const life = new ContainerLifecycle({
      state: slice,
      topics,
      timings: this.#timings,
      processes,
      now,
      behavior: (pod, container, image) => this.#behavior(pod, container, image),
      isDescribed: (image) => this.isDescribed(image),
      onUnknownImage: this.#options.onUnknownImage ?? 'complete-in-init-and-jobs',
      tell: (change) => this.#tell(change),
      onContainer: (image) => this.#options.onContainer?.(image),
    })
    this.#host = { clock, slice, topics, processes, life }
  }

  get processes(): ContainerProcesses {
    return this.#attached.processes
  }

  get #life(): ContainerLifecycle {
    return this.#attached.life
  }

  get powered(): boolean {
    return this.#attached.slice.peek.powered
  }

  get bootedAt(): number | undefined {
    return this.#state.bootedAt
  }

  get bootID(): string {
    return stableUuid(`${this.#options.node} boot ${this.#attached.slice.peek.boots}`)
  }

  get networkReady(): boolean {
    return this.#attached.slice.peek.networkReady
  }

  get kubeletConfiguration(): KubeletFileConfiguration | undefined {
    return this.#attached.slice.peek.kubeletConfiguration
  }

  get kubeletVersion(): string | undefined {
    return this.#attached.slice.peek.kubeletVersion
  }

  get shuttingDown(): boolean {
    return this.#attached.slice.peek.shuttingDown
  }

  pods(): Iterable<RuntimePod> {
    return this.#state.pods.values()
  }

  podUids(): Iterable<string> {
    return this.#attached.slice.peek.pods.keys()
  }

  pod(uid: string): RuntimePod | undefined {
    return this.#state.pods.get(uid)
  }

  get hasUnknownFiles(): boolean {
    return this.#state.adopted === true
  }

  get disk(): FileTree {
    return this.#state.disk
  }

  images(): Iterable<ReadonlyData<RuntimeImage>> {
    return this.#attached.slice.peek.images.values()
  }

  image(name: string): RuntimeImage | undefined {
    return this.#state.images.get(fullImageName(name))
  }

  behavior(image: string): ContainerBehavior {
    if (this.#options.onUnknownImage === 'pullError' && !this.isDescribed(image))
      return { pullError: absentText(fullImageName(image)) }
    return { ...this.#images.behavior(image), ...behaviorOf(this.#state.behaviors, image) }
  }

  isDescribed(image: string): boolean {
    return this.#images.facts(image).isKnown || ofImage(this.#state.behaviors, image) !== undefined
  }

  imageFacts(image: string): ImageFacts {
    return this.#images.facts(image)
  }

  serviceEnv(pod: Pod): Readonly<Record<string, string>> {
    return (this.#options.surroundings?.() ?? ISOLATED).serviceEnv(pod, this.#now)
  }

  updateMetadata(uid: string, metadata: Pod['metadata']): void {
    const known = this.pod(uid)
    if (known?.pod) known.pod = { ...known.pod, metadata }
  }

  replaceVersion(uid: string, pod: Pod): void {
    const known = this.pod(uid)
    const old = known?.pod
    if (known === undefined || old === undefined || old.spec !== pod.spec) return
    const { labels, annotations } = old.metadata
    if (labels === pod.metadata.labels && annotations === pod.metadata.annotations) known.pod = pod
  }

  setVolumes(uid: string, volumes: PodVolumes): void {
    const pod = this.pod(uid)
    if (pod) pod.volumes = volumes
  }

  readVolume(uid: string, volume: string, path: string): string | undefined {
    const sandbox = this.pod(uid)
    if (sandbox === undefined) return undefined
    const surroundings = this.#options.surroundings?.() ?? ISOLATED
    return readVolume({ state: this.#state, sandbox, surroundings, now: this.#now }, volume, path)
  }

  runTask(uid: string, name: string, task: string, words: readonly string[]): RuntimeTask | undefined {
    const pod = this.pod(uid)
    const container = latestContainer(pod, name)
    return pod && container?.state === 'running'
      ? this.processes.runTask(pod, container, task, words)
      : undefined
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
    // on the machine's network any of its host-network pods may listen
    for (const other of this.#state.pods.values()) {
      if (!other.hostNetwork || other === pod) continue
      const answer = this.processes.request(other, port, request)
      if (answer.kind !== 'refused') return answer
    }
    return connected
  }

  connect(pod: Pod, podIP: string, address: string, port: number, request: NetworkRequest): Connected {
    return (this.#options.surroundings?.() ?? ISOLATED).networkOf(pod, podIP).connect(address, port, request)
  }

  hasConstantResponse(uid: string, port: number): boolean {
    const pod = this.pod(uid)
    return pod !== undefined && this.processes.hasConstantResponse(pod, port)
  }

  resizeContainer(uid: string, name: string, resources: ResourceRequirements): void {
    const pod = this.pod(uid)
    const container = latestContainer(pod, name)
    if (!pod || !container) return
    container.resources = resources
    this.processes.checkMemory(pod, container)
  }

  get measured(): boolean {
    return this.#attached.slice.peek.measured
  }

  get systemUsage(): SystemUsage {
    return this.#state.systemUsage
  }

  usage(uid: string): ReadonlyMap<string, ContainerUsage> {
    const pod = this.pod(uid)
    const usages = new Map<string, ContainerUsage>()
    for (const container of pod?.containers ?? []) {
      if (!pod || latestContainer(pod, container.name) !== container) continue
      const usage = containerUsage(container, this.#behavior(pod, container.name, container.image))
      const first = this.processes.startLines(pod, container)
      const logged = first.reduce((sum, line) => sum + line.length + 1, 0)
      usages.set(container.name, logged === 0 ? usage : { ...usage, storage: usage.storage + logged })
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

  configureKubelet(configuration: KubeletFileConfiguration): void {
    this.#state.kubeletConfiguration = configuration
  }

  get responds(): boolean {
    return this.#attached.slice.peek.serviceStopped !== true
  }

  setServiceRunning(running: boolean): void {
    this.#state.serviceStopped = !running
    this.#tell('service')
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
    const { pods, images } = this.#state
    if (!adopted || pods.has(adopted.uid)) return
    pods.set(adopted.uid, adopted)
    this.#state.adopted = true
    for (const ip of adopted.hostNetwork ? [] : [adopted.ip, adopted.secondIP])
      if (ip !== undefined) reserveIp(poolFor(this.#state, ip), ip)
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
      this.#life.cancelPending(pod.uid)
      for (const container of pod.containers) {
        this.#life.cancelTimers(`${pod.uid}/${container.name}`)
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
    delete state.mounts
    delete state.serviceStopped
    const now = this.#now
    state.bootedAt = now
    for (const pod of state.pods.values()) {
      this.#life.stopSandbox(pod.uid)
      for (const container of pod.containers)
        if (container.state === 'running') this.#life.end(pod, container, now, POWER_LOSS)
    }
  }

  runSandbox(request: SandboxRequest): void {
    this.#life.runSandbox(request)
  }

  startContainer(request: ContainerRequest): void {
    this.#life.startContainer(request)
  }

  stopContainer(uid: string, name: string, grace: number, stopSignal?: number): void {
    this.#life.stopContainer(uid, name, grace, stopSignal)
  }

  cancelPending(uid: string): void {
    this.#life.cancelPending(uid)
  }

  stopSandbox(uid: string): void {
    this.#life.stopSandbox(uid)
  }

  pullImage(image: string, uid: string, authorized: boolean): void {
    const pull = beginPull(this.#state.images, {
      image,
      uid,
      authorized,
      behavior: this.behavior(image),
      timings: this.#timings,
      now: this.#now,
    })
    if (pull) this.#topics.pull.wakeAfter(pull.name, pull.took)
  }

  removePod(uid: string): void {
    this.#life.cancelPending(uid)
    this.#life.stopSandbox(uid)
    this.#state.pods.delete(uid)
    unmountEmptyDirs(uid, this.#state)
  }

  #pulled(name: string): void {
    const image = this.#state.images.get(name)
    if (!image) throw new Error(`assertion failed: nothing pulls ${name}`)
    for (const uid of endPull(image, this.behavior(name))) this.#tell(`pod/${uid}`)
  }

  #behavior(pod: RuntimePod, container: string, image: string): ContainerBehavior {
    const { behaviors } = this.#state
    const own = behaviorOf(behaviors, image, { namespace: pod.namespace, pod: pod.name, container })
    const defined = this.#images.behavior(image)
    if (defined === undefined) return own
    return behaviors.size === 0 ? defined : { ...defined, ...own }
  }

  #tell(change: RuntimeChange): void {
    if (this.#listener === undefined) this.#options.onUnheard?.()
    this.#listener?.(change)
  }

  #initialState(): RuntimeState {
    const { images = {}, behaviors = {}, manifests = {}, networkReady = true } = this.#options
    const known = behaviorsOfImages(images)
    for (const [pod, behavior] of Object.entries(behaviors)) known.set(pod, { ...behavior })
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
