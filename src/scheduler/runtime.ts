import type { WaitingPlugin, Framework } from './framework/framework.js'
import { type QueuedPod, Backoff } from './queue/queued-pod.js'
import { keyOf } from '../client/informers/object-index.js'
import type { ComponentHost } from '../client/component.js'
import type { EventRecorder } from '../client/recorders/event-recorder.js'
import type { Informer } from '../client/informers/informer.js'
import { isPodTerminal } from '../api/core/conditions.js'
import type { Node, Pod } from '../api/core/generated.js'
import type { PodDisruptionBudget } from '../api/policy/generated.js'
import type { Slice } from '../sim/modules/module.js'
import { claimKeysOfPod } from '../api/core/volumes/pod-claims.js'
import { type PodInfo, podInfoOf, sharedPodInfo } from './cache/pod-info.js'
import { NodeSnapshot } from './cache/snapshot.js'
import { DeviceInformers } from './cache/device-informers.js'
import { RelatedObjectInformers } from './cache/related-object-informers.js'
import { StorageInformers } from './cache/storage-informers.js'
import { Nominator } from './cycle/nominator.js'
import type { ClusterEvent } from './framework/cluster-event.js'
import type { PluginHandle } from './framework/plugin.js'
import { type SchedulerOptions, resolveOptions } from './options.js'
import { makeFramework } from './profile.js'
import { type QueueState, SchedulingQueue } from './queue/scheduling-queue.js'
import { type SchedulerRelease, schedulerRelease } from './texts.js'

/** A pod whose binding waits for a PreBind plugin. Plain data. */
export interface WaitingPod extends WaitingPlugin {
  /** Its record in the queue, in case it has to go back. */
  readonly queued: QueuedPod
  readonly node: string
}

const CLAIM = 'claim'
const NO_PODS: readonly PodInfo[] = []

/**
 * The parts of a running scheduler. State is in the slices, the frameworks derive from options, everything
 * else is a cache.
 */
export class SchedulerRuntime {
  readonly host: ComponentHost
  readonly release: SchedulerRelease
  readonly recorder: EventRecorder
  readonly nodes: Informer<Node>
  readonly pods: Informer<Pod>
  readonly budgets: Informer<PodDisruptionBudget>
  readonly queue: SchedulingQueue
  readonly nominator: Nominator
  /** The node by key for pods that this scheduler has placed and its informer has not confirmed yet. */
  readonly assumed: Slice<Map<string, string>>
  /** Where the next search starts in the order of nodes. */
  readonly cursor: Slice<{ start: number }>
  /** Pods whose binding waits for a PreBind plugin, by key. They are also assumed. */
  readonly waiting: Slice<Map<string, WaitingPod>>
  readonly storage: StorageInformers
  readonly devices: DeviceInformers
  readonly relatedObjects: RelatedObjectInformers
  /** Called when pods may have become ready for another attempt. */
  onRequeue: () => void = () => undefined
  /** Called when a waiting pod has to be checked again. */
  onWaiting: (key: string, deadline?: number) => void = () => undefined
  readonly #frameworks: ReadonlyMap<string, Framework>
  readonly #waitingInfos = new Map<string, PodInfo>()
  #snapshot: NodeSnapshot | undefined

  constructor(host: ComponentHost, given: SchedulerOptions) {
    const options = resolveOptions(given)
    this.host = host
    this.release = schedulerRelease(host.version)
    this.recorder = host.recorder({
      component: 'default-scheduler',
      instance: 'default-scheduler-control-plane',
    })
    this.nodes = host.informer('nodes')
    this.pods = host.informer('pods', { indexers: { [CLAIM]: claimKeysOfPod } })
    this.budgets = host.informer('poddisruptionbudgets')
    this.assumed = host.state('assumed', () => new Map<string, string>())
    this.cursor = host.state('cursor', () => ({ start: 0 }))
    this.nominator = new Nominator(host.state('nominated', () => new Map<string, string>()))
    this.waiting = host.state('waiting', () => new Map<string, WaitingPod>())
    this.storage = this.#makeStorage()
    this.devices = this.#makeDevices()
    this.relatedObjects = new RelatedObjectInformers(
      host,
      host.state('surroundings', () => []),
    )
    this.#frameworks = this.#makeFrameworks(options)
    this.queue = this.#makeQueue(options)
  }

  /** Whether all informers have seen the store. */
  get synced(): boolean {
    const { nodes, pods, budgets, storage, devices } = this
    return nodes.synced && pods.synced && budgets.synced && storage.synced && devices.synced
  }

  /** Nodes and the pods on them; built from informers and assumed pods on first use. */
  get snapshot(): NodeSnapshot {
    if (!this.#snapshot) {
      this.#snapshot = new NodeSnapshot()
      for (const node of this.nodes.list()) this.#snapshot.setNode(node)
      for (const pod of this.pods.list()) {
        const nodeName = this.nodeOf(pod)
        if (nodeName && !isPodTerminal(pod)) this.#snapshot.setPod(sharedPodInfo(pod), nodeName)
      }
    }
    return this.#snapshot
  }

  /** {@link snapshot} if it is built: until then, the informers keep what it will have. */
  get built(): NodeSnapshot | undefined {
    return this.#snapshot
  }

  /** Returns the node of a pod, actual or assumed. */
  nodeOf(pod: Pod): string | undefined {
    return pod.spec.nodeName || this.assumed.value.get(keyOf(pod))
  }

  /** Returns the profile of a pod; undefined if another scheduler is responsible for it. */
  frameworkOf(pod: Pod): Framework | undefined {
    return this.#frameworks.get(pod.spec.schedulerName ?? 'default-scheduler')
  }

  /** Returns the pod with that key as last seen. */
  podInfo(key: string): PodInfo | undefined {
    const pod = this.pods.get(key)
    return pod && this.infoOf(pod, key)
  }

  /**
   * Returns the {@link PodInfo} of a pod. It is kept here while the pod waits for a node, and in the snapshot
   * afterwards.
   */
  infoOf(pod: Pod, key: string = keyOf(pod)): PodInfo {
    const known = this.#waitingInfos.get(key)
    if (known?.pod === pod) return known
    const info = podInfoOf(pod, known ?? this.#snapshot?.podOf(key))
    if (pod.spec.nodeName) this.#waitingInfos.delete(key)
    else this.#waitingInfos.set(key, info)
    return info
  }

  /** Forgets a pod that is gone. */
  forget(key: string): void {
    this.#waitingInfos.delete(key)
  }

  /** Returns the pods that are nominated to a node. */
  nominatedPods(nodeName: string): readonly PodInfo[] {
    const keys = this.nominator.podsOf(nodeName)
    return keys.length === 0
      ? NO_PODS
      : keys.map((key) => this.podInfo(key)).filter((info) => info !== undefined)
  }

  /** Lets a pod keep its place on the node until what its plugin waits for has arrived. */
  waitToBind(key: string, waiting: WaitingPod): void {
    this.waiting.value.set(key, waiting)
    this.onWaiting(key, waiting.deadline)
  }

  #makeStorage(): StorageInformers {
    return new StorageInformers({
      host: this.host,
      needed: this.host.state('storage', () => false),
      written: {
        volumes: this.host.state('written-volumes', () => new Map()),
        claims: this.host.state('written-claims', () => new Map()),
      },
      hasCapacities: this.release.storageCapacity,
      podsUsing: (claimKey) =>
        this.pods
          .byIndex(CLAIM, claimKey)
          .filter((pod) => !isPodTerminal(pod) && this.nodeOf(pod))
          .map(keyOf),
      onEvent: (event) => this.#onEvent(event),
      onBindingChange: () => this.#onBindingChange(),
    })
  }

  #makeDevices(): DeviceInformers {
    const { host } = this
    return new DeviceInformers({
      host,
      needed: host.state('devices', () => false),
      written: host.state('written-resource-claims', () => new Map()),
      pending: host.state('pending-allocations', () => new Map()),
      onEvent: (event) => this.#onEvent(event),
      onClaimChange: () => this.#onBindingChange(),
    })
  }

  #onEvent(event: ClusterEvent): void {
    if (!this.queue.hasUnschedulable) return
    this.queue.onEvent(event)
    this.onRequeue()
  }

  #onBindingChange(): void {
    for (const key of this.waiting.value.keys()) this.onWaiting(key)
  }

  #makeFrameworks({
    profiles = [{}],
    percentageOfNodesToScore = 0,
  }: SchedulerOptions): ReadonlyMap<string, Framework> {
    const preemptionOffset = this.host.random('preemption')
    const handle: PluginHandle = {
      release: this.release,
      client: () => this.host.client,
      podDisruptionBudgets: () => this.budgets.list(),
      relatedObjects: this.relatedObjects,
      storage: this.storage,
      devices: this.devices,
      now: () => this.host.clock.now(),
      record: (object, reason, message) =>
        this.recorder.event({ object, kind: 'Pod', apiVersion: 'v1' }, 'Normal', reason, message, {
          action: 'Scheduling',
        }),
      randomInt: (n) => preemptionOffset.int(0, n - 1),
    }
    const frameworks = profiles.map((profile) =>
      makeFramework({ percentageOfNodesToScore, ...profile }, handle),
    )
    const byName = new Map(frameworks.map((framework) => [framework.schedulerName, framework]))
    if (byName.size < frameworks.length)
      throw new Error('each scheduler profile needs a schedulerName of its own')
    if (byName.size === 0) throw new Error('a scheduler needs at least one profile')
    return byName
  }

  #makeQueue(options: SchedulerOptions): SchedulingQueue {
    const { popFromBackoff } = this.release
    const frameworks = [...this.#frameworks.values()]
    const [first] = frameworks as [Framework, ...Framework[]]
    return new SchedulingQueue({
      state: this.host.state<QueueState>('queue', () => ({ pods: new Map(), nextSeq: 0 })),
      backoff: new Backoff({ ...options, wholeSeconds: popFromBackoff }),
      popFromBackoff,
      now: () => this.host.clock.now(),
      podInfo: (key) => this.podInfo(key),
      less: (a, b) => first.less(a, b),
      preEnqueue: (info) => this.frameworkOf(info.pod)?.preEnqueue(info),
      isInterested: (plugin, kind) =>
        frameworks.some((framework) => framework.hintOf(plugin, kind) !== undefined),
      hintOf: (info, plugin, kind) => this.frameworkOf(info.pod)?.hintOf(plugin, kind),
    })
  }
}
