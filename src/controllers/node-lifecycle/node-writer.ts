import { podCondition, withCondition } from '../../api/core/conditions.js'
import type { Node, NodeCondition, Pod, Taint } from '../../api/core/generated.js'
import { formatTime } from '../../lang/go/time.js'
import { isApiError } from '../../client/api-error.js'
import type { ComponentHost } from '../../client/component.js'
import type { EventRecorder } from '../../client/recorders/event-recorder.js'
import { observedGeneration } from '../../api/core/pods/disruption-target.js'
import { release } from '../../api/releases.js'
import { isRequestFailure } from '../shared/queue.js'
import type { TaintChange } from './taints.js'
import { withTaintsAdded, withTaintsRemoved } from './taints.js'

/**
 * Writes nodes and pods, and records events. All methods except {@link NodeWriter.markPodsNotReady} throw
 * ApiError.
 */
export class NodeWriter {
  readonly #host: ComponentHost
  readonly #recorder: EventRecorder

  constructor(host: ComponentHost) {
    this.#host = host
    this.#recorder = host.recorder({ component: 'node-controller' })
  }

  /**
   * Adds taints and then removes taints, in two patches, each of which fails after a concurrent write.
   * Source: SwapNodeControllerTaint.
   */
  changeTaints(name: string, change: TaintChange): void {
    const { client, clock } = this.#host
    let node: Node = client.get('nodes', { name })
    if (change.add.length > 0)
      node = this.#patchTaints(node, withTaintsAdded(node.spec.taints ?? [], change, clock.now()))
    const taints = node.spec.taints ?? []
    const kept = withTaintsRemoved(taints, change)
    if (kept !== taints) this.#patchTaints(node, kept)
  }

  /** Sets labels of a node. */
  setLabels(name: string, labels: Readonly<Record<string, string>>): void {
    this.#host.client.patch('nodes', { name }, { type: 'strategic', body: { metadata: { labels } } })
  }

  /** Sets the conditions of a node, and returns the new version. */
  setConditions(node: Node, conditions: readonly NodeCondition[]): Node {
    return this.#host.client.updateStatus('nodes', { ...node, status: { ...node.status, conditions } })
  }

  /** Sets the Ready condition of pods to False; returns whether all could be written. */
  markPodsNotReady(pods: readonly Pod[]): boolean {
    let complete = true
    for (const pod of pods) complete = this.#markPodNotReady(pod) && complete
    return complete
  }

  /** Records `Node <name> event: <text>` about a node that may no longer exist. */
  recordNodeEvent(name: string, uid: string, reason: string, text: string): void {
    const object = { metadata: { name, uid } }
    this.#recorder.event(
      { object, kind: 'Node', apiVersion: 'v1' },
      'Normal',
      reason,
      `Node ${name} event: ${text}`,
    )
  }

  /** Records that a node has become not ready. */
  recordNotReady(node: Node): void {
    recordNodeStatus(this.#recorder, node, 'NodeNotReady')
  }

  #patchTaints(node: Node, taints: readonly Taint[]): Node {
    const { name, resourceVersion } = node.metadata
    // spec.taints has no merge key, so that without the resource version the patch could drop another
    // client's taint
    const body = { metadata: { resourceVersion }, spec: { taints: taints.length === 0 ? null : taints } }
    return this.#host.client.patch('nodes', { name: name as string }, { type: 'strategic', body })
  }

  #markPodNotReady(pod: Pod): boolean {
    const marked = markedNotReady(pod, this.#host.clock.now(), this.#host.version)
    if (!marked) return true
    let written = true
    try {
      this.#host.client.updateStatus('pods', marked)
    } catch (error) {
      if (!isRequestFailure(error)) throw error
      if (isApiError(error, 'NotFound')) return true
      this.#host.log('error', `unable to mark pod ${pod.metadata.name as string} not ready: ${error.message}`)
      written = false
    }
    this.#recorder.event(
      { object: pod, kind: 'Pod', apiVersion: 'v1' },
      'Warning',
      'NodeNotReady',
      'Node is not ready',
    )
    return written
  }
}

/**
 * Returns the pod with Ready=False, or undefined if that needs no change. Reason, message, phase and
 * container statuses are kept, because their current state is unknown. Source:
 * pkg/controller/util/node/controller_utils.go MarkPodsNotReady.
 */
export function markedNotReady(pod: Pod, now: number, version: string): Pod | undefined {
  const ready = podCondition(pod, 'Ready')
  if (!ready || ready.status === 'False') return undefined
  const marked = {
    ...ready,
    ...observedGeneration(pod, release(version)),
    status: 'False',
    lastTransitionTime: formatTime(now),
  }
  return { ...pod, status: { ...pod.status, conditions: withCondition(pod.status.conditions, marked) } }
}

/**
 * Records `Node <name> status is now: <status>`. The event names no version of the node. Source:
 * pkg/controller/util/node RecordNodeStatusChange.
 */
export function recordNodeStatus(recorder: EventRecorder, { metadata }: Node, status: string): void {
  const { name = '', uid = '' } = metadata
  const target = { object: { metadata: { name, uid } }, kind: 'Node', apiVersion: 'v1' }
  recorder.event(target, 'Normal', status, `Node ${name} status is now: ${status}`)
}
