import type { PodDisruptionBudget } from '../../api/policy/generated.js'
import type { Client } from '../../client/client.js'
import type { PlainData } from '../../sim/plain-data.js'
import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { QueuedPod } from '../queue/queued-pod.js'
import type { SchedulerRelease } from '../texts.js'
import type { StorageView } from '../cache/storage-view.js'
import type { Surroundings } from '../cache/surroundings.js'
import type { EventsToRegister } from './cluster-event.js'
import type { Cycle } from './cycle.js'
import type { Diagnosis } from './diagnosis.js'
import type { PluginRejection, Rejection } from './rejection.js'

/** May keep a pod out of the active queue. Asked whenever a pod is about to enter it. */
export interface PreEnqueuePlugin {
  preEnqueue(pod: PodInfo): Rejection | undefined
}

/**
 * Orders the active queue; exactly one plugin of a scheduler does. Equal pods keep the order in which they
 * were queued.
 */
export interface QueueSortPlugin {
  less(a: QueuedPod, b: QueuedPod): boolean
}

/** The only nodes that need to be looked at, by name. */
export interface PreFilterResult {
  readonly nodeNames: ReadonlySet<string>
}

/**
 * Looks at the pod once before the nodes are filtered: turns it down, narrows the nodes, or says that its
 * Filter has nothing to do.
 */
export interface PreFilterPlugin {
  preFilter(pod: PodInfo, cycle: Cycle): Rejection | PreFilterResult | 'skip' | undefined
  /** Brings the plugin's cycle data up to date when a trial adds `other` to `node`. */
  addPod?(pod: PodInfo, other: PodInfo, node: NodeInfo, cycle: Cycle): void
  /** The same when a trial takes `other` away. */
  removePod?(pod: PodInfo, other: PodInfo, node: NodeInfo, cycle: Cycle): void
}

/** Turns a node down for a pod. A pure function; most plugins need nothing of the cycle. */
export interface FilterPlugin {
  filter(pod: PodInfo, node: NodeInfo, cycle: Cycle): Rejection | undefined
}

/** Room that can be made: the node, and the pods that must go (none if it is free already). */
export interface Nomination {
  readonly nodeName: string
  readonly victims: readonly PodInfo[]
}

/** PostFilter found nothing; `keepsNomination`: a node that the pod was promised before stays promised. */
export type PostFilterRejection = Rejection & { readonly keepsNomination?: boolean }

/** Called when no node passed; the first plugin that nominates a node ends the round. */
export interface PostFilterPlugin {
  postFilter(
    pod: PodInfo,
    cycle: Cycle,
    diagnosis: Diagnosis,
    tools: PostFilterTools,
  ): Nomination | PostFilterRejection
}

/** What PostFilter plugins may use of the framework. */
export interface PostFilterTools {
  /** Runs the filters for a trial. */
  passes(cycle: Cycle, node: NodeInfo): PluginRejection | undefined
  addPod(other: PodInfo, node: NodeInfo, cycle: Cycle): void
  removePod(other: PodInfo, node: NodeInfo, cycle: Cycle): void
  /**
   * Whether nothing but the node and the pods on it decides whether the node passes: no cross-node rule, no
   * pod that it is promised to.
   */
  isDecidedBy(node: NodeInfo, cycle: Cycle): boolean
}

/** Looks at all nodes that passed before they are scored; `skip` leaves the plugin's score out. */
export interface PreScorePlugin {
  preScore(pod: PodInfo, cycle: Cycle, nodes: readonly NodeInfo[]): 'skip' | undefined
}

/** Rates a node that passed. */
export interface ScorePlugin {
  /** A whole number; after normalisation it must lie in 0..100. */
  score(pod: PodInfo, node: NodeInfo, cycle: Cycle): number
  /** Brings the raw scores (one for each node) into 0..100, in place. */
  normalizeScore?(scores: number[], nodes: readonly NodeInfo[], cycle: Cycle): void
  /** Whether all nodes get the same score in this cycle, so that nobody needs to ask. */
  scoresAlike?(cycle: Cycle): boolean
}

/** Sets things aside on the chosen node, and gives them back when the pod does not get there after all. */
export interface ReservePlugin {
  reserve(pod: PodInfo, node: NodeInfo, cycle: Cycle): Rejection | undefined
  unreserve?(pod: PodInfo, node: NodeInfo, cycle: Cycle): void
}

/** The last word before binding. (Upstream's answer "wait" is not offered: a cycle is one step.) */
export interface PermitPlugin {
  permit(pod: PodInfo, node: NodeInfo, cycle: Cycle): Rejection | undefined
}

/**
 * PreBind has begun something that takes its time; `waitsFor` is all that the plugin wants to be told when it
 * is asked again.
 */
export interface PreBindWait {
  readonly waitsFor: PlainData
  /** Virtual ms at which it wants to be asked again at the latest. */
  readonly deadline: number
}

/**
 * Work that must be done before the pod is bound. Until a plugin that waits is done, the pod holds its place
 * on the node; other pods are scheduled meanwhile. Throws CycleError when it cannot be done.
 */
export interface PreBindPlugin {
  preBind(pod: PodInfo, node: NodeInfo, cycle: Cycle): Rejection | PreBindWait | undefined
  /**
   * Asked whenever claims or volumes have changed, and at the deadline, after {@link preBind} has said that
   * it waits.
   */
  continuePreBind?(pod: PodInfo, node: NodeInfo, waiting: PreBindWait): Rejection | PreBindWait | undefined
}

/** Binds the pod; `skip` leaves it to the next plugin. Throws what the apiserver says. */
export interface BindPlugin {
  bind(pod: PodInfo, node: NodeInfo, cycle: Cycle): 'skip' | undefined
}

/** Told that the pod is bound. */
export interface PostBindPlugin {
  postBind(pod: PodInfo, node: NodeInfo, cycle: Cycle): void
}

/**
 * Which events may make a pod schedulable that this plugin turned down. A plugin without this is asked to try
 * again at each event.
 */
export interface EnqueueExtensions {
  readonly eventsToRegister: EventsToRegister
}

/**
 * A promise: what Filter and Score say depends only on the node (not on the cycle or on other nodes), and on
 * these things of the pod: its requests, tolerations, nodeSelector, node affinity, host ports and nodeName.
 * The scheduler then asks once for all pods that are alike, until the node changes. Its normalizeScore looks
 * at nothing but the scores, and makes a number of equal ones what it makes of one.
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

/** What a plugin gets when it is made. The functions may be called within extension points only. */
export interface PluginHandle {
  /** What differs between minors. */
  readonly release: SchedulerRelease
  /** Client of the scheduler; asserts that there is a cluster. */
  readonly client: () => Client
  readonly podDisruptionBudgets: () => readonly PodDisruptionBudget[]
  /** Namespaces, and what selects pods. */
  readonly surroundings: Surroundings
  /** Claims, volumes, classes and what else volumes are made of. */
  readonly storage: StorageView
  /** Virtual ms. */
  readonly now: () => number
  /** A whole number in 0..n-1, drawn from the scheduler's own stream. */
  readonly randomInt: (n: number) => number
}

/** Makes a plugin, for those that need something of the scheduler. */
export type PluginFactory = (handle: PluginHandle) => Plugin
