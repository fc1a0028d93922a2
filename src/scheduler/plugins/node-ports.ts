import { anyHostPortConflict, hostPortsOf } from '../../api/core/host-ports.js'
import type { Plugin } from '../framework/plugin.js'
import { unschedulable } from '../framework/rejection.js'

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
