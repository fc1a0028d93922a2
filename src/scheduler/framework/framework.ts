import { ApiError, ConnectionError } from '../../client/api-error.js'
import type { NodeInfo } from '../cache/node-info.js'
import type { PodInfo } from '../cache/pod-info.js'
import type { QueuedPod } from '../queue/queued-pod.js'
import type { ClusterEventKind, QueueingHint } from './cluster-event.js'
import type { Cycle } from './cycle.js'
import type { Diagnosis } from './diagnosis.js'
import type {
  BindPlugin,
  FilterPlugin,
  Nomination,
  PermitPlugin,
  Plugin,
  PostBindPlugin,
  PostFilterPlugin,
  PreBindPlugin,
  PreBindWait,
  PreEnqueuePlugin,
  PreFilterPlugin,
  PreScorePlugin,
  QueueSortPlugin,
  ReservePlugin,
} from './plugin.js'
import type { FoundNodes } from './score-cache.js'
import type { NodeLocalResults } from './node-local-results.js'
import { firstRefusal, NodeLocalCache } from './node-local-results.js'
import type { PluginRejection } from './rejection.js'
import { CycleError, unresolvable } from './rejection.js'
import type { PluginScores } from './scorer.js'
import { Scorer } from './scorer.js'

/** The result of PreFilter: a rejection, or the nodes to examine (undefined means all). */
export interface PreFilterOutcome {
  readonly rejected?: PluginRejection
  readonly nodeNames?: ReadonlySet<string>
  /** Plugins that excluded nodes, sorted. */
  readonly narrowedBy: readonly string[]
}

/** A PreBind plugin that waits, with the data that it gets in the next call. Plain data. */
export interface WaitingPlugin extends PreBindWait {
  readonly plugin: string
}

/** The plugin methods, one for each extension point. */
export type PluginMethod =
  | 'preEnqueue'
  | 'less'
  | 'preFilter'
  | 'filter'
  | 'postFilter'
  | 'preScore'
  | 'score'
  | 'reserve'
  | 'permit'
  | 'preBind'
  | 'bind'
  | 'postBind'

/** Options of a {@link Framework}. */
export interface FrameworkOptions {
  /** By plugin name, default 1; 0 omits the score. */
  readonly weights?: Readonly<Record<string, number>>
  /** Default 0: adaptive. */
  readonly percentageOfNodesToScore?: number
  /** Whether the results of node-local filters for a pod depend on nothing else. Default: always. */
  readonly isNodeLocal?: (pod: PodInfo) => boolean
  /** Returns the plugins of an extension point in order. Default: all that have the method. */
  readonly at?: (method: PluginMethod, plugins: readonly Plugin[]) => readonly Plugin[]
}

type Named<P> = P & { readonly name: string }

/**
 * The plugins of a profile by extension point, and how each extension point is run. Source:
 * pkg/scheduler/framework/runtime/framework.go.
 */
export class Framework {
  readonly schedulerName: string
  /** 0: adaptive. */
  readonly percentageOfNodesToScore: number
  readonly #plugins: ReadonlyMap<string, Plugin>
  readonly #preEnqueue: readonly Named<PreEnqueuePlugin>[]
  readonly #queueSort: Named<QueueSortPlugin>
  readonly #preFilter: readonly Named<PreFilterPlugin>[]
  /** The PreFilter plugins that track the changes of a trial. */
  readonly #trialTrackers: readonly Named<PreFilterPlugin>[]
  readonly #filter: readonly (Named<FilterPlugin> & Plugin)[]
  readonly #postFilter: readonly Named<PostFilterPlugin>[]
  readonly #preScore: readonly Named<PreScorePlugin>[]
  readonly #scorer: Scorer
  readonly #reserve: readonly Named<ReservePlugin>[]
  readonly #permit: readonly Named<PermitPlugin>[]
  readonly #preBind: readonly Named<PreBindPlugin>[]
  readonly #bind: readonly Named<BindPlugin>[]
  readonly #postBind: readonly Named<PostBindPlugin>[]
  readonly #localFilters: readonly Named<FilterPlugin>[]
  readonly #otherFilters: readonly Named<FilterPlugin>[]
  readonly #nodeLocalCache: NodeLocalCache
  #buffers = { nodes: [] as NodeInfo[], slots: new Int32Array(0) }

  /** `plugins` are in order. Throws unless there is exactly one QueueSort plugin. */
  constructor(schedulerName: string, plugins: readonly Plugin[], options: FrameworkOptions = {}) {
    const { weights = {}, percentageOfNodesToScore = 0, at = (_, all) => all } = options
    const having = <K extends PluginMethod>(method: K): readonly (Plugin & Required<Pick<Plugin, K>>)[] =>
      at(method, plugins).filter(
        (plugin): plugin is Plugin & Required<Pick<Plugin, K>> => plugin[method] !== undefined,
      )
    this.schedulerName = schedulerName
    this.percentageOfNodesToScore = percentageOfNodesToScore
    this.#plugins = new Map(plugins.map((plugin) => [plugin.name, plugin]))
    this.#preEnqueue = having('preEnqueue')
    const [queueSort, ...others] = having('less')
    if (!queueSort || others.length > 0)
      throw new Error(`profile ${schedulerName} needs one QueueSort plugin (with less())`)
    this.#queueSort = queueSort
    this.#preFilter = having('preFilter')
    this.#trialTrackers = this.#preFilter.filter((plugin) => 'addPod' in plugin || 'removePod' in plugin)
    this.#filter = having('filter')
    this.#postFilter = having('postFilter')
    this.#preScore = having('preScore')
    this.#scorer = new Scorer(
      having('score').filter(({ name }) => weights[name] !== 0),
      weights,
    )
    this.#reserve = having('reserve')
    this.#permit = having('permit')
    this.#preBind = having('preBind')
    this.#bind = having('bind')
    this.#postBind = having('postBind')
    const firstOther = this.#filter.findIndex(({ isNodeLocal }) => !isNodeLocal)
    this.#localFilters = firstOther < 0 ? this.#filter : this.#filter.slice(0, firstOther)
    this.#otherFilters = this.#filter.slice(this.#localFilters.length)
    this.#nodeLocalCache = new NodeLocalCache(this.#localFilters, options.isNodeLocal)
  }

  /** Plugins whose events can requeue pods. */
  get pluginNames(): readonly string[] {
    return [...this.#plugins.keys()]
  }

  /**
   * Returns a plugin's hint for a kind of event. A plugin without `eventsToRegister` always wants a retry,
   * and one that wants new nodes but not their taints wants one for each change of taints, cordons included.
   * Source: pkg/scheduler/scheduler.go buildQueueingHintMap.
   */
  hintOf(plugin: string, kind: ClusterEventKind): QueueingHint | 'queue' | undefined {
    const found = this.#plugins.get(plugin)
    if (!found) return undefined
    const { eventsToRegister: events } = found
    if (events === undefined) return 'queue'
    if (kind === 'Node/UpdateTaint' && events['Node/Add'] !== undefined)
      return (events[kind] as QueueingHint | undefined) ?? 'queue'
    // the kind determines the event type that the hint accepts
    return events[kind] as QueueingHint | 'queue' | undefined
  }

  less(a: QueuedPod, b: QueuedPod): boolean {
    return this.#queueSort.less(a, b)
  }

  preEnqueue(pod: PodInfo): PluginRejection | undefined {
    return firstRejection(this.#preEnqueue, (plugin) => plugin.preEnqueue(pod))
  }

  preFilter(cycle: Cycle): PreFilterOutcome {
    let nodeNames: ReadonlySet<string> | undefined
    let resolvable: PluginRejection | undefined
    const narrowedBy: string[] = []
    for (const plugin of this.#preFilter) {
      const result = plugin.preFilter(cycle.pod, cycle)
      if (result === undefined) continue
      if (result === 'skip') cycle.skipFilter.add(plugin.name)
      else if ('reasons' in result) {
        // continue although the pod is rejected: preemption may help, and it needs what the later plugins
        // prepare
        resolvable = { plugin: plugin.name, rejection: result }
        if (result.code !== 'Unschedulable') return { rejected: resolvable, narrowedBy }
      } else {
        nodeNames = intersection(nodeNames, result.nodeNames)
        narrowedBy.push(plugin.name)
        narrowedBy.sort()
        if (nodeNames.size === 0)
          return { rejected: { plugin: plugin.name, rejection: noNodesLeft(narrowedBy) }, narrowedBy }
      }
    }
    if (resolvable) return { rejected: resolvable, narrowedBy }
    return nodeNames ? { nodeNames, narrowedBy } : { narrowedBy }
  }

  /**
   * Returns what is known about nodes for pods equivalent to that of the cycle, for {@link otherFilters} and
   * {@link totals}.
   */
  nodeLocalResults({ pod, snapshot }: Cycle): NodeLocalResults {
    return this.#nodeLocalCache.for(pod, snapshot.nodes.length)
  }

  /**
   * Returns reusable buffers for a search over that many nodes, valid until the next search. Allocating them
   * anew would be a third of the garbage that scheduling a pod produces.
   */
  searchBuffers(nodes: number): { readonly nodes: NodeInfo[]; readonly slots: Int32Array } {
    if (this.#buffers.slots.length < nodes) this.#buffers = { nodes: [], slots: new Int32Array(2 * nodes) }
    return this.#buffers
  }

  /**
   * Returns the filters that are not covered by {@link nodeLocalResults} and that have something to check in
   * this cycle.
   */
  otherFilters({ skipFilter }: Cycle): readonly Named<FilterPlugin>[] {
    return this.#otherFilters.filter(({ name }) => !skipFilter.has(name))
  }

  /** Runs the filters for a node. Returns the first rejection. */
  filter(cycle: Cycle, node: NodeInfo): PluginRejection | undefined {
    return firstRefusal(this.#filter, cycle, node)
  }

  /** Notifies PreFilter plugins that a trial adds a pod. */
  addPod(other: PodInfo, node: NodeInfo, cycle: Cycle): void {
    node.addPod(other)
    for (const plugin of this.#trialTrackers) {
      if (!cycle.skipFilter.has(plugin.name)) plugin.addPod?.(cycle.pod, other, node, cycle)
    }
  }

  /** Notifies PreFilter plugins that a trial removes a pod. */
  removePod(other: PodInfo, node: NodeInfo, cycle: Cycle): void {
    node.removePod(other.key)
    for (const plugin of this.#trialTrackers) {
      if (!cycle.skipFilter.has(plugin.name)) plugin.removePod?.(cycle.pod, other, node, cycle)
    }
  }

  /**
   * Runs PostFilter. Returns the first nomination, else all reasons joined. `passes` runs the filters with
   * nominated pods.
   */
  postFilter(
    cycle: Cycle,
    diagnosis: Diagnosis,
    passes: (cycle: Cycle, node: NodeInfo) => PluginRejection | undefined,
    isPromised: (node: NodeInfo) => boolean = () => false,
  ): Nomination | { readonly message: string; readonly keepsNomination: boolean } {
    const isLocal = this.otherFilters(cycle).length === 0
    const isDecidedBy = (node: NodeInfo): boolean => isLocal && !isPromised(node)
    const tools = {
      passes,
      addPod: this.addPod.bind(this),
      removePod: this.removePod.bind(this),
      isDecidedBy,
    }
    const reasons: string[] = []
    let keepsNomination = false
    for (const plugin of this.#postFilter) {
      const result = plugin.postFilter(cycle.pod, cycle, diagnosis, tools)
      if (!('reasons' in result)) return result
      reasons.push(...result.reasons)
      keepsNomination ||= result.keepsNomination ?? false
      if (result.code === 'UnschedulableAndUnresolvable') break
    }
    return { message: reasons.join(', '), keepsNomination }
  }

  preScore(cycle: Cycle, nodes: readonly NodeInfo[]): void {
    for (const plugin of this.#preScore) {
      if (plugin.preScore(cycle.pod, cycle, nodes) === 'skip') cycle.skipScore.add(plugin.name)
    }
  }

  /**
   * Returns every plugin's scores for the nodes; {@link preScore} must have run.
   * @throws CycleError
   */
  score(cycle: Cycle, nodes: readonly NodeInfo[]): readonly PluginScores[] {
    return this.#scorer.score(cycle, nodes)
  }

  /**
   * Returns the weighted sums of scores, using the cached results `nodeLocal`, and omitting scores that
   * are equal for all of them. {@link preScore} must have run. Valid until the next call.
   * @throws CycleError
   */
  totals(cycle: Cycle, nodes: FoundNodes, nodeLocal: NodeLocalResults): Float64Array {
    return this.#scorer.totals(cycle, nodes, nodeLocal.scores)
  }

  reserve(cycle: Cycle, node: NodeInfo): PluginRejection | undefined {
    return firstRejection(this.#reserve, (plugin) => plugin.reserve(cycle.pod, node, cycle))
  }

  /** Runs Unreserve in reverse order, as upstream. */
  unreserve(cycle: Cycle, node: NodeInfo): void {
    for (const plugin of this.#reserve.toReversed()) plugin.unreserve?.(cycle.pod, node, cycle)
  }

  permit(cycle: Cycle, node: NodeInfo): PluginRejection | undefined {
    return firstRejection(this.#permit, (plugin) => plugin.permit(cycle.pod, node, cycle))
  }

  /**
   * Runs the PreBind plugins in order. Returns a rejection, or the plugin that waits and what for. `waiting`
   * is an earlier result: execution resumes there, with a new cycle.
   * @throws CycleError
   */
  preBind(
    cycle: Cycle,
    node: NodeInfo,
    waiting?: WaitingPlugin,
  ): PluginRejection | WaitingPlugin | undefined {
    const from = waiting === undefined ? 0 : this.#preBind.findIndex(({ name }) => name === waiting.plugin)
    let resumed = from < 0 ? undefined : waiting
    for (const plugin of this.#preBind.slice(Math.max(from, 0))) {
      const response = resumed
        ? plugin.continuePreBind?.(cycle.pod, node, resumed)
        : plugin.preBind(cycle.pod, node, cycle)
      resumed = undefined
      if (response === undefined) continue
      return 'waitsFor' in response
        ? { plugin: plugin.name, ...response }
        : { plugin: plugin.name, rejection: response }
    }
    return undefined
  }

  /**
   * Runs the Bind plugins.
   * @throws CycleError with the apiserver's error as its cause
   */
  bind(cycle: Cycle, node: NodeInfo): void {
    for (const plugin of this.#bind) {
      try {
        if (plugin.bind(cycle.pod, node, cycle) !== 'skip') return
      } catch (cause) {
        if (!(cause instanceof ApiError || cause instanceof ConnectionError)) throw cause
        throw new CycleError(`running Bind plugin "${plugin.name}": ${cause.message}`, { cause })
      }
    }
    throw new CycleError(`no bind plugin of profile ${this.schedulerName} binds pod ${cycle.pod.key}`)
  }

  postBind(cycle: Cycle, node: NodeInfo): void {
    for (const plugin of this.#postBind) plugin.postBind(cycle.pod, node, cycle)
  }
}

function firstRejection<P extends { readonly name: string }>(
  plugins: readonly P[],
  ask: (plugin: P) => PluginRejection['rejection'] | undefined,
): PluginRejection | undefined {
  for (const plugin of plugins) {
    const rejection = ask(plugin)
    if (rejection) return { plugin: plugin.name, rejection }
  }
  return undefined
}

function intersection(
  known: ReadonlySet<string> | undefined,
  next: ReadonlySet<string>,
): ReadonlySet<string> {
  return known ? new Set([...known].filter((name) => next.has(name))) : next
}

function noNodesLeft(plugins: readonly string[]): PluginRejection['rejection'] {
  return plugins.length === 1
    ? unresolvable(`node(s) didn't satisfy plugin ${plugins[0] as string}`)
    : unresolvable(`node(s) didn't satisfy plugin(s) [${plugins.join(' ')}] simultaneously`)
}

/** Returns the rejection of nodes that PreFilter excluded. */
export function excludedByPreFilter(narrowedBy: readonly string[]): PluginRejection {
  return {
    plugin: narrowedBy[0] ?? '',
    rejection: unresolvable(`node(s) didn't satisfy plugin(s) [${narrowedBy.join(' ')}]`),
  }
}
