import type { Node, Pod } from '../../api/core/generated.js'
import type { Component, ComponentHost } from '../../client/component.js'
import type { Change } from '../../client/informers/informer.js'
import { keyOf } from '../../client/informers/object-index.js'
import { controllerIdentity, controllerName } from '../shared/identity.js'
import { type QuietPasses, runPeriodically } from '../shared/queue.js'
import type { KnownNode } from './health-monitor.js'
import { HealthMonitor, ZoneMonitor } from './health-monitor.js'
import { NoExecuteTainter } from './no-execute.js'
import { NodeWriter } from './node-writer.js'
import type { NodeLifecycleOptions } from './options.js'
import { nodeLifecycleSettings } from './options.js'
import { noScheduleChange } from './taints.js'
import { byNode } from '../shared/ownership.js'

/**
 * Creates the node lifecycle controller, which detects unresponsive nodes, taints nodes by their conditions,
 * marks the pods of lost nodes as not ready, and slows down when whole zones fail. It does not evict pods:
 * the taint eviction controller acts on the NoExecute taints. Source:
 * pkg/controller/nodelifecycle/node_lifecycle_controller.go.
 */
export function createNodeLifecycleController(options: NodeLifecycleOptions = {}): Component {
  return {
    name: controllerName('node-lifecycle-controller'),
    identity: controllerIdentity('node-controller'),
    setup: (host) => setUp(host, options),
  }
}

function setUp(host: ComponentHost, options: NodeLifecycleOptions): void {
  const settings = nodeLifecycleSettings(options, host.version)
  const nodes = host.informer('nodes')
  const leases = host.informer('leases', { namespace: 'kube-node-lease' })
  const pods = host.informer('pods', { indexers: byNode })
  const known = host.state('nodes', () => new Map<string, KnownNode>())
  const writer = new NodeWriter(host)
  const tainter = new NoExecuteTainter(host, nodes, writer, settings.evictionRate)
  const zones = new ZoneMonitor(host, settings, tainter)
  const monitor = new HealthMonitor({ host, settings, nodes, leases, pods, known, writer, tainter, zones })

  const nodeUpdates = host.workQueue('node-updates', (name) => {
    const node = nodes.get(name)
    if (node) reconcileNode(node, writer)
    nodeUpdates.forget(name)
  })
  nodes.onChange(({ type, object }) => {
    if (type !== 'DELETED' && needsReconcile(object)) nodeUpdates.add(object.metadata.name as string)
  })

  const isLost = (pod: Pod): boolean => {
    const ready = known.value.get(pod.spec.nodeName ?? '')?.health.ready
    return ready !== undefined && ready !== 'True'
  }
  const podUpdates = host.workQueue('pod-updates', (key) => {
    const pod = pods.get(key)
    if (pod && isLost(pod) && !writer.markPodsNotReady([pod])) podUpdates.addRateLimited(key)
    else podUpdates.forget(key)
  })
  pods.onChange((change) => {
    if (isNewlyBound(change) && isLost(change.object)) podUpdates.add(keyOf(change.object))
  })

  const informers = [nodes, leases, pods]
  const { monitorPeriod } = settings
  const joinQuiet = (): QuietPasses | undefined => monitor.joinQuiet()
  runPeriodically(host, 'monitor', monitorPeriod, informers, () => monitor.pass(), joinQuiet)
}

/** Whether {@link reconcileNode} would write: most updates of a node are heartbeats, which need no change. */
function needsReconcile(node: Node): boolean {
  return noScheduleChange(node) !== undefined || labelsToReconcile(node) !== undefined
}

/** Updates the NoSchedule taints and the beta labels of a node. Source: doNodeProcessingPassWorker. */
function reconcileNode(node: Node, writer: NodeWriter): void {
  const name = node.metadata.name as string
  const taints = noScheduleChange(node)
  if (taints) writer.changeTaints(name, taints)
  const labels = labelsToReconcile(node)
  if (labels) writer.setLabels(name, labels)
}

function isNewlyBound({ type, object, old }: Change<Pod>): boolean {
  return type !== 'DELETED' && Boolean(object.spec.nodeName) && object.spec.nodeName !== old?.spec.nodeName
}

/** Stable labels and the beta labels that must have the same value. */
const MIRRORED: readonly (readonly [stable: string, beta: string])[] = [
  ['kubernetes.io/os', 'beta.kubernetes.io/os'],
  ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
]

/** Returns the beta labels to set, or undefined if all match the stable ones. Source: reconcileNodeLabels. */
export function labelsToReconcile(node: Node): Readonly<Record<string, string>> | undefined {
  const labels = node.metadata.labels
  if (!labels) return undefined
  const wrong = MIRRORED.filter(
    ([stable, beta]) => labels[stable] !== undefined && labels[beta] !== labels[stable],
  )
  return wrong.length === 0
    ? undefined
    : Object.fromEntries(wrong.map(([stable, beta]) => [beta, labels[stable] as string]))
}
