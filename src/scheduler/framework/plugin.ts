import type { Pod } from '../../api/core/generated.js'
import type { PodDisruptionBudget } from '../../api/policy/generated.js'
import type { Client } from '../../client/client.js'
import type { PlainData } from '../../sim/data/plain-data.js'
import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { QueuedPod } from '../queue/queued-pod.js'
import type { SchedulerRelease } from '../texts.js'
import type { StorageView } from '../cache/storage-view.js'
import type { DeviceView } from '../devices/device-view.js'
import type { RelatedObjects } from '../cache/related-objects.js'
import type { EventsToRegister } from './cluster-event.js'
import type { Cycle } from './cycle.js'
import type { Diagnosis } from './diagnosis.js'
import type { PluginRejection, Rejection } from './rejection.js'

/** May keep a pod out of the active queue. Called whenever a pod is about to enter it. */
export interface PreEnqueuePlugin {
  preEnqueue(pod: PodInfo): Rejection | undefined
}

/**
 * Orders the active queue; a scheduler has exactly one. Equal pods keep the order in which they were queued.
 */
export interface QueueSortPlugin {
  less(a: QueuedPod, b: QueuedPod): boolean
}

/** The names of the only nodes that need to be examined. */
export interface PreFilterResult {
  readonly nodeNames: ReadonlySet<string>
}

/**
 * Examines the pod once before the nodes are filtered: rejects it, restricts the nodes, or declares that its
 * Filter has nothing to do.
 */
export interface PreFilterPlugin {
  preFilter(pod: PodInfo, cycle: Cycle): Rejection | PreFilterResult | 'skip' | undefined
  /** Updates the plugin's cycle data when a trial adds `other` to `node`. */
  addPod?(pod: PodInfo, other: PodInfo, node: NodeInfo, cycle: Cycle): void
  /** Updates the plugin's cycle data when a trial removes `other`. */
  removePod?(pod: PodInfo, other: PodInfo, node: NodeInfo, cycle: Cycle): void
}

/** Rejects a node for a pod. A pure function; most plugins do not need the cycle. */
export interface FilterPlugin {
  filter(pod: PodInfo, node: NodeInfo, cycle: Cycle): Rejection | undefined
}

/** The node on which room can be made, and the victims (empty if it has room already). */
export interface Nomination {
  readonly nodeName: string
  readonly victims: readonly PodInfo[]
}

/** PostFilter found nothing. `keepsNomination`: an earlier nomination of the pod stays in effect. */
export type PostFilterRejection = Rejection & { readonly keepsNomination?: boolean }

/** Called if no node has passed. The first plugin that nominates a node ends the round. */
export interface PostFilterPlugin {
  postFilter(
    pod: PodInfo,
    cycle: Cycle,
    diagnosis: Diagnosis,
    tools: PostFilterTools,
  ): Nomination | PostFilterRejection
}

/** What the framework provides to PostFilter plugins. */
export interface PostFilterTools {
  /** Runs the filters for a trial. */
  passes(cycle: Cycle, node: NodeInfo): PluginRejection | undefined
  addPod(other: PodInfo, node: NodeInfo, cycle: Cycle): void
  removePod(other: PodInfo, node: NodeInfo, cycle: Cycle): void
  /**
   * Returns whether the node and its pods alone decide whether it passes: no rule across nodes applies, and
   * no pod is nominated to it.
   */
  isDecidedBy(node: NodeInfo, cycle: Cycle): boolean
}

/** Examines all feasible nodes before they are scored; `skip` omits the plugin's score. */
export interface PreScorePlugin {
  preScore(pod: PodInfo, cycle: Cycle, nodes: readonly NodeInfo[]): 'skip' | undefined
}

/** Scores a feasible node. */
export interface ScorePlugin {
  /** Returns an integer, which must be in 0..100 after normalization. */
  score(pod: PodInfo, node: NodeInfo, cycle: Cycle): number
  /** Normalizes the raw scores (one for each node) to 0..100, in place. */
  normalizeScore?(scores: number[], nodes: readonly NodeInfo[], cycle: Cycle): void
  /** Returns whether all nodes have the same score in this cycle, so that it need not be computed. */
  scoresAlike?(cycle: Cycle): boolean
}

/** Reserves something on the chosen node, and releases it if the pod is not bound there. */
export interface ReservePlugin {
  reserve(pod: PodInfo, node: NodeInfo, cycle: Cycle): Rejection | undefined
  unreserve?(pod: PodInfo, node: NodeInfo, cycle: Cycle): void
}

/** The final check before binding. (Upstream's result "wait" is not offered, because a cycle is one step.) */
export interface PermitPlugin {
  permit(pod: PodInfo, node: NodeInfo, cycle: Cycle): Rejection | undefined
}

/**
 * PreBind has started something that takes time; `waitsFor` is the data that the plugin gets in the next
 * call.
 */
export interface PreBindWait {
  readonly waitsFor: PlainData
  /** The virtual ms of the next call at the latest. */
  readonly deadline: number
}

/**
 * Work that must be done before the pod is bound. While a plugin waits, the pod keeps its place on the node
 * and other pods are scheduled. Throws CycleError if it fails.
 */
export interface PreBindPlugin {
  preBind(pod: PodInfo, node: NodeInfo, cycle: Cycle): Rejection | PreBindWait | undefined
  /**
   * Called on every change of claims or volumes, and at the deadline, after {@link preBind} has returned that
   * it waits.
   */
  continuePreBind?(pod: PodInfo, node: NodeInfo, waiting: PreBindWait): Rejection | PreBindWait | undefined
}

/** Binds the pod; `skip` leaves it to the next plugin. Throws the apiserver's error. */
export interface BindPlugin {
  bind(pod: PodInfo, node: NodeInfo, cycle: Cycle): 'skip' | undefined
}

/** Called after the pod is bound. */
export interface PostBindPlugin {
  postBind(pod: PodInfo, node: NodeInfo, cycle: Cycle): void
}

/**
 * The events that may make a pod schedulable which this plugin rejected. A plugin without it gets a retry on
 * every event.
 */
export interface EnqueueExtensions {
  readonly eventsToRegister: EventsToRegister
}

/**
 * A promise that Filter and Score depend only on the node (not on the cycle or on other nodes) and on the
 * pod's requests, tolerations, nodeSelector, node affinity, host ports and nodeName. The scheduler then
 * evaluates them once for all equivalent pods, until the node changes. normalizeScore must depend on the
 * scores only, and map equal scores to what it maps a single one to.
 */
export interface NodeLocalPlugin {
  readonly isNodeLocal: true
}

/**
 * A plugin: a name and any of the extension points. Source:
 * staging/src/k8s.io/kube-scheduler/framework/interface.go.
 */
export type Plugin = { readonly name: string } & Partial<
  PreEnqueuePlugin &
    QueueSortPlugin &
    PreFilterPlugin &
    FilterPlugin &
    PostFilterPlugin &
    PreScorePlugin &
    ScorePlugin &
    ReservePlugin &
    PermitPlugin &
    PreBindPlugin &
    BindPlugin &
    PostBindPlugin &
    EnqueueExtensions &
    NodeLocalPlugin
>

/** What a plugin gets on creation. The functions may be called within extension points only. */
export interface PluginHandle {
  /** The differences between minor versions. */
  readonly release: SchedulerRelease
  /** Returns the scheduler's client. Asserts that there is a cluster. */
  readonly client: () => Client
  readonly podDisruptionBudgets: () => readonly PodDisruptionBudget[]
  /** Namespaces, and the objects that select pods. */
  readonly relatedObjects: RelatedObjects
  /** Claims, volumes, classes and the other storage objects. */
  readonly storage: StorageView
  /** Claims, slices and classes of devices. */
  readonly devices: DeviceView
  /** Virtual ms. */
  readonly now: () => number
  /** Records a normal event about a pod, with the action Scheduling. */
  readonly record: (pod: Pod, reason: string, message: string) => void
  /** Draws an integer in 0..n-1 from the scheduler's own stream. */
  readonly randomInt: (n: number) => number
}

/** Creates a plugin that needs something from the scheduler. */
export type PluginFactory = (handle: PluginHandle) => Plugin
