import type { Node } from '../../api/core/generated.js'
import { semanticEqual } from '../../api/kind/equal.js'
import { ApiError, ConnectionError, ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import type { Informer } from '../../client/informers/informer.js'
import type { Slice, Topic } from '../../sim/modules/module.js'
import type { KubeletOptions } from '../options.js'
import type { ConditionInputs } from './conditions.js'
import { PRESSURE_EVENTS, conditionsDiffer, nodeConditions } from './conditions.js'
import type { PressureType } from './eviction.js'
import {
  MANAGED_ATTACH_DETACH,
  foreignResourcesDiffer,
  initialNode,
  nodeLabels,
  nodeStatus,
  withForeignResources,
} from './node-object.js'
import type { KubeletHeartbeats, NodeState } from './heartbeats.js'
import type { NodeFacts } from './node-object.js'

const PRESSURES: readonly PressureType[] = ['MemoryPressure', 'DiskPressure', 'PIDPressure']
const LAST_RETRY = 7_000

/** What the node agent needs besides its host. */
export interface NodeAgentDependencies {
  readonly options: KubeletOptions
  readonly version: string
  readonly statusReport: number
  readonly nodes: Informer<Node>
  readonly recorder: EventRecorder | undefined
  readonly heartbeats: KubeletHeartbeats
  /** Pressure conditions that are true. */
  readonly pressures: () => readonly PressureType[]
  /** Called once with the Node's uid, when it exists. */
  readonly onRegistered: (uid: string) => void
  /** Attachable volumes that pods use, sorted. */
  readonly volumesInUse: () => readonly string[]
}

/**
 * Registers the Node and keeps its status. Source: pkg/kubelet/kubelet_node_status.go.
 */
export class KubeletNodeAgent {
  readonly #host: ComponentHost
  readonly #dependencies: NodeAgentDependencies
  readonly #state: Slice<NodeState>
  readonly #register: Topic

  constructor(host: ComponentHost, dependencies: NodeAgentDependencies) {
    this.#host = host
    this.#dependencies = dependencies
    this.#state = dependencies.heartbeats.node
    this.#register = host.handle('register', () => this.register())
  }

  /** The Node as last seen, or as it would be registered. */
  get node(): Node {
    return (
      this.#dependencies.nodes.get(this.#dependencies.options.node) ??
      initialNode(this.#dependencies.options, this.#facts([]))
    )
  }

  /** Volumes that are attached to this node according to the attach-detach controller. */
  get attachedVolumes(): ReadonlySet<string> {
    return new Set(this.node.status.volumesAttached?.map(({ name }) => name))
  }

  /** CIDR of this node's pods; two with a comma in a dual-stack cluster. */
  get podCIDR(): string | undefined {
    const { podCIDR, podCIDRs = [] } =
      this.#dependencies.nodes.get(this.#dependencies.options.node)?.spec ?? {}
    return podCIDRs.length > 1 ? podCIDRs.join(',') : (podCIDR ?? this.#dependencies.options.podCIDR)
  }

  /** Whether pods can get a network: the plugin works, and the node has a CIDR (or registers as Ready). */
  get networkReady(): boolean {
    const { runtime, registerReady } = this.#dependencies.options
    return runtime.networkReady && (Boolean(registerReady) || this.podCIDR !== undefined)
  }

  /** Records the event of the start. */
  announce(): void {
    this.#event('Normal', 'Starting', 'Starting kubelet.')
  }

  /** Creates the Node, or takes over the existing one, retrying until the server has it. */
  register(): void {
    const state = this.#state.value
    if (state.registered) return
    try {
      const uid = this.#tryRegister()
      state.registered = true
      this.#dependencies.onRegistered(uid)
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error
      this.#host.log(
        'error',
        `"Unable to register node with API server" err=${JSON.stringify(error.message)} ` +
          `node="${this.#dependencies.options.node}"`,
      )
      this.#register.wakeAfter('', state.retry, { class: 'watchdog' })
      state.retry = Math.min(state.retry * 2, LAST_RETRY)
    }
  }

  /** Whether the status must be posted even if it is the same. */
  get #isReportDue(): boolean {
    return this.#host.clock.now() - this.#state.value.reportedAt >= this.#dependencies.statusReport
  }

  /** Posts the node's status if it has changed, or if the last post is old. */
  syncStatus(): void {
    const state = this.#state.value
    if (!state.registered) return
    const { options, nodes } = this.#dependencies
    const seen = nodes.get(options.node)
    if (
      !this.#isReportDue &&
      seen &&
      !conditionsDiffer(seen.status.conditions ?? [], this.#health) &&
      !foreignResourcesDiffer(options, seen.status) &&
      state.images === this.#imageCount() &&
      (state.volumes ?? '') === this.#dependencies.volumesInUse().join()
    )
      return
    try {
      this.#post()
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error
      this.#host.log(
        'error',
        '"Error updating node status, will retry" ' +
          `err=${JSON.stringify(`error getting node ${JSON.stringify(options.node)}: ${error.message}`)}`,
      )
    }
  }

  /** Tries to register. Returns the uid of the Node. */
  #tryRegister(): string {
    const { client } = this.#host
    const { options } = this.#dependencies
    let fresh = initialNode(options, this.#facts([]))
    try {
      fresh = client.create('nodes', fresh)
      this.#posted(fresh)
      this.#startEvents(true)
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists')) throw error
      fresh = this.#takeOver()
    }
    return fresh.metadata.uid ?? ''
  }

  /** Updates labels and status of an existing Node. */
  #takeOver(): Node {
    const { client } = this.#host
    const { options } = this.#dependencies
    const existing = client.get('nodes', { name: options.node })
    const labels = { ...existing.metadata.labels, ...nodeLabels(options) }
    const annotations = { ...existing.metadata.annotations, [MANAGED_ATTACH_DETACH]: 'true' }
    const metadata = { ...existing.metadata, labels, annotations }
    if (!semanticEqual(metadata, existing.metadata)) client.update('nodes', { ...existing, metadata })
    this.#startEvents(false)
    const { bootID } = existing.status.nodeInfo
    if (bootID !== '' && bootID !== options.runtime.bootID) {
      this.#event(
        'Warning',
        'Rebooted',
        `Node ${options.node} has been rebooted, boot id: ${options.runtime.bootID}`,
      )
    }
    this.#post()
    return existing
  }

  #startEvents(created: boolean): void {
    this.#statusEvent('NodeHasSufficientMemory')
    this.#statusEvent('NodeHasNoDiskPressure')
    this.#statusEvent('NodeHasSufficientPID')
    this.#event('Normal', 'NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods')
    if (created && this.#state.value.ready) this.#statusEvent('NodeReady')
  }

  #post(): void {
    const { client } = this.#host
    const { options } = this.#dependencies
    const current = ignoreNotFound(() => client.get('nodes', { name: options.node }))
    if (!current) return
    const own = nodeStatus(options, this.#facts(current.status.conditions ?? []))
    const before = current.status.conditions?.find(({ type }) => type === 'Ready')?.status
    const { volumesInUse: _before, ...rest } = current.status
    const status = { ...rest, ...own, ...withForeignResources(own, current.status) }
    const posted = client.updateStatus('nodes', { ...current, status })
    this.#posted(posted)
    this.#host.heartbeats?.note(posted)
    const after = this.#state.value.ready ? 'True' : 'False'
    if (before !== undefined && before !== after)
      this.#statusEvent(after === 'True' ? 'NodeReady' : 'NodeNotReady')
    const { pressures } = this.#health
    for (const type of PRESSURES) {
      const was = current.status.conditions?.find((condition) => condition.type === type)?.status
      const is = pressures.includes(type)
      if (was !== undefined && (was === 'True') !== is) this.#statusEvent(PRESSURE_EVENTS[type][is ? 1 : 0])
    }
  }

  #posted(node: Node): void {
    const state = this.#state.value
    state.reportedAt = this.#host.clock.now()
    state.images = this.#imageCount()
    state.volumes = node.status.volumesInUse?.join() ?? ''
    state.ready = node.status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
  }

  #imageCount(): number {
    let count = 0
    for (const { state } of this.#dependencies.options.runtime.images()) if (state === 'present') count++
    return count
  }

  get #health(): ConditionInputs {
    return {
      runtimeResponds: this.#dependencies.options.runtime.responds,
      networkReady: this.networkReady,
      shuttingDown: this.#dependencies.options.runtime.shuttingDown,
      pressures: this.#dependencies.pressures(),
    }
  }

  #facts(conditions: Parameters<typeof nodeConditions>[0]): NodeFacts {
    const { runtime } = this.#dependencies.options
    return {
      version: this.#dependencies.version,
      bootID: runtime.bootID,
      images: runtime.images(),
      volumesInUse: this.#dependencies.volumesInUse(),
      conditions: nodeConditions(conditions, this.#health, this.#host.clock.now()),
    }
  }

  #statusEvent(reason: string): void {
    this.#event('Normal', reason, `Node ${this.#dependencies.options.node} status is now: ${reason}`)
  }

  /** Records an event about the Node, which the kubelet knows only by name: its name is used as uid. */
  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { node } = this.#dependencies.options
    this.#dependencies.recorder?.event(
      { object: { metadata: { name: node, uid: node } }, kind: 'Node', apiVersion: 'v1' },
      type,
      reason,
      message,
    )
  }
}
