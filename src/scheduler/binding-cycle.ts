import { quote } from '../lang/go/quote.js'
import type { Pod } from '../api/core/generated.js'
import { ApiError, ConnectionError } from '../client/api-error.js'
import type { NodeInfo } from './cache/node-info.js'
import type { AttemptFailure } from './failure.js'
import { handleFailure, truncateMessage } from './failure.js'
import { Cycle } from './framework/cycle.js'
import { fitErrorMessage } from './framework/diagnosis.js'
import type { Framework, WaitingPlugin } from './framework/framework.js'
import type { PluginRejection } from './framework/rejection.js'
import { CycleError } from './framework/rejection.js'
import type { QueuedPod } from './queue/queued-pod.js'
import type { SchedulerRuntime } from './runtime.js'

/**
 * Runs Assume, Reserve and Permit, then the binding, in one step, because nothing can interleave unless a
 * PreBind plugin waits.
 */
export function placePod(
  runtime: SchedulerRuntime,
  framework: Framework,
  queued: QueuedPod,
  cycle: Cycle,
  node: NodeInfo,
): void {
  const { key } = queued
  runtime.assumed.value.set(key, node.name)
  runtime.snapshot.setPod(cycle.pod, node.name)
  const nomination = runtime.nominator.nodeOf(key)
  runtime.nominator.set(key, undefined)
  const rejected = framework.reserve(cycle, node) ?? framework.permit(cycle, node)
  if (!rejected) return bindOrWait(runtime, framework, queued, cycle, node, { nomination })
  revertAssumption(runtime, framework, queued, cycle, node, asFailure(node.name, rejected), nomination)
}

/** Calls the PreBind plugin that a pod waits for again, and binds the pod once none waits. */
export function continueBinding(runtime: SchedulerRuntime, key: string): void {
  const waiting = runtime.waiting.value.get(key)
  if (!waiting) return
  runtime.waiting.value.delete(key)
  const info = runtime.podInfo(key)
  const framework = info && runtime.frameworkOf(info.pod)
  const node = runtime.snapshot.get(waiting.node)
  if (!info || !framework || info.pod.spec.nodeName || !runtime.assumed.value.has(key)) return
  const cycle = new Cycle(info, runtime.snapshot)
  if (node) return bindOrWait(runtime, framework, waiting.queued, cycle, node, { waiting })
  runtime.assumed.value.delete(key)
  runtime.snapshot.removePod(key)
  const lost = quote(waiting.node)
  const message = `binding volumes: failed to get node ${lost}: node ${lost} not found`
  handleFailure(runtime, waiting.queued, {
    reason: 'SchedulerError',
    message: preBindError(waiting.plugin, message),
    rejectedBy: [],
    clearsNomination: true,
  })
}

/** Runs PreBind, Bind and PostBind. */
function bindOrWait(
  runtime: SchedulerRuntime,
  framework: Framework,
  queued: QueuedPod,
  cycle: Cycle,
  node: NodeInfo,
  { waiting, nomination }: { readonly waiting?: WaitingPlugin; readonly nomination?: string | undefined },
): void {
  const { key } = queued
  const { pod } = cycle.pod
  try {
    const response = framework.preBind(cycle, node, waiting)
    if (response && 'waitsFor' in response) {
      if (!waiting && runtime.release.nominatesExpectedNode) publishExpectedNode(runtime, pod, node.name)
      return runtime.waitToBind(key, { ...response, queued, node: node.name })
    }
    if (response)
      return revertAssumption(
        runtime,
        framework,
        queued,
        cycle,
        node,
        asFailure(node.name, response),
        nomination,
      )
    framework.bind(cycle, node)
  } catch (error) {
    if (!(error instanceof CycleError)) throw error
    return revertAssumption(
      runtime,
      framework,
      queued,
      cycle,
      node,
      { reason: 'SchedulerError', message: error.message, rejectedBy: [] },
      nomination,
    )
  }
  record(runtime, pod, 'Normal', 'Scheduled', `Successfully assigned ${key} to ${node.name}`)
  framework.postBind(cycle, node)
  const { bus, clock } = runtime.host
  if (bus.has('scheduled')) bus.emit('scheduled', { time: clock.now(), pod: key, node: node.name })
}

/**
 * Publishes the node that the pod is expected on, for others such as the cluster autoscaler. Source:
 * schedule_one.go bindingCycle, NominatedNodeNameForExpectation.
 */
function publishExpectedNode(
  { host }: SchedulerRuntime,
  { metadata, status }: Pod,
  nominatedNodeName: string,
): void {
  if (status.nominatedNodeName === nominatedNodeName) return
  try {
    host.client.patch(
      'pods',
      metadata,
      { type: 'strategic', body: { status: { nominatedNodeName } } },
      { subresource: 'status' },
    )
  } catch (error) {
    if (!(error instanceof ApiError || error instanceof ConnectionError)) throw error
    host.log('error', `updating nominatedNodeName of pod ${metadata.name ?? ''}: ${error.message}`)
  }
}

/** Reverts the assumption after a failed binding, and puts the pod back into the queue. */
function revertAssumption(
  runtime: SchedulerRuntime,
  framework: Framework,
  queued: QueuedPod,
  cycle: Cycle,
  node: NodeInfo,
  failure: AttemptFailure,
  nomination: string | undefined,
): void {
  const { key } = queued
  framework.unreserve(cycle, node)
  runtime.assumed.value.delete(key)
  runtime.snapshot.removePod(key)
  runtime.nominator.set(key, nomination)
  runtime.queue.onEvent({ kind: 'AssignedPod/Delete', object: cycle.pod.pod })
  handleFailure(runtime, queued, { ...failure, clearsNomination: true })
}

/**
 * Converts a rejection after a node was chosen. It is worded as if that node were the only one. Source:
 * schedule_one.go schedulingCycle.
 */
function asFailure(nodeName: string, { plugin, rejection }: PluginRejection): AttemptFailure {
  const nodes = new Map([[nodeName, { plugin, rejection }]])
  const message = fitErrorMessage(1, { nodes, plugins: new Set([plugin]) })
  const pendingBy = rejection.code === 'Pending' ? [plugin] : []
  return { reason: 'Unschedulable', message, rejectedBy: [plugin], pendingBy }
}

/** Formats the error of a failed PreBind. */
export function preBindError(plugin: string, message: string): string {
  return `running PreBind plugin ${quote(plugin)}: ${message}`
}

/** Records an event about a pod. */
export function record(
  { recorder }: SchedulerRuntime,
  object: Pod,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  const action = reason === 'Scheduled' ? 'Binding' : 'Scheduling'
  recorder.event({ object, kind: 'Pod', apiVersion: 'v1' }, type, reason, truncateMessage(message), {
    action,
  })
}
