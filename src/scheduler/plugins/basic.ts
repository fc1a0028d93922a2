import type { Plugin, PluginFactory } from '../framework/plugin.js'
import type { PodInfo } from '../cache/pod-info.js'
import { type Rejection, unresolvable, unschedulable } from '../framework/rejection.js'
import { anyHostPortConflict, hostPortsOf } from '../../api/core/pods/host-ports.js'
import { tolerates } from '../../api/core/pods/tolerations.js'
import type { NodeEvent } from '../framework/cluster-event.js'

/** Orders pods by `spec.priority`, highest first, then by arrival in the queue. Source: plugins/queuesort. */
export const prioritySort: Plugin = {
  name: 'PrioritySort',
  less: (a, b) => a.priority > b.priority || (a.priority === b.priority && a.timestamp < b.timestamp),
}

/** Keeps pods with `spec.schedulingGates` out of the active queue. Source: plugins/schedulinggates. */
export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  preEnqueue: ({ pod }: PodInfo): Rejection | undefined => {
    const gates = pod.spec.schedulingGates ?? []
    if (gates.length === 0) return undefined
    return unresolvable(`waiting for scheduling gates: [${gates.map(({ name }) => name).join(' ')}]`)
  },
  eventsToRegister: { 'Pod/UpdateSchedulingGatesEliminated': 'queue' },
}

/** Rejects every node except the one in `spec.nodeName`. Source: plugins/nodename. */
export const nodeName: PluginFactory = ({ release }): Plugin => {
  const otherNode = unresolvable(release.nodeName)
  return {
    name: 'NodeName',
    isNodeLocal: true,
    filter: ({ pod }, { name }) => (pod.spec.nodeName && pod.spec.nodeName !== name ? otherNode : undefined),
    eventsToRegister: { 'Node/Add': 'queue' },
  }
}

const TAKEN = unschedulable("node(s) didn't have free ports for the requested pod ports")

/** Rejects nodes on which a host port of the pod is in use. Source: plugins/nodeports. */
export const nodePorts: Plugin = {
  name: 'NodePorts',
  isNodeLocal: true,
  preFilter: ({ hostPorts }) => (hostPorts.length === 0 ? 'skip' : undefined),
  filter: ({ hostPorts }, node) => {
    if (hostPorts.length === 0) return undefined
    for (const used of node.usedPorts()) if (anyHostPortConflict(hostPorts, used)) return TAKEN
    return undefined
  },
  eventsToRegister: {
    'AssignedPod/Delete': (pod, { object }) => anyHostPortConflict(pod.hostPorts, hostPortsOf(object)),
    'Node/Add': 'queue',
  },
}

const TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const
const CORDONED = unresolvable('node(s) were unschedulable')

/**
 * Rejects cordoned nodes, unless the pod tolerates `node.kubernetes.io/unschedulable:NoSchedule`. Source:
 * plugins/nodeunschedulable.
 */
export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  isNodeLocal: true,
  filter: (pod, node) => (node.unschedulable && !toleratesCordon(pod) ? CORDONED : undefined),
  eventsToRegister: {
    'Node/Add': isOpen,
    'Node/UpdateTaint': isOpen,
    'Pod/UpdateToleration': toleratesCordon,
  },
}

function toleratesCordon({ pod }: PodInfo): boolean {
  return pod.spec.tolerations?.some((toleration) => tolerates(toleration, TAINT)) ?? false
}

function isOpen(pod: PodInfo, { object }: NodeEvent): boolean {
  return !object.spec.unschedulable || toleratesCordon(pod)
}

/** Binds by POST to `pods/binding`. Source: plugins/defaultbinder. */
export const defaultBinder: PluginFactory = ({ client }): Plugin => ({
  name: 'DefaultBinder',
  bind: ({ pod }, { name }) => {
    const { namespace, name: podName, uid } = pod.metadata
    client().createSubresource('pods', pod.metadata, 'binding', {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { namespace, name: podName, uid },
      target: { kind: 'Node', name },
    })
    return undefined
  },
})
